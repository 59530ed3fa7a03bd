"""Adding money as a family does it: with and without JavaScript, in both languages, declined in plain words."""

import os
import time
import urllib.request
from pathlib import Path

import pytest
from bank import DECLINED_LATER, NEEDS_3DS, Bank, bank, running_bank, set_up_with, signed
from make import NOON
from payers import Payer, a_saved_card

from kinline.audit.models import AuditEvent
from kinline.core.identity import AccountId
from kinline.core.money import Money
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.payments.models import AutoReload, Payment, SavedCard

__all__ = ["bank", "running_bank"]

TEN = Money.parse("10.00")
FORM = {"reference": "a" * 32, "account": "own", "amount": "1000", "card": "new"}


def payer(customer) -> Payer:
    """With the ledger's own account: the town's balance came from nowhere."""
    return Payer(customer.pk, AccountId(Account.objects.get(customer=customer).pk))


@pytest.fixture
def mother(town) -> Payer:
    Account.objects.filter(customer=town.mother).update(posted=0)
    theirs = payer(town.mother)
    ledger.deposit(theirs.account, Money.parse("12.34"), "test/mother", NOON)
    return theirs


def test_a_family_pays_with_a_saved_card_without_javascript(town, mother, bank: Bank, address, chromium, signed_in):
    a_saved_card(bank, mother)
    session = signed_in(town.mother).cookies["sessionid"].value

    def journey(page) -> list[str]:
        page.goto("/account/")
        page.get_by_role("link", name="Add money").click()
        said = [page.get_by_role("group", name="How much").inner_text()]
        page.get_by_label("Another amount").check()
        page.get_by_label("Other amount, in dollars").fill("7.505")
        page.get_by_role("button", name="Add money").click()
        said.append(page.locator(".error").first.inner_text())
        page.get_by_label("Other amount, in dollars").fill("7.50")
        page.get_by_role("button", name="Add money").click()
        said += [page.get_by_role("heading", level=1).inner_text(), page.get_by_role("table").inner_text()]
        page.get_by_role("button", name="Español").click()
        said.append(page.get_by_role("table").inner_text())
        page.emulate_media(media="print")
        said.append(page.locator("body").inner_text())
        page.emulate_media(media="screen")
        return said

    amounts, mistyped, heading, receipt, spanish, printed = chromium.visit(
        journey, base=address, session=session, scripts=False
    )

    assert "$10.00 at least 166 minutes of calls" in amounts
    assert "at most two decimals" in mistyped
    assert heading == "Payment of $7.50"
    assert "Visa ending in 4242" in receipt
    assert "Fee\t$0.00" in receipt
    assert "Agregado a la cuenta\t$7.50" in spanish
    for said in ("Rosa Doucet", Payment.objects.get().reference, "hora central", "Visa", "$7.50"):
        assert said in printed
    for said in ("Cerrar sesión", "Dinero", "saldo", "imprimir"):
        assert said not in printed
    assert mother.balance == Money.parse("19.84")


def test_a_monthly_bill_is_paid_by_card_in_one_step_without_javascript(
    town, mother, bank, address, chromium, signed_in
):
    a_saved_card(bank, mother)
    bill = ledger.open_direct_bill_account(town.mother.pk, Money.parse("20.00"))
    ledger.transfer(Order("called", bill, house_account(AccountKind.REVENUE), Money(7_501_133), "charge"), NOON)
    session = signed_in(town.mother).cookies["sessionid"].value

    def journey(page) -> list[str]:
        page.goto("/account/paying/")
        page.get_by_role("link", name="Pay my monthly bill by card").click()
        said = [page.get_by_role("group", name="For whom").inner_text()]
        said.append(page.get_by_label("Other amount, in dollars").input_value())
        page.get_by_role("button", name="Add money").click()
        said.append(page.get_by_role("table").inner_text())
        page.goto("/account/paying/")
        return [*said, page.get_by_role("region", name="Monthly bill").inner_text()]

    choices, amount, receipt, left = chromium.visit(journey, base=address, session=session, scripts=False)

    assert "My monthly bill: $7.501133 owed" in choices
    assert "the rest stays in your balance" in choices
    assert amount == "7.51"
    assert "Then paid\tMy monthly bill" in receipt
    assert "You owe $0.00" in left
    assert "Pay by card" not in left
    assert mother.balance == Money.parse("12.348867")


