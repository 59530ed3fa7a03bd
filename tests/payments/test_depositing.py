"""Money by card: it arrives exactly once, and each decline is told in its own words."""

import pytest
from bank import DECLINED_LATER, NEEDS_3DS, NEEDS_3DS_THEN_DECLINED, Bank, set_up_with
from make import DAY, MINUTE, NOON, a_debit_account, a_facility, a_resident
from payers import Payer, a_payer, a_payment, a_saved_card

from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.notices.models import Message
from kinline.payments import queries, services
from kinline.payments.errors import NotTaken, NotTheirs, ReferenceUsed
from kinline.payments.models import CardHolder, Payment, PaymentState, SavedCard, Way
from kinline.people.models import CustomerNumber
from kinline.providers.cards import ProviderError, card_provider

pytestmark = pytest.mark.django_db

TEN = Money.parse("10.00")
LATER = Instant(NOON + 5 * MINUTE)


def pay(payer: Payer, card: SavedCard, amount: Money = TEN, at: Instant = NOON, **more: object) -> Payment:
    return services.charge(payer.customer, payer.account, amount, card.pk, at, **more)


def test_a_saved_card_pays_the_whole_amount_onto_the_account_once(bank: Bank) -> None:
    payer = a_payer("2.10")
    card = a_saved_card(bank, payer)
    payment = pay(payer, card, reference="typed-once")
    again = pay(payer, card, reference="typed-once")  # the button was pressed twice
    assert (payment.pk, payment.state) == (again.pk, PaymentState.SUCCEEDED)
    assert payer.balance == Money.parse("12.10")
    assert bank.charged_cents() == 1000
    transfer = Transfer.objects.get(key=payment.deposit_key)
    assert transfer.debit_id == books.house_account(AccountKind.CLEARING)
    assert (card.brand, card.last4) == ("visa", "4242")


def test_a_card_entered_in_the_providers_form_pays_and_is_kept_when_wished(bank: Bank) -> None:
    payer = a_payer()
    payment = services.begin(payer.customer, payer.account, TEN, NOON, save_card=True)
    assert (payment.state, services.client_secret(payment)[:3]) == (PaymentState.CREATED, "pi_")
    bank.enter(payment.intent, bank.card())
    assert services.observe(payment.pk, NOON).state == PaymentState.SUCCEEDED
    assert services.observe(payment.pk, LATER).state == PaymentState.SUCCEEDED
    assert payer.balance == TEN
    services.reconcile(LATER)
    assert [card.last4 for card in queries.cards_of(payer.customer)] == ["4242"]
    assert services.client_secret(payment) or services.client_secret(services.observe(payment.pk, LATER)) == ""


def test_a_form_that_is_opened_twice_is_one_payment(bank: Bank) -> None:
    payer = a_payer()
    first = services.begin(payer.customer, payer.account, TEN, NOON, reference="form")
    second = services.begin(payer.customer, payer.account, TEN, NOON, reference="form")
    assert (first.pk, first.intent) == (second.pk, second.intent)


def test_a_resident_debit_account_is_fed_by_the_family(bank: Bank) -> None:
    payer = a_payer()
    debit = a_debit_account(a_resident(a_facility()), "0.00")
    card = a_saved_card(bank, payer)
    services.charge(payer.customer, debit, TEN, card.pk, NOON)
    assert (books.balance(debit), payer.balance) == (TEN, Money(0))


def owing(payer: Payer, amount: str) -> AccountId:
    """Their monthly bill, with calls of so much."""
    bill = ledger.open_direct_bill_account(payer.customer, Money.parse("100.00"))
    revenue = books.house_account(AccountKind.REVENUE)
    ledger.transfer(Order("called", bill, revenue, Money.parse(amount), "charge"), NOON)
    return bill


