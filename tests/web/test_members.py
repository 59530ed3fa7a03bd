"""An administrator invites staff, who choose a password and a second step; and changes and ends their roles."""

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from pictures import for_docs

from kinline.audit.models import AuditEvent
from kinline.notices.models import Message
from kinline.people.models import Role, StaffNetwork, StaffRole, User


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_somebody_is_invited_comes_in_and_goes(town, signed_in, chromium, address) -> None:
    administrator = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    session = administrator.cookies["sessionid"].value

    def inviting(page) -> None:
        page.goto("/staff/members/")
        page.get_by_label("Name", exact=True).fill("Nora New")
        page.get_by_label("E-mail address").fill("nora@town.example")
        page.get_by_label("Role").select_option(label="Officer")
        page.get_by_label("Where").select_option(label="Cypress County Jail · Unit A")
        page.get_by_role("button", name="Invite").click()
        page.get_by_text("on its way to nora@town.example").wait_for()
        page.goto("/staff/members/")
        for_docs(page, "facility-staff")

    chromium.visit(inviting, base=address, session=session, scripts=False)
    nora = User.objects.get(email="nora@town.example")
    link = re.search(r"/staff/invitation/[^/]+/", Message.objects.get(user=nora).contents)[0]

    def coming(page) -> str:
        look = chromium.look_at(page, link)
        assert (look.violations, look.complaints, look.width) == ([], [], 320)
        page.get_by_label("Contraseña, al menos").fill("short")
        page.get_by_label("otra vez").fill("short")
        page.get_by_role("button", name="Continuar").click()
        assert "10" in page.locator(".error").first.inner_text()
        page.get_by_label("Contraseña, al menos").fill("a blue bicycle bell")
        page.get_by_label("otra vez").fill("a blue bicycle bell")
        page.get_by_role("button", name="Continuar").click()
        page.wait_for_url("**/staff/second-step/")
        return page.get_by_role("heading", level=1).inner_text()

    assert "segundo paso" in chromium.visit(coming, base=address, language="es", width=320)
    assert signed_in(None).get(link).status_code == 410
    browser = signed_in(None)
    browser.post("/staff/sign-in/", {"login": nora.email, "password": "a blue bicycle bell"})
    assert browser.get("/facility/").headers["Location"] == "/staff/second-step/"
    secret = browser.get("/staff/second-step/").context["secret"]
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    browser.post("/staff/second-step/", {"code": code})
    assert browser.get("/facility/").status_code == 200

    page = text(administrator.post(f"/staff/members/{nora.pk}/", {"what": "second_step", "why": "Lost"}, follow=True))
    assert "not set up yet" in page
    assert not Authenticator.objects.filter(user=nora).exists()
    assert text(administrator.post(f"/staff/members/{nora.pk}/", {"what": "end", "why": "Left"}, follow=True))
    assert browser.get("/facility/").status_code == 404
    did = AuditEvent.objects.filter(subject=f"user/{nora.pk}", facility=town.jail.pk).values_list("action", flat=True)
    assert list(did) == ["role.given", "role.taken"]


def test_what_an_administrator_may_not_do_is_refused_in_words_or_not_found(town, signed_in) -> None:
    administrator = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    other = town.other_investigator
    assert administrator.get(f"/staff/members/{other.pk}/").status_code == 404
    assert other.email not in text(administrator.get("/staff/members/"))
    place = f"agency-{town.jail.agency_id}"
    asked = {"what": "invite", "invite-name": "N", "invite-email": "n@town.example", "invite-language": "en"}
    for role, where in (("officer", place), ("platform_administrator", ""), ("officer", "")):
        page = text(administrator.post("/staff/members/", {**asked, "invite-role": role, "invite-place": where}))
        assert 'class="error"' in page or "Choose a place" in page
    assert not User.objects.filter(email="n@town.example").exists()
    me = administrator.session["_auth_user_id"]
    page = text(administrator.post(f"/staff/members/{me}/", {"what": "end", "why": "x"}))
    assert "Nobody takes their own rights" in page
    theirs = StaffRole.objects.get(user=other)
    asked = {"what": "take", "role": theirs.pk, "why": "x"}
    assert administrator.post(f"/staff/members/{town.officer.pk}/", asked).status_code == 404
    assert theirs in StaffRole.objects.all()


def test_the_provider_lists_networks_and_a_wrong_one_is_refused_in_words(town, signed_in) -> None:
    platform = signed_in(town.staff(Role.PLATFORM_ADMINISTRATOR))
    asked = {"what": "network", "network-of": town.jail.agency_id}
    assert "Write a network" in text(platform.post("/staff/members/", {**asked, "network-network": "nowhere"}))
    page = text(platform.post("/staff/members/", {**asked, "network-network": "192.0.2.0/24"}, follow=True))
    assert "192.0.2.0/24" in page
    assert signed_in(town.officer).get("/facility/", REMOTE_ADDR="198.51.100.1").status_code == 403
    row = StaffNetwork.objects.get()
    platform.post("/staff/members/", {"what": "forbid", "network": row.pk})
    assert signed_in(town.officer).get("/facility/", REMOTE_ADDR="198.51.100.1").status_code == 200


def test_the_pages_are_accessible_and_fit(town, signed_in, chromium, address) -> None:
    session = signed_in(town.staff(Role.PLATFORM_ADMINISTRATOR)).cookies["sessionid"].value
    for path, language, width in (
        ("/staff/members/", "es", 320),
        ("/staff/members/", "en", 1280),
        (f"/staff/members/{town.officer.pk}/", "es", 1280),
    ):
        look = chromium.visit(
            lambda page, path=path: chromium.look_at(page, path),
            base=address,
            session=session,
            language=language,
            width=width,
        )
        assert (look.violations, look.complaints, look.width) == ([], [], width)