def test_a_button_that_is_pressed_twice_pays_a_bill_once_and_a_paid_bill_is_no_choice(town, mother, bank, signed_in):
    bill = ledger.open_direct_bill_account(town.mother.pk, Money.parse("20.00"))
    ledger.transfer(Order("called", bill, house_account(AccountKind.REVENUE), Money.parse("10.00"), "charge"), NOON)
    family = signed_in(town.mother)
    form = {**FORM, "account": f"debt-{bill}", "card": a_saved_card(bank, mother).pk}
    answers = [family.post("/account/money/", form) for _ in range(2)]
    assert [each.headers["Location"] for each in answers] == [f"/account/money/payments/{FORM['reference']}/"] * 2
    assert (Payment.objects.count(), mother.balance) == (1, Money.parse("12.34"))
    late = family.post("/account/money/", {**form, "reference": "b" * 32})
    assert late.status_code == 422
    assert "Choose again: what you chose is paid" in late.content.decode()


def test_a_new_card_goes_to_the_provider_and_not_through_us(town, mother, bank: Bank, address, chromium, signed_in):
    session = signed_in(town.mother).cookies["sessionid"].value
    sent_to_us: list[str] = []

    def journey(page) -> list[str]:
        complaints = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on(
            "request",
            lambda request: sent_to_us.append(request.post_data or "") if request.url.startswith(address) else None,
        )
        page.goto("/account/money/")
        page.get_by_label("A new card").check()
        page.get_by_label("Keep this card").check()
        page.get_by_role("button", name="Add money").click()
        page.get_by_label("Card number").fill("4242424242424242")
        page.get_by_role("button", name="Pay $10.00").click()
        page.get_by_role("heading", name="Payment of $10.00").wait_for()
        return [page.get_by_role("table").inner_text(), *complaints]

    receipt, *complaints = chromium.visit(journey, base=address, session=session)

    assert complaints == []
    assert "Visa ending in 4242" in receipt
    assert not any("4242424242424242" in each for each in sent_to_us)
    assert mother.balance == Money.parse("22.34")
    assert SavedCard.objects.get().last4 == "4242"


def test_a_card_is_saved_without_a_payment_and_removed(town, mother, bank: Bank, address, chromium, signed_in):
    session = signed_in(town.mother).cookies["sessionid"].value

    def journey(page) -> list[str]:
        page.goto("/account/money/")
        page.get_by_role("button", name="Save a card").click()
        page.get_by_label("Card number").fill("4242424242424242")
        page.get_by_role("button", name="Save the card").click()
        said = [page.get_by_role("status").inner_text()]
        page.get_by_role("button", name="Remove Visa").click()
        said.append(page.get_by_role("status").inner_text())
        return said

    saved, removed = chromium.visit(journey, base=address, session=session)
    assert saved == "Visa ending in 4242 was saved."
    assert "cannot be charged" in removed
    assert SavedCard.objects.get().removed_at is not None


def test_a_declined_card_is_told_on_the_form_of_the_provider(town, mother, bank, address, chromium, signed_in):
    session = signed_in(town.mother).cookies["sessionid"].value

    def journey(page) -> str:
        page.goto("/account/money/")
        page.get_by_role("button", name="Add money").click()
        page.get_by_label("Card number").fill(DECLINED_LATER)
        page.get_by_role("button", name="Pay $10.00").click()
        page.locator("#card-message:not(:empty)").wait_for()
        return page.locator("#card-message").inner_text()

    assert "declined" in chromium.visit(journey, base=address, session=session)
    assert mother.balance == Money.parse("12.34")


def test_the_holder_is_sent_to_their_bank_and_comes_back(town, mother, bank: Bank, address, chromium, signed_in):
    a_saved_card(bank, mother, NEEDS_3DS)
    session = signed_in(town.mother).cookies["sessionid"].value

    def journey(page) -> str:
        page.goto("/account/money/")
        page.get_by_role("button", name="Add money").click()
        page.get_by_role("link", name="Confirm with my bank").click()
        return page.get_by_role("table").inner_text()

    assert "$10.00" in chromium.visit(journey, base=address, session=session, scripts=False)
    assert mother.balance == Money.parse("22.34")


@pytest.mark.parametrize(
    ("language", "text", "remedy"),
    [
        ("en", "does not have enough money for this amount", "Try a smaller amount"),
        ("es", "no tiene saldo suficiente para esta cantidad", "cantidad menor"),
    ],
)
def test_a_decline_is_told_in_plain_words_with_what_to_do(
    town, mother, bank: Bank, signed_in, language: str, text: str, remedy: str
) -> None:
    card = a_saved_card(bank, mother, DECLINED_LATER, decline_code="insufficient_funds")
    client = signed_in(town.mother, language)
    page = client.post("/account/money/", {**FORM, "card": card.pk}, follow=True).content.decode()
    assert text in page
    assert remedy in page


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("12.505", "at most two decimals"),
        ("-5", "more than nothing"),
        ("0", "more than nothing"),
        ("", "Write the amount"),
        ("€5", "digits and a point"),
        ("five", "digits and a point"),
        ("1e3", "digits and a point"),
        ("0.49", "from $0.50"),
        ("500.01", "up to $50.00 always goes through"),
    ],
)
def test_an_amount_that_cannot_be_is_answered_with_what_to_write(
    town, mother, bank, signed_in, typed: str, answer: str
) -> None:
    form = {**FORM, "amount": "other", "other_amount": typed}
    page = signed_in(town.mother).post("/account/money/", form)
    assert page.status_code == 422
    assert answer in page.content.decode()
    assert Payment.objects.count() == 0