def test_money_that_came_for_a_monthly_bill_pays_it_and_what_is_not_owed_stays_in_the_balance(bank: Bank) -> None:
    payer = a_payer("1.00")
    bill = owing(payer, "7.503133")
    payment = pay(payer, a_saved_card(bank, payer), pays=bill, reference="bill")
    assert pay(payer, payment.card, pays=bill, reference="bill") == payment
    assert (books.balance(bill), payer.balance) == (Money(0), Money.parse("3.496867"))
    assert Message.objects.filter(kind="invoice_payment_received", contents__contains="7503133").count() == 1
    with pytest.raises(NotTheirs):  # it is paid
        pay(payer, payment.card, pays=bill)


def test_a_part_of_a_bill_may_be_paid_and_a_declined_card_pays_nothing(bank: Bank) -> None:
    payer = a_payer()
    bill = owing(payer, "30.00")
    pay(payer, a_saved_card(bank, payer), pays=bill)
    assert (books.balance(bill), payer.balance) == (Money.parse("-20.00", may_be_negative=True), Money(0))
    failed = pay(payer, a_saved_card(bank, payer, DECLINED_LATER), pays=bill)
    assert failed.state == PaymentState.FAILED
    assert (books.balance(bill), payer.balance) == (Money.parse("-20.00", may_be_negative=True), Money(0))


def test_collect_calls_are_paid_by_card_by_whose_number_it_is_alone(bank: Bank) -> None:
    payer, stranger = a_payer(), a_payer()
    number = CustomerNumber.objects.get(customer_id=payer.customer)
    collect = ledger.open_collect_account(number.number, Money.parse("20.00"))
    revenue = books.house_account(AccountKind.REVENUE)
    ledger.transfer(Order("collect", collect, revenue, Money.parse("3.00"), "charge"), NOON)
    CustomerNumber.objects.update(is_verified=True)
    with pytest.raises(NotTheirs):
        pay(stranger, a_saved_card(bank, stranger), pays=collect)
    pay(payer, a_saved_card(bank, payer), pays=collect)
    assert (books.balance(collect), payer.balance) == (Money(0), Money.parse("7.00"))


DECLINES = {
    ("insufficient_funds", Reason.PAY_INSUFFICIENT_FUNDS),
    ("lost_card", Reason.PAY_DECLINED),
    ("stolen_card", Reason.PAY_DECLINED),
    ("fraudulent", Reason.PAY_DECLINED),
    ("generic_decline", Reason.PAY_DECLINED),
    ("a_code_of_tomorrow", Reason.PAY_DECLINED),
    ("card_velocity_exceeded", Reason.PAY_CARD_VELOCITY),
    ("card_not_supported", Reason.PAY_CARD_NOT_SUPPORTED),
    ("try_again_later", Reason.PAY_PROCESSING_ERROR),
}


@pytest.mark.parametrize(("decline_code", "reason"), sorted(DECLINES))
def test_each_decline_of_the_bank_has_its_reason(bank: Bank, decline_code: str, reason: Reason) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer, DECLINED_LATER, decline_code=decline_code)
    payment = pay(payer, card)
    assert (payment.state, payment.reason) == (PaymentState.FAILED, reason)
    assert payer.balance == Money(0)
    assert payment.intent


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("expired_card", Reason.PAY_EXPIRED_CARD),
        ("incorrect_cvc", Reason.PAY_INCORRECT_CVC),
        ("incorrect_number", Reason.PAY_INCORRECT_NUMBER),
        ("incorrect_zip", Reason.PAY_INCORRECT_ADDRESS),
        ("processing_error", Reason.PAY_PROCESSING_ERROR),
        ("authentication_required", Reason.PAY_AUTHENTICATION_NEEDED),
    ],
)
def test_each_error_code_of_a_card_has_its_reason(bank: Bank, code: str, reason: Reason) -> None:
    payer = a_payer()
    assert pay(payer, a_saved_card(bank, payer, DECLINED_LATER, code=code)).reason == reason


def test_the_holder_confirms_to_their_bank_and_the_money_arrives(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer, NEEDS_3DS)
    payment = pay(payer, card, return_url="https://kinline.example/back")
    assert (payment.state, payer.balance) == (PaymentState.REQUIRES_ACTION, Money(0))
    bank.confirm_to_bank(payment.intent, success=True)
    assert services.observe(payment.pk, NOON).state == PaymentState.SUCCEEDED
    assert payer.balance == TEN


