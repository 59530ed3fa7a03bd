"""A family opens an account: with two codes, in its language, on any phone, and nobody learns who has one."""

import os
import re
from pathlib import Path

import pytest
from web.letters import code_in, text, texted

from kinline.audit.models import AuditEvent
from kinline.enrolment.models import Acceptance, Confirmation
from kinline.people.models import CustomerNumber, User
from kinline.servicecalls.models import ServiceCall

PICTURES = Path(os.environ["KINLINE_PICTURES"]) if "KINLINE_PICTURES" in os.environ else None
ANA = {
    "name": "Ana Reyes",
    "email": "Ana@Example.org",
    "number": "(504) 555-0144",
    "street": "12 Canal Street, Apt. 3",
    "city": "New Orleans",
    "state": "la",
    "postal_code": "70112",
    "country": "US",
    "password": "cuatro gatos azules",
    "way": "password",
    "terms": "on",
    "recording": "on",
}


@pytest.fixture(autouse=True)
def letters(town, mailoutbox) -> list:
    return mailoutbox


def test_a_newcomer_is_a_customer_when_both_codes_came_back(town, signed_in, letters) -> None:
    browser = signed_in(None)
    assert browser.post("/sign-up/", ANA).headers["Location"] == "/sign-up/code/"
    assert not User.objects.filter(email="ana@example.org").exists()
    before = browser.session.session_key
    code = code_in(letters[0])
    done = browser.post("/sign-up/code/", {"code": f" {code[:3]} {code[3:]}"}, follow=True)
    assert done.redirect_chain == [("/account/numbers/confirm/", 302)]
    assert browser.session.session_key != before
    ana = User.objects.get(email="ana@example.org")
    assert (ana.name, ana.language, ana.check_password(ANA["password"])) == ("Ana Reyes", "en", True)
    assert (ana.customer.state, ana.customer.postal_code, ana.customer.accounts.count()) == ("LA", "70112", 1)
    assert set(Acceptance.objects.filter(user=ana).values_list("subject", "version")) == {
        ("terms", "2026-11-01"),
        ("recording", "2026-11-01"),
    }
    assert not ana.customer.numbers.exists()
    assert "(504)" in text(done)

    assert "Code, six digits" not in text(browser.get("/account/numbers/confirm/"))
    assert "is on its way" in text(browser.post("/account/numbers/confirm/", {"way": "text"}))
    assert "Code, six digits" in text(browser.get("/account/numbers/confirm/"))
    wrong = "111111" if texted() != "111111" else "222222"
    assert "4 more tries" in text(browser.post("/account/numbers/confirm/", {"code": wrong}), 422)
    browser.post("/account/numbers/confirm/", {"code": texted()})
    number = ana.customer.numbers.get()
    assert (number.number, number.is_verified, number.order) == ("+15045550144", True, 1)
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["customer.joined", "number.verified"]


def test_a_known_address_looks_the_same_and_its_owner_is_told(town, signed_in, letters) -> None:
    pages, browsers = [], [signed_in(None), signed_in(None)]
    for browser, email in zip(browsers, ("mother@town.example", "nobody@town.example"), strict=True):
        answer = browser.post("/sign-up/", {**ANA, "email": email}, follow=True)
        page = text(answer).replace(email, "...")
        pages.append(re.sub(r'value="[A-Za-z0-9]{64}"', "", page))
        pages[-1] += text(browser.post("/sign-up/code/", {"code": "000000"}), 422)[-200:]
    assert pages[0] == pages[1]
    known, new = letters
    assert known.to == ["mother@town.example"]
    assert "You already have an account" in known.subject
    assert code_in(new)
    assert Confirmation.objects.get(target="mother@town.example").contents == {"language": "en"}
    for guess in range(6):
        browsers[0].post("/sign-up/code/", {"code": f"{guess:06}"})
    assert User.objects.filter(email="mother@town.example").count() == 1


def test_a_code_is_guessed_at_five_times_and_no_more(town, signed_in, letters) -> None:
    browser = signed_in(None)
    browser.post("/sign-up/", ANA)
    wrong = [code for code in (f"{guess:06}" for guess in range(6)) if code != code_in(letters[0])][:5]
    for code in wrong:
        assert browser.post("/sign-up/code/", {"code": code}).status_code == 422
    assert "no longer good" in text(browser.post("/sign-up/code/", {"code": code_in(letters[0])}), 422)
    assert "A new message is on its way" in text(browser.post("/sign-up/code/", {"what": "again"}))
    assert "no longer good" not in text(browser.post("/sign-up/code/", {"code": code_in(letters[1])}, follow=True))
    assert User.objects.filter(email="ana@example.org").exists()