def test_the_button_pressed_twice_is_one_payment(town, mother, bank: Bank, signed_in) -> None:
    card = a_saved_card(bank, mother)
    client = signed_in(town.mother)
    for _ in range(2):
        client.post("/account/money/", {**FORM, "card": card.pk})
    assert (mother.balance, bank.charged_cents()) == (Money.parse("22.34"), 1000)


@pytest.mark.parametrize(
    ("language", "told"), [("en", "This page was used already."), ("es", "Esta página ya se usó.")]
)
def test_a_page_that_is_sent_again_with_something_else_charges_nothing_and_says_so(
    town, mother, bank: Bank, signed_in, language: str, told: str
) -> None:
    form = {**FORM, "card": a_saved_card(bank, mother, DECLINED_LATER).pk}
    client = signed_in(town.mother, language)
    client.post("/account/money/", form)
    for other in ({"amount": "2500"}, {"card": a_saved_card(bank, mother).pk}):
        again = client.post("/account/money/", {**form, **other}, follow=True)
        assert again.redirect_chain == [("/account/money/", 302)]
        assert told in again.content.decode()
        assert FORM["reference"] not in again.content.decode().partition('name="reference"')[2][:60]
    assert (Payment.objects.count(), bank.charged_cents()) == (1, 0)


def test_a_resident_whose_contact_one_is_can_be_paid_for_and_no_other(town, mother, bank: Bank, signed_in) -> None:
    card = a_saved_card(bank, mother)
    client = signed_in(town.mother)
    client.post("/account/money/", {**FORM, "card": card.pk, "account": f"resident-{town.marcus.pk}"})
    assert Account.objects.get(resident=town.marcus).posted == TEN.micros
    stranger = {**FORM, "reference": "b" * 32, "card": card.pk, "account": f"resident-{town.dana.pk}"}
    assert client.post("/account/money/", stranger).status_code == 422
    assert not Account.objects.filter(resident=town.dana).exists()


def test_a_family_sees_and_touches_only_its_own(town, mother, bank: Bank, signed_in) -> None:
    card = a_saved_card(bank, mother)
    own, other = signed_in(town.mother), signed_in(town.father)
    own.post("/account/money/", {**FORM, "card": card.pk})
    for path in (f"payments/{'a' * 32}/", f"payments/{'a' * 32}/card/", "cards/x/", "cards/x/saved/"):
        assert other.get(f"/account/money/{path}").status_code == 404
    assert other.post(f"/account/money/cards/{card.pk}/remove/").status_code == 404
    assert other.post("/account/money/", {**FORM, "reference": "c" * 32, "card": card.pk}).status_code == 422
    assert signed_in(None).get("/account/money/").status_code == 302
    assert signed_in(town.officer).get("/account/money/", follow=True).request["PATH_INFO"] == "/"
    assert AuditEvent.objects.filter(action="access.refused").count() == 5


def test_automatic_reload_is_turned_on_changed_and_off(town, mother, bank: Bank, signed_in) -> None:
    card = a_saved_card(bank, mother)
    client = signed_in(town.mother)
    typed = {"threshold": "5.00", "amount": "20.00", "monthly_ceiling": "60.00", "reload_card": card.pk}
    client.post("/account/money/reload/", typed)
    assert AutoReload.objects.get().state == "active"
    wrong = client.post("/account/money/reload/", {**typed, "monthly_ceiling": "19.99"})
    assert "at least the amount" in wrong.content.decode()
    small = client.post("/account/money/reload/", {**typed, "amount": "0.49"})
    assert "Banks take card payments from $0.50. Choose a larger amount." in small.content.decode()
    assert AutoReload.objects.get().amount == 20_000_000
    page = client.get("/account/money/").content.decode()
    assert "This month it has added $0.00 of at most $60.00." in page
    assert "before the first of next month" not in page
    reloaded = {"customer": town.mother, "account_id": mother.account, "amount": 45_000_000, "way": "reload"}
    at = time.time_ns() // 1_000_000
    Payment.objects.create(**reloaded, provider="stripe", state="succeeded", created_at=at, changed_at=at)
    page = client.get("/account/money/").content.decode()
    assert "This month it has added $45.00 of at most $60.00." in page
    assert "before the first of next month" in page
    assert "the most that you allow" not in client.get("/account/").content.decode()  # while there is enough
    Account.objects.filter(pk=mother.account).update(held=12_000_000)
    assert "the most that you allow in a month" in client.get("/account/").content.decode()
    client.post("/account/money/reload/", {"turn_off": "1"})
    assert AutoReload.objects.get().state == "off"
    AutoReload.objects.update(state="stopped", reason="pay.expired_card")
    page = client.get("/account/money/").content.decode()
    assert "declined three times" in page
    assert "The card has expired" in page