def test_a_confirmation_that_fails_is_told_so(bank: Bank) -> None:
    payer = a_payer()
    payment = pay(payer, a_saved_card(bank, payer, NEEDS_3DS), return_url="https://kinline.example/back")
    bank.confirm_to_bank(payment.intent, success=False)
    failed = services.observe(payment.pk, NOON)
    assert (failed.state, failed.reason) == (PaymentState.FAILED, Reason.PAY_AUTHENTICATION_FAILED)


def test_a_card_can_be_declined_after_the_confirmation(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer, NEEDS_3DS_THEN_DECLINED, decline_code="insufficient_funds")
    payment = pay(payer, card, return_url="https://kinline.example/back")
    bank.confirm_to_bank(payment.intent, success=True)
    assert services.observe(payment.pk, NOON).reason == Reason.PAY_INSUFFICIENT_FUNDS


@pytest.mark.parametrize("return_url", ["", "https://kinline.example/back"])
@pytest.mark.parametrize("breakdowns", [["cut"] * 3, ["500"] * 3, ["answer_lost"] * 3])
def test_a_provider_that_does_not_answer_is_asked_again_and_charges_once(
    bank: Bank, breakdowns: list[str], return_url: str
) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    bank.breakdowns[:] = breakdowns
    payment = pay(payer, card, return_url=return_url)
    assert (payment.state, payment.intent, payer.balance) == (PaymentState.CREATED, "", Money(0))
    services.reconcile(LATER)
    services.reconcile(Instant(LATER + MINUTE))
    assert Payment.objects.get(pk=payment.pk).state == PaymentState.SUCCEEDED
    assert (payer.balance, bank.charged_cents()) == (TEN, 1000)


