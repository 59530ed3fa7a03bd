"""Money back to the card: never more than came from it, never twice, never lost."""

import pytest
from bank import Bank
from make import MINUTE, NOON, a_customer, a_number
from payers import a_payer, a_payment

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import AccountKind
from kinline.ledger.postings import Order
from kinline.payments import queries, services
from kinline.payments.errors import NotRefundable
from kinline.payments.models import CardRefund, PaymentState, RefundState

pytestmark = pytest.mark.django_db

TEN, FIVE = Money.parse("10.00"), Money.parse("5.00")
LATER = Instant(NOON + 5 * MINUTE)


def refunded_cents(bank: Bank) -> int:
    return sum(each["amount"] for each in bank.ask("GET", "/v1/refunds?limit=100")["data"])


def test_a_payment_is_given_back_in_parts_and_then_nothing_is_left_of_it(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer, "25.00")
    assert services.refund(payment.pk, TEN, NOON).state == RefundState.SUCCEEDED
    assert [(each.payment_id, each.left) for each in queries.refundable(payer.account)] == [
        (payment.pk, Money.parse("15.00"))
    ]
    services.refund(payment.pk, Money.parse("15.00"), NOON)
    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    with pytest.raises(NotRefundable):
        services.refund(payment.pk, Money.parse("0.01"), NOON)
    assert (payer.balance, refunded_cents(bank), list(queries.refundable(payer.account))) == (Money(0), 2500, [])
    assert books.balance(books.house_account(AccountKind.CLEARING)) == Money(0)


def test_the_same_reference_is_refunded_once(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    first = services.refund(payment.pk, FIVE, NOON, reference="case/1")
    assert services.refund(payment.pk, FIVE, NOON, reference="case/1").pk == first.pk
    assert refunded_cents(bank) == 500
    with pytest.raises(NotRefundable):
        services.refund(payment.pk, TEN, NOON, reference="case/1")


def test_money_that_was_spent_cannot_be_given_back(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    elsewhere = a_customer(a_number())
    ledger.transfer(Order("spent", payer.account, elsewhere, Money.parse("20.00"), "charge"), NOON)
    with pytest.raises(ledger.NotEnough):
        services.refund(payment.pk, TEN, NOON)
    assert (CardRefund.objects.count(), refunded_cents(bank), payer.balance) == (0, 0, FIVE)


@pytest.mark.parametrize("breakdown", ["cut", "500", "answer_lost"])
def test_a_refund_that_was_not_answered_is_sent_once(bank: Bank, breakdown: str) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    bank.breakdowns[:] = ["", *[breakdown] * 3]  # the question whether it exists is answered
    made = services.refund(payment.pk, TEN, NOON)
    assert (made.state, payer.balance) == (RefundState.REQUESTED, Money.parse("15.00"))
    services.reconcile(LATER)
    made.refresh_from_db()
    assert (made.state, refunded_cents(bank)) == (RefundState.SUCCEEDED, 1000)


def test_a_refund_that_the_provider_refuses_is_on_the_account_again(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    bank.refuse_refunds = True
    made = services.refund(payment.pk, TEN, NOON)
    assert (made.state, payer.balance) == (RefundState.FAILED, Money.parse("25.00"))
    assert [each.left for each in queries.refundable(payer.account)] == [Money.parse("25.00")]


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.005"])
def test_an_amount_that_no_card_can_be_given_is_a_mistake_of_ours(bank: Bank, amount: str) -> None:
    payment = a_payment(bank, a_payer())
    with pytest.raises(ValueError, match="whole cents"):
        services.refund(payment.pk, Money.parse(amount, may_be_negative=True), NOON)