def test_only_the_page_with_the_form_lets_a_script_of_another_house_in(town, mother, bank: Bank, signed_in) -> None:
    client = signed_in(town.mother)
    client.post("/account/money/", FORM)
    policy = client.get(f"/account/money/payments/{'a' * 32}/card/").headers["Content-Security-Policy"]
    assert f"script-src 'self' {bank.url};" in policy
    assert "unsafe" not in policy
    for path in ("/account/money/", f"/account/money/payments/{'a' * 32}/"):
        assert "script-src 'self';" in client.get(path).headers["Content-Security-Policy"]


def test_without_a_provider_the_page_says_so_and_how(town, mother, signed_in, monkeypatch) -> None:
    with set_up_with(monkeypatch, stripe_key=""):
        page = signed_in(town.mother).get("/account/money/").content.decode()
        assert "kinline demo deposit mother@town.example 10.00" in page
        assert "Add money</button>" not in page
        assert signed_in(town.mother).post("/account/money/", FORM).status_code == 422
        assert signed_in(None).post("/webhooks/stripe", b"{}", content_type="application/json").status_code == 404


def test_a_message_of_the_provider_is_taken_over_http(town, mother, bank: Bank, signed_in) -> None:
    signed_in(town.mother).post("/account/money/", FORM)
    paid = bank.enter(Payment.objects.get().intent, bank.card())
    body, headers = bank.message("payment_intent.succeeded", paid)
    nobody = signed_in(None)

    def send(body: bytes, headers: dict[str, str]) -> int:
        signature = {"stripe-signature": headers["Stripe-Signature"]}
        return nobody.post("/webhooks/stripe", body, content_type="application/json", headers=signature).status_code

    assert send(body, signed(body, secret="whsec_guessed")[1]) == 400
    assert mother.balance == Money.parse("12.34")
    assert [send(body, headers) for _ in range(2)] == [200, 200]
    assert mother.balance == Money.parse("22.34")
    assert send(*signed(b"[]")) == 400
    assert send(*signed(b" " * 300_000)) == 413
    assert nobody.get("/webhooks/stripe").status_code == 405


def test_messages_of_localstripe_itself_reach_us_over_http(town, mother, bank: Bank, address, signed_in) -> None:
    client = signed_in(town.mother)
    client.post("/account/money/", FORM)
    intent = Payment.objects.get().intent
    bank.send_messages_to(f"{address}/webhooks/stripe")
    bank.enter(intent, bank.card())
    asked = urllib.request.Request(f"{address}/account/")
    asked.add_header("Cookie", f"sessionid={client.cookies['sessionid'].value}")
    for _ in range(60):  # localstripe waits a second
        with urllib.request.urlopen(asked) as answer:
            if "$22.34" in answer.read().decode():
                return
        time.sleep(0.25)
    raise AssertionError("the money did not come")


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 320)])
def test_every_page_of_money_is_accessible_and_fits(
    town, mother, bank: Bank, signed_in, address, chromium, language: str, width: int
) -> None:
    card = a_saved_card(bank, mother)
    client = signed_in(town.mother)
    client.post("/account/money/", {**FORM, "card": card.pk})
    client.post("/account/money/", {**FORM, "reference": "b" * 32})
    declined = a_saved_card(bank, mother, DECLINED_LATER, decline_code="stolen_card")
    client.post("/account/money/", {**FORM, "reference": "c" * 32, "card": declined.pk})
    typed = {"threshold": "5.00", "amount": "20.00", "monthly_ceiling": "60.00", "reload_card": card.pk}
    client.post("/account/money/reload/", typed)
    pages = {
        "money": "/account/money/",
        "paid": f"/account/money/payments/{'a' * 32}/",
        "card": f"/account/money/payments/{'b' * 32}/card/",
        "declined": f"/account/money/payments/{'c' * 32}/",
    }
    pictures = os.environ.get("KINLINE_PICTURES")
    wrong = []
    for name, path in pages.items():
        picture = Path(pictures) / f"{name}-{language}-{width}.png" if pictures else None
        look = chromium.visit(
            lambda page, path=path, picture=picture: chromium.look_at(page, path, picture),
            session=client.cookies["sessionid"].value,
            base=address,
            language=language,
            width=width,
        )
        wrong += [f"{name}: {each}" for each in look.violations]
        allowed = bank.url if name == "card" else "nobody"
        wrong += [f"{name}: {each}" for each in look.complaints if not each.startswith(allowed)]
        wrong += [f"{name}: {look.width} px wide"] if look.width > width else []
    assert wrong == []