def test_the_button_pressed_again_after_no_answer_sends_the_same_request(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    bank.breakdowns[:] = ["answer_lost"] * 3
    pay(payer, card, reference="pressed", return_url="https://kinline.example/back")
    again = pay(payer, card, reference="pressed", return_url="https://www.kinline.example/back")  # by another name
    assert (again.state, payer.balance, bank.charged_cents()) == (PaymentState.SUCCEEDED, TEN, 1000)


def test_a_reference_is_of_one_payment_with_one_card(bank: Bank) -> None:
    payer = a_payer()
    declined, good = a_saved_card(bank, payer, DECLINED_LATER), a_saved_card(bank, payer)
    pay(payer, declined, reference="page")
    with pytest.raises(ReferenceUsed):
        pay(payer, good, reference="page")
    with pytest.raises(ReferenceUsed):
        pay(payer, declined, Money.parse("20.00"), reference="page")
    with pytest.raises(ReferenceUsed):
        services.begin(payer.customer, payer.account, TEN, NOON, reference="page")
    assert pay(payer, declined, reference="page").state == PaymentState.FAILED
    assert (Payment.objects.count(), bank.charged_cents()) == (1, 0)


@pytest.mark.parametrize("hours", [1, 30])
def test_a_charge_whose_answer_was_lost_is_found_by_its_reference(bank: Bank, hours: int) -> None:
    """Also by a request of another wording, and when the provider has forgotten the key."""
    payer = a_payer()
    card = a_saved_card(bank, payer)
    pay(payer, card)
    bank.breakdowns[:] = ["answer_lost"] * 3
    payment = pay(payer, card)
    for _ in range(2):
        pay(payer, card)
    Payment.objects.filter(pk=payment.pk).update(return_url="https://kinline.example/back")
    services.reconcile(Instant(NOON + hours * 60 * MINUTE))
    assert Payment.objects.get(pk=payment.pk).state == PaymentState.SUCCEEDED
    assert (payer.balance, bank.charged_cents()) == (TEN * 4, 4000)


def test_a_charge_that_the_provider_never_heard_of_fails_only_when_it_says_so(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    bank.breakdowns[:] = ["cut"] * 3
    payment = pay(payer, card)
    much_later = Instant(NOON + DAY)
    bank.breakdowns[:] = ["cut"] * 3
    services.reconcile(much_later)
    payment.refresh_from_db()
    assert payment.state == PaymentState.CREATED
    services.reconcile(much_later)
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == (PaymentState.FAILED, Reason.PAY_PROVIDER_UNREACHABLE)
    assert bank.charged_cents() == 0


def test_a_key_that_the_provider_knows_for_another_request_fails_no_payment(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    provider, holder = card_provider(), CardHolder.objects.get().provider_id
    key = "stripe/payment/twice"
    provider.charge(key, TEN, holder, card.provider_id, "another", return_url="")
    with pytest.raises(ProviderError) as error:
        provider.charge(key, TEN, holder, card.provider_id, "another", return_url="https://kinline.example/back")
    assert error.value.is_transient
    payment = pay(payer, card, reference="twice")
    services.reconcile(LATER)
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == (PaymentState.CREATED, "")


def test_a_charge_by_telephone_that_is_found_to_want_its_holder_is_given_up_at_the_provider(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer, NEEDS_3DS)
    bank.breakdowns[:] = ["answer_lost"] * 3
    payment = pay(payer, card, way=Way.PHONE)
    services.reconcile(LATER)
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == (PaymentState.FAILED, Reason.PAY_AUTHENTICATION_NEEDED)
    assert bank.about(payment.intent)["status"] == "canceled"


def test_a_short_interruption_is_not_even_noticed(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    bank.breakdowns[:] = ["answer_lost"]
    assert pay(payer, card).state == PaymentState.SUCCEEDED
    assert bank.charged_cents() == 1000


def test_a_form_that_nobody_fills_in_is_given_up(bank: Bank) -> None:
    payer = a_payer()
    payment = services.begin(payer.customer, payer.account, TEN, NOON)
    services.reconcile(Instant(NOON + 3 * 60 * MINUTE))
    given_up = Payment.objects.get(pk=payment.pk)
    assert (given_up.state, given_up.reason) == (PaymentState.CANCELLED, Reason.PAY_UNFINISHED)
    assert bank.about(payment.intent)["status"] == "canceled"
    assert list(queries.payments_of(payer.customer)) == []


def test_a_payment_that_nobody_confirms_to_their_bank_is_given_up(bank: Bank) -> None:
    payer = a_payer()
    payment = pay(payer, a_saved_card(bank, payer, NEEDS_3DS), return_url="https://kinline.example/back")
    services.reconcile(Instant(NOON + 60 * MINUTE))
    payment.refresh_from_db()
    assert payment.state == PaymentState.REQUIRES_ACTION
    services.reconcile(Instant(NOON + 3 * 60 * MINUTE))
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == (PaymentState.CANCELLED, Reason.PAY_UNFINISHED)
    assert bank.about(payment.intent)["status"] == "canceled"


def test_a_payment_that_is_confirmed_while_it_is_given_up_is_paid(bank: Bank) -> None:
    payer = a_payer()
    payment = pay(payer, a_saved_card(bank, payer, NEEDS_3DS), return_url="https://kinline.example/back")
    bank.confirm_to_bank(payment.intent, success=True)
    services.reconcile(Instant(NOON + 3 * 60 * MINUTE))
    assert (Payment.objects.get(pk=payment.pk).state, payer.balance) == (PaymentState.SUCCEEDED, TEN)


def test_a_form_that_is_paid_while_it_is_given_up_is_paid(bank: Bank) -> None:
    payer = a_payer()
    payment = services.begin(payer.customer, payer.account, TEN, NOON)
    bank.enter(payment.intent, bank.card())
    services.reconcile(Instant(NOON + 3 * 60 * MINUTE))
    assert (Payment.objects.get(pk=payment.pk).state, payer.balance) == (PaymentState.SUCCEEDED, TEN)


def test_fifty_dollars_are_never_refused(bank: Bank) -> None:
    # 47 CFR 64.6100
    payer = a_payer()
    card = a_saved_card(bank, payer)
    for _ in range(12):
        assert pay(payer, card, Money.parse("50.00")).state == PaymentState.SUCCEEDED
    assert payer.balance == Money.parse("600.00")


def test_what_is_over_the_limit_of_a_day_is_refused_with_what_is_left(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    pay(payer, card, Money.parse("430.00"))
    with pytest.raises(NotTaken) as refusal:
        pay(payer, card, Money.parse("70.01"))
    assert refusal.value.reason is Reason.PAY_DAY_LIMIT
    assert refusal.value.values == {"limit": Money.parse("500.00"), "left": Money.parse("70.00")}
    assert pay(payer, card, Money.parse("70.01"), Instant(NOON + DAY)).state == PaymentState.SUCCEEDED


def test_less_than_banks_take_is_refused(bank: Bank) -> None:
    payer = a_payer()
    with pytest.raises(NotTaken) as refusal:
        pay(payer, a_saved_card(bank, payer), Money.parse("0.49"))
    assert refusal.value.reason is Reason.PAY_TOO_SMALL


def test_parts_of_a_cent_are_a_mistake_of_ours(bank: Bank) -> None:
    payer = a_payer()
    with pytest.raises(ValueError, match="whole cents"):
        pay(payer, a_saved_card(bank, payer), Money.parse("10.001"))


def test_many_declines_in_an_hour_make_us_wait(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer, DECLINED_LATER)
    for _ in range(10):
        pay(payer, card)
    with pytest.raises(NotTaken) as refusal:
        pay(payer, card)
    assert refusal.value.reason is Reason.PAY_TOO_MANY_TRIES
    assert pay(payer, card, at=Instant(NOON + 61 * MINUTE)).reason == Reason.PAY_DECLINED


def test_another_customers_card_and_a_removed_one_cannot_be_charged(bank: Bank) -> None:
    payer, stranger = a_payer(), a_payer()
    card = a_saved_card(bank, payer)
    with pytest.raises(NotTheirs):
        pay(stranger, card)
    with pytest.raises(NotTheirs):
        services.remove_card(stranger.customer, card.pk, NOON)
    services.remove_card(payer.customer, card.pk, NOON)
    with pytest.raises(NotTheirs):
        pay(payer, card)
    assert bank.ask("GET", f"/v1/payment_methods/{card.provider_id}")["customer"] is None
    assert bank.charged_cents() == 0


def test_a_closed_account_takes_no_money_by_card(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    Account.objects.filter(pk=payer.account).update(closed_at=NOON)
    with pytest.raises(NotTaken, match=r"pay\.account_closed"):
        services.charge(payer.customer, payer.account, TEN, card.pk, NOON)
    with pytest.raises(NotTaken, match=r"pay\.account_closed"):
        services.begin(payer.customer, payer.account, TEN, NOON)
    assert (bank.charged_cents(), Payment.objects.count()) == (0, 0)


def test_every_request_that_changes_something_carries_a_key(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    services.refund(payment.pk, TEN, NOON)
    keyless = [path for method, path, key in bank.requests if method == "POST" and not key]
    assert keyless == []
    assert any(key.startswith(f"stripe/{payment.intent}/refund/") for _, _, key in bank.requests)


def test_without_a_provider_no_cards_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    payer = a_payer()
    with set_up_with(monkeypatch, stripe_key=""), pytest.raises(NotTaken) as refusal:
        services.begin(payer.customer, payer.account, TEN, NOON)
    assert refusal.value.reason is Reason.PAY_NOT_SET_UP
    assert services.reconcile(NOON) == 0


def test_a_wrong_key_of_ours_is_no_fault_of_the_card_and_cannot_be_helped_by_trying(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer = a_payer()
    with set_up_with(monkeypatch, stripe_key="wrong", stripe_api=bank.url), pytest.raises(ProviderError) as error:
        services.begin(payer.customer, payer.account, TEN, NOON)
    assert not error.value.is_transient
    assert "wrong" not in str(error.value)
