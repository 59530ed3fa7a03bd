"""How families sign in, and change how: nothing new counts before it is confirmed, and what was old is told."""

import os
import time
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from web.letters import code_in, text

from kinline.audit.models import AuditEvent
from kinline.notices.models import Message
from kinline.people.models import User

PICTURES = Path(os.environ["KINLINE_PICTURES"]) if "KINLINE_PICTURES" in os.environ else None
PASSWORD = "correct horse battery"
SECRET = "KINLINEDEMOKINLINEDEMOKINLINEDEM"


@pytest.fixture
def letters(town, mailoutbox) -> list:
    return mailoutbox


def code(secret: str = SECRET, ago: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 - ago))


def with_password(browser, customer, password: str = PASSWORD, **how):
    typed = {"username": customer.user.email, "password": password}
    return browser.post("/sign-in/", typed, follow=True, **how)


@pytest.fixture
def mother(town, signed_in):
    """Signed in by password a moment ago."""
    browser = signed_in(None)
    with_password(browser, town.mother)
    return browser


def told() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


def test_a_second_step_is_a_choice_and_then_asked_for(town, signed_in, mother) -> None:
    key = mother.session.session_key
    page = mother.get("/account/second-step/")
    assert "not right" in text(mother.post("/account/second-step/", {"code": "000000"}), 422)
    done = mother.post("/account/second-step/", {"code": code(page.context["secret"])}, follow=True)
    recovery = done.context["codes"]
    assert len(recovery) == 10
    assert mother.session.session_key != key
    assert UserSession.objects.filter(session_key=mother.session.session_key).exists()
    assert told() == ["sign_in_changed"]

    again = signed_in(None)
    asked = with_password(again, town.mother)
    assert asked.redirect_chain[-1][0] == "/sign-in/second-step/"
    assert again.get("/account/").status_code == 302
    assert "or it was used" in text(again.post("/sign-in/second-step/", {"code": "000000"}))
    opened = again.post("/sign-in/second-step/", {"code": recovery[0]}, follow=True)
    assert opened.redirect_chain[-1][0] == "/account/"
    assert "it is on" in text(again.get("/account/sign-in/")).lower()
    again.post("/account/second-step/", {"what": "off"})
    assert not Authenticator.objects.exists()
    assert with_password(signed_in(None), town.mother).redirect_chain[-1][0] == "/account/"


def test_who_is_on_the_staff_too_cannot_turn_it_off_here(town, signed_in) -> None:
    town.mother.user.roles.create(role="support")
    TOTP.activate(town.mother.user, SECRET)
    browser = signed_in(None)
    with_password(browser, town.mother)
    browser.post("/sign-in/second-step/", {"code": code()})
    page = text(browser.post("/account/second-step/", {"what": "off"}))
    assert "only be changed where you work" in page
    assert Authenticator.objects.exists()


def test_what_is_sensitive_opens_only_for_who_proved_lately_who_they_are(town, signed_in) -> None:
    browser = signed_in(town.mother)  # a session that somebody left open
    for path in ("/account/password/", "/account/email/", "/account/second-step/", "/account/passkeys/add/"):
        assert browser.get(path).headers["Location"].startswith("/prove/?next=")
    asked = {"next": "/account/email/", "password": "wrong"}
    assert "not your password" in text(browser.post("/prove/", asked), 422)
    key = browser.session.session_key
    assert browser.post("/prove/", {**asked, "password": PASSWORD}).headers["Location"] == "/account/email/"
    assert browser.session.session_key != key
    assert browser.get("/account/email/").status_code == 200
    away = browser.post("/prove/", {"next": "https://evil.example/", "password": PASSWORD})
    assert away.headers["Location"] == "/account/sign-in/"


