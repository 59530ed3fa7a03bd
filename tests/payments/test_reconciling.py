"""What was lost on the way is found for everybody: none waits for ever behind others."""

import pytest
from bank import NEEDS_3DS, Bank
from make import MINUTE, NOON
from payers import Payer, a_payer, a_payment, a_saved_card

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.payments import queries, services
from kinline.payments.models import CardRefund, CardSetUp, Payment
from kinline.payments.services import reconciling

pytestmark = pytest.mark.django_db

TEN = Money.parse("10.00")


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling, "AT_ONCE", 1)


def reconcile_in_each_minute(*minutes: int) -> None:
    for minute in minutes:
        services.reconcile(Instant(NOON + minute * MINUTE))


@pytest.fixture
def payer(bank: Bank) -> Payer:
    return a_payer()


def test_payments_that_stay_unfinished_do_not_hide_one_that_was_paid(bank: Bank, payer: Payer) -> None:
    card = a_saved_card(bank, payer, NEEDS_3DS)
    for _ in range(2):
        services.charge(payer.customer, payer.account, TEN, card.pk, NOON, return_url="https://kinline.example/back")
    paid = services.begin(payer.customer, payer.account, TEN, Instant(NOON + 1))
    bank.enter(paid.intent, bank.card())
    reconcile_in_each_minute(5, 6, 7)
    assert Payment.objects.get(pk=paid.pk).state == "succeeded"


def test_new_payments_do_not_hide_an_older_one(bank: Bank, payer: Payer) -> None:
    paid = services.begin(payer.customer, payer.account, TEN, NOON)
    reconcile_in_each_minute(5)
    bank.enter(paid.intent, bank.card())
    for minute in range(6, 12):
        services.begin(payer.customer, payer.account, TEN, Instant(NOON + minute * MINUTE))
    reconcile_in_each_minute(*range(12, 15))
    assert Payment.objects.get(pk=paid.pk).state == "succeeded"


def test_refunds_on_their_way_do_not_hide_one_that_was_not_sent(bank: Bank, payer: Payer) -> None:
    payment = a_payment(bank, payer)
    services.refund(payment.pk, TEN, NOON)
    CardRefund.objects.update(state="sent")
    bank.ask("POST", f"/v1/refunds/{CardRefund.objects.get().provider_id}", status="pending")
    waiting = services.request_refund(payment.pk, TEN, Instant(NOON + 1))
    reconcile_in_each_minute(5, 6)
    assert CardRefund.objects.get(pk=waiting.pk).state == "succeeded"


def test_forms_that_are_left_do_not_hide_a_card_that_was_saved(bank: Bank, payer: Payer) -> None:
    services.begin_saving(payer.customer, NOON, "left")
    _saving, answer = services.begin_saving(payer.customer, Instant(NOON + 1), "filled-in")
    bank.ask("POST", f"/v1/setup_intents/{answer.id}/confirm", payment_method=bank.card())
    reconcile_in_each_minute(5, 6)
    assert CardSetUp.objects.get(reference="filled-in").card == queries.cards_of(payer.customer).get()
