"""Staff sign in with two steps, for a short time, from where they may."""

import os
import time
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from time_machine import travel

from kinline.audit.models import AuditEvent
from kinline.people.models import StaffNetwork
from kinline.web.staff.session import COOKIE

SECRET = "KINLINEDEMOKINLINEDEMOKINLINEDEM"
PICTURES = Path(os.environ["KINLINE_PICTURES"]) if "KINLINE_PICTURES" in os.environ else None
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def no_tries_yet(db) -> None:
    cache.clear()


def code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def with_password(browser, user, password: str = PASSWORD, **how):
    return browser.post("/staff/sign-in/", {"login": user.email, "password": password}, follow=True, **how)


def test_the_first_sign_in_sets_up_the_second_step_and_opens_nothing_before(town, signed_in) -> None:
    browser = signed_in(None)
    page = with_password(browser, town.officer)
    assert page.redirect_chain[-1][0] == "/staff/second-step/"
    assert browser.get("/facility/").headers["Location"] == "/staff/second-step/"
    secret = page.context["secret"]
    assert "not right" in text(browser.post("/staff/second-step/", {"code": "000000"}))
    done = browser.post("/staff/second-step/", {"code": code(secret)}, follow=True)
    assert done.redirect_chain[-1][0] == "/staff/recovery-codes/"
    recovery = done.context["codes"]
    assert len(recovery) == 10
    assert browser.get("/facility/").status_code == 200
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))

    again = signed_in(None)
    assert with_password(again, town.officer).redirect_chain[-1][0] == "/staff/sign-in/second-step/"
    assert again.get("/facility/").headers["Location"].startswith("/staff/sign-in/")
    opened = again.post("/staff/sign-in/second-step/", {"code": recovery[0]}, follow=True)
    assert opened.redirect_chain[-1][0] == "/facility/"
    assert recovery[0] not in again.get("/staff/recovery-codes/").context["codes"]
    did = list(AuditEvent.objects.values_list("action", flat=True))
    assert did == ["second_step.set", "recovery_codes.seen", "staff.signed_in", "recovery_codes.seen"]


def test_a_code_opens_once_and_wrong_ones_are_counted_and_written_down(town, signed_in) -> None:
    TOTP.activate(town.officer, SECRET)
    used = code()
    browser = signed_in(None)
    with_password(browser, town.officer)
    assert browser.post("/staff/sign-in/second-step/", {"code": used}).status_code == 302
    other = signed_in(None)
    with_password(other, town.officer)
    for _ in range(5):
        assert "or it was used" in text(other.post("/staff/sign-in/second-step/", {"code": used}))
    assert "Too many wrong tries" in text(other.post("/staff/sign-in/second-step/", {"code": code()}))
    assert AuditEvent.objects.filter(action="second_step.failed").count() == 6


def test_passwords_are_tried_five_times_and_a_family_has_no_way_in(town, signed_in) -> None:
    browser = signed_in(None)
    assert "do not go together" in text(with_password(browser, town.mother.user))
    for _ in range(5):
        assert "do not go together" in text(with_password(browser, town.officer, "wrong"))
    assert "Too many wrong tries" in text(with_password(browser, town.officer))
    staff_at_the_families_door = {"username": town.support.email, "password": PASSWORD}
    assert "Staff sign in on a page of their own" in text(browser.post("/sign-in/", staff_at_the_families_door))


def test_a_familys_session_does_not_open_the_portal_even_for_who_is_both(town, signed_in) -> None:
    town.mother.user.roles.create(role="support")
    TOTP.activate(town.mother.user, SECRET)
    browser = signed_in(None)
    browser.post("/sign-in/", {"username": "mother@town.example", "password": PASSWORD})
    browser.post("/sign-in/second-step/", {"code": code()})
    assert browser.get("/account/").status_code == 200
    assert browser.get("/facility/").headers["Location"].startswith("/staff/sign-in/")
    browser.cookies[COOKIE] = browser.cookies["sessionid"].value
    assert browser.get("/facility/").headers["Location"].startswith("/staff/sign-in/")


def test_a_session_ends_when_it_is_left_alone_and_after_a_shift(town, signed_in) -> None:
    with travel("2026-11-20T12:00:00Z", tick=False) as clock:
        browser = signed_in(town.officer)
        for _ in range(3):
            clock.shift(19 * 60)
            assert browser.get("/facility/").status_code == 200
        clock.shift(21 * 60)
        page = browser.get("/facility/?find=0901", follow=True)
        assert "nothing was done for a while" in text(page)
        assert 'name="next" value="/facility/?find=0901"' in text(page)
        browser = signed_in(town.officer)
        for _ in range(37):
            clock.shift(19 * 60)
            browser.get("/facility/")
        clock.shift(19 * 60)
        assert browser.get("/facility/").status_code == 302


def test_staff_come_in_from_their_agencys_networks_only(town, signed_in) -> None:
    for network in ("192.0.2.0/24", "2001:db8::/32"):
        StaffNetwork.objects.create(agency=town.jail.agency, network=network)
    browser = signed_in(town.officer)
    assert browser.get("/facility/", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert browser.get("/facility/", REMOTE_ADDR="2001:db8::7").status_code == 200
    refused = browser.get("/facility/", REMOTE_ADDR="198.51.100.1")
    assert refused.status_code == 403
    assert "only from certain networks" in refused.content.decode()
    assert AuditEvent.objects.filter(action="access.refused", reason="network").exists()
    assert signed_in(town.other_investigator).get("/facility/", REMOTE_ADDR="198.51.100.1").status_code == 200


def test_signing_in_is_accessible_speaks_spanish_and_needs_no_javascript(town, chromium, address) -> None:
    def without_scripts(page) -> str:
        page.goto("/staff/sign-in/")
        page.get_by_label("E-mail address").fill(town.officer.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/staff/second-step/")
        page.get_by_label("Code that the app shows now").fill(code(page.locator("code.secret").inner_text()))
        page.keyboard.press("Enter")
        page.wait_for_url("**/staff/recovery-codes/")
        page.get_by_role("link", name="Go on").click()
        page.get_by_role("button", name="Español").click()
        return next(each["value"] for each in page.context.cookies() if each["name"] == COOKIE)

    session = chromium.visit(without_scripts, base=address, scripts=False)

    def look(path: str, language: str, width: int, session: str = session):
        picture = PICTURES and PICTURES / f"{path.strip('/').replace('/', '-')}-{language}-{width}.png"
        return chromium.visit(
            lambda page: chromium.look_at(page, path, picture),
            base=address,
            session=session,
            language=language,
            width=width,
        )

    half = Client()
    half.force_login(town.support)
    looks = [
        look("/staff/sign-in/", "en", 320, ""),
        look("/staff/second-step/", "es", 320, half.session.session_key),
        look("/staff/recovery-codes/", "en", 1280),
        look("/staff/who-may-do-what/", "es", 320),
    ]
    assert [(each.violations, each.complaints) for each in looks] == [([], [])] * len(looks)
    assert [each.width for each in looks] == [320, 320, 1280, 320]
    assert "Quién puede hacer qué" in looks[3].text