def test_a_forgotten_password_is_set_anew_and_every_device_is_signed_out(town, signed_in, mother, letters) -> None:
    browser = signed_in(None)
    answers = [
        browser.post("/forgotten/", {"email": email}, follow=True).content.decode().replace(email, "...")
        for email in ("nobody@town.example", town.officer.email, "Mother@town.example".lower())
    ]
    stripped = [each.partition("<h1>")[2].partition("csrfmiddlewaretoken")[0] for each in answers]
    assert stripped[0] == stripped[1] == stripped[2]
    [letter] = letters  # neither staff nor strangers get one
    weak = {"code": code_in(letter), "password": "mother@town"}
    assert "too similar" in text(browser.post("/forgotten/code/", weak), 422)
    wrong = {"code": "000000", "password": "three green apples"}
    assert "4 more tries" in text(browser.post("/forgotten/code/", wrong), 422)
    done = browser.post("/forgotten/code/", {**wrong, "code": code_in(letter)}, follow=True)
    assert done.redirect_chain[-1][0] == "/account/"
    assert mother.get("/account/").status_code == 302
    assert "do not go together" in text(with_password(signed_in(None), town.mother))
    assert with_password(signed_in(None), town.mother, "three green apples").redirect_chain
    assert told() == ["password_changed"]
    assert AuditEvent.objects.filter(action="password.changed").count() == 1


def test_a_forgotten_password_does_not_pass_by_the_second_step(town, signed_in, letters) -> None:
    TOTP.activate(town.mother.user, SECRET)
    browser = signed_in(None)
    browser.post("/forgotten/", {"email": town.mother.user.email})
    new = {"code": code_in(letters[0]), "password": "three green apples"}
    assert browser.post("/forgotten/code/", new).headers["Location"] == "/sign-in/second-step/"
    assert browser.get("/account/").status_code == 302


def test_another_address_counts_when_its_code_came_back_and_the_old_one_is_told(town, mother, letters) -> None:
    mother.post("/account/email/", {"email": "Rosa@New.example"})
    assert letters[0].to == ["rosa@new.example"]
    assert User.objects.get(pk=town.mother.user_id).email == "mother@town.example"
    assert "more tries" in text(mother.post("/account/email/code/", {"code": "000000"}), 422)
    assert "is changed" in text(mother.post("/account/email/code/", {"code": code_in(letters[0])}, follow=True))
    assert User.objects.get(pk=town.mother.user_id).email == "rosa@new.example"
    assert letters[1].to == ["mother@town.example"]
    assert "rosa@" not in letters[1].body
    event = AuditEvent.objects.get(action="email.changed")
    assert ("mother@town.example" in event.before, "rosa@new.example" in event.after) == (True, True)


def test_an_address_of_somebody_else_looks_the_same_and_is_never_taken(town, mother, letters) -> None:
    mother.post("/account/email/", {"email": town.father.user.email})
    assert "already have an account" in letters[0].subject
    assert "more tries" in text(mother.post("/account/email/code/", {"code": "000000"}), 422)


def test_a_changed_password_leaves_this_device_signed_in_and_no_other(town, signed_in, mother) -> None:
    other = signed_in(None)
    with_password(other, town.mother)
    page = mother.post("/account/password/", {"password": "three green apples"}, follow=True)
    assert "Other devices are signed out" in text(page)
    assert other.get("/account/").status_code == 302
    assert len(mother.get("/account/devices/").context["devices"]) == 1


def test_devices_are_listed_and_signed_out_one_or_all_and_never_anothers(town, signed_in, mother) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
    phone, third, father = signed_in(None), signed_in(None), signed_in(None)
    with_password(phone, town.mother, headers={"user-agent": agent})
    with_password(third, town.mother)
    with_password(father, town.father)
    page = mother.get("/account/devices/")
    assert "Chrome, Android" in text(page)
    assert [each["is_this"] for each in page.context["devices"]] == [True, False, False]
    fathers = UserSession.objects.get(user=town.father.user)
    assert mother.post("/account/devices/", {"device": fathers.pk}).status_code == 404
    assert AuditEvent.objects.filter(action="access.refused").exists()
    [phones] = [each["pk"] for each in page.context["devices"] if each["name"] == "Chrome, Android"]
    mother.post("/account/devices/", {"device": phones})
    assert (phone.get("/account/").status_code, third.get("/account/").status_code) == (302, 200)
    mother.post("/account/devices/", {"device": "others"})
    assert (third.get("/account/").status_code, mother.get("/account/").status_code) == (302, 200)
    assert father.get("/account/").status_code == 200