def test_letters_to_one_address_and_sign_ups_are_counted_by_all_web_processes(town, signed_in, letters) -> None:
    statuses = [signed_in(None).post("/sign-up/", ANA).status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]
    assert len(letters) == 5


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("email", "ana", "Write it like name@example.com."),
        ("number", "555", "Write ten digits, or + and the country code."),
        ("state", "Louisiana", "two letters"),
        ("postal_code", "7011", "five digits"),
        ("password", "1234567890", "too common"),
        ("password", "short", "at least 10 characters"),
        ("terms", "", "tick the box if you agree"),
        ("recording", "", "tick the box if you agree"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(town, signed_in, letters, field: str, typed: str, says: str) -> None:
    page = text(signed_in(None).post("/sign-up/", {**ANA, field: typed}), 422)
    assert says in page.partition(f'id="id_{field}_error"')[2]
    assert letters == []


def test_the_code_can_be_spoken_by_a_call(town, signed_in) -> None:
    browser = signed_in(town.mother)
    browser.post("/account/numbers/", {"number": "504 555 0177"})
    assert "rings in a moment" in text(browser.post("/account/numbers/confirm/", {"way": "call"}))
    ordered = ServiceCall.objects.get()
    assert (ordered.kind, ordered.number, ordered.asked_by) == ("code", "+15045550177", f"user/{town.mother.user_id}")


def test_a_number_that_others_have_too_is_asked_after_them_and_only_ones_own_is_given_up(town, signed_in) -> None:
    browser = signed_in(town.father)
    browser.post("/account/numbers/", {"number": town.mother.numbers.get().number})
    browser.post("/account/numbers/confirm/", {"way": "text"})
    browser.post("/account/numbers/confirm/", {"code": texted()})
    payers = CustomerNumber.objects.filter(number=town.mother.numbers.get().number).order_by("order")
    assert [each.customer for each in payers] == [town.mother, town.father]
    assert browser.post("/account/numbers/", {"what": "remove", "number": "+15045559999"}).status_code == 404
    assert AuditEvent.objects.filter(action="access.refused").exists()
    browser.post("/account/numbers/", {"what": "remove", "number": payers[0].number})
    assert [each.customer for each in payers.all()] == [town.mother]


def test_what_changed_is_asked_again_at_the_next_sign_in_and_opens_nothing_before(town, signed_in) -> None:
    Acceptance.objects.filter(user=town.mother.user, subject="terms").update(version="2020-01-01")
    browser = signed_in(None)
    password = {"username": town.mother.user.email, "password": "correct horse battery"}
    page = browser.post("/sign-in/", password, follow=True)
    assert page.redirect_chain[-1][0] == "/agreements/"
    assert "Terms of service" in text(page)
    assert "Calls are recorded</h2>" not in text(page)
    assert browser.get("/account/money/").headers["Location"] == "/agreements/"
    assert browser.get("/account/close/").status_code == 200
    assert browser.post("/agreements/", follow=True).redirect_chain[-1][0] == "/account/"
    assert browser.get("/account/money/").status_code == 200


def test_a_family_signs_up_in_spanish_on_a_small_phone_without_javascript(town, chromium, address, letters) -> None:
    def journey(page) -> list[str]:
        page.goto("/")
        page.get_by_role("link", name="Abrir una cuenta").click()
        for label, typed in (
            ("Su nombre completo", "José Núñez"),
            ("Correo electrónico", "jose@example.org"),
            ("Número de teléfono", "504 555 0188"),
            ("Calle, número y apartamento", "Calle 9 # 3"),
            ("Ciudad", "New Orleans"),
            ("Estado", "LA"),
            ("Código postal", "70112"),
            ("Contraseña", "cuatro gatos azules"),
        ):
            page.get_by_label(label, exact=True).fill(typed)
        page.get_by_label("Acepto las condiciones del servicio.").check()
        page.get_by_label("Sé que las llamadas se graban").check()
        page.keyboard.press("Enter")
        page.wait_for_url("**/sign-up/code/")
        page.get_by_label("Código, seis dígitos").fill(code_in(letters[0]))
        page.keyboard.press("Enter")
        page.wait_for_url("**/account/numbers/confirm/")
        page.get_by_role("button", name="Enviarme un mensaje").click()
        page.get_by_label("Código, seis dígitos").fill(texted())
        page.get_by_role("button", name="Confirmar").click()
        page.wait_for_url("**/account/numbers/")
        cookies = {each["name"]: each["value"] for each in page.context.cookies()}
        return [page.locator("main").inner_text(), cookies["sessionid"]]

    words, session = chromium.visit(journey, base=address, language="es", width=320, scripts=False)
    assert "El número es suyo" in words
    assert "Hola" in letters[0].body

    def look(path: str, language: str, width: int, session: str = ""):
        picture = PICTURES and PICTURES / f"{path.strip('/').replace('/', '-')}-{language}-{width}.png"
        return chromium.visit(
            lambda page: chromium.look_at(page, path, picture),
            base=address,
            session=session,
            language=language,
            width=width,
        )

    looks = [
        look("/sign-up/", "en", 320),
        look("/agreements/terms/", "en", 320),
        look("/account/numbers/", "en", 320, session),
        look("/sign-up/", "es", 1280),
    ]
    assert [(each.violations, each.complaints) for each in looks] == [([], [])] * len(looks)
    assert [each.width for each in looks] == [320, 320, 320, 1280]


def test_who_wants_a_passkey_has_no_password_and_makes_one_first(town, signed_in, letters) -> None:
    browser = signed_in(None)
    assert "Choose a password." in text(browser.post("/sign-up/", {**ANA, "password": ""}), 422)
    browser.post("/sign-up/", {**ANA, "way": "passkey", "password": ""})
    done = browser.post("/sign-up/code/", {"code": code_in(letters[0])}, follow=True)
    assert done.redirect_chain == [("/account/passkeys/add/", 302)]
    assert "Make the passkey" in text(done)
    assert not User.objects.get(email="ana@example.org").has_usable_password()