def test_details_are_changed_written_down_and_the_language_follows(town, mother) -> None:
    typed = {
        "name": "Rosa M. Doucet",
        "street": "Calle 1",
        "city": "Mérida",
        "state": "Yucatán",
        "postal_code": "97000",
    }
    page = mother.post("/account/details/", {**typed, "country": "MX", "language": "es"}, follow=True)
    assert "Guardado." in text(page)
    user = User.objects.get(pk=town.mother.user_id)
    assert (user.name, user.language, user.customer.country) == ("Rosa M. Doucet", "es", "MX")
    event = AuditEvent.objects.get(action="details.changed")
    assert "Rosa Doucet" in event.before
    lacking = mother.post("/account/details/", {**typed, "country": "US", "language": "es"})
    assert "dos letras" in text(lacking, 422)


def test_a_passkey_is_made_signs_in_proves_and_is_removed(town, chromium, address, signed_in) -> None:
    def journey(page) -> None:
        cdp = page.context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        cdp.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
        )
        page.goto("/sign-in/")
        page.get_by_label("E-mail address").fill(town.mother.user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/account/")
        page.goto("/account/passkeys/add/")
        page.get_by_label("A name for it").fill("My phone")
        page.get_by_role("button", name="Make the passkey").click()
        page.wait_for_url("**/account/sign-in/")
        assert "My phone" in page.locator("main").inner_text()
        page.get_by_role("button", name="Sign out").click()
        page.goto("/sign-in/?next=/account/devices/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.get_by_text("This device").wait_for()
        page.goto("/prove/?next=/account/sign-in/")
        page.get_by_role("button", name="Use my passkey").click()
        page.get_by_role("button", name="Remove the passkey My phone").click()
        page.get_by_text("The passkey is removed.").wait_for()

    chromium.visit(journey, base=address)
    assert not Authenticator.objects.exists()
    actions = AuditEvent.objects.filter(action__startswith="passkey").values_list("action", flat=True)
    assert list(actions) == ["passkey.added", "passkey.removed"]
    assert told() == ["sign_in_changed", "sign_in_changed"]

    browser = signed_in(None)
    for forged in ("", "[]", "{}", '{"id": "x"}', "nonsense", '{"response": {"userHandle": 7}}'):
        answer = browser.post("/sign-in/passkey/", {"credential": forged}, follow=True)
        assert "That did not work" in text(answer)
        assert "_auth_user_id" not in browser.session


def test_the_pages_are_accessible_in_both_languages(town, chromium, address, signed_in) -> None:
    browser = signed_in(None)
    with_password(browser, town.mother)
    session = browser.session.session_key

    def look(path: str, language: str, width: int, session: str = session):
        picture = PICTURES and PICTURES / f"{path.strip('/').replace('/', '-')}-{language}-{width}.png"
        return chromium.visit(
            lambda page: chromium.look_at(page, path, picture),
            base=address,
            session=session,
            language=language,
            width=width,
        )

    pages = ("details", "sign-in", "devices", "second-step", "passkeys/add")
    looks = [
        look("/sign-in/", "es", 320, ""),
        look("/forgotten/", "es", 320, ""),
        *(look(f"/account/{each}/", "es", 320) for each in pages),
        look("/account/sign-in/", "en", 1280),
        look("/prove/", "en", 1280),
    ]
    assert [(each.violations, each.complaints) for each in looks] == [([], [])] * len(looks)
    assert [each.width for each in looks] == [320] * 7 + [1280] * 2
