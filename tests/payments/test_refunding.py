"""Money back to the card: never more than came from it, never twice, never lost."""

import pytest
from bank import Bank
from make import MINUTE, NOON, a_customer, a_number
from payers import Payer, a_payer, a_payment, a_saved_card

from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.payments import queries, services
from kinline.payments.errors import NotRefundable
from kinline.payments.models import CardRefund, PaymentState, RefundState
from kinline.people.models import CustomerNumber
from kinline.refunds import services as refunds

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


def a_bill(payer: Payer, amount: str) -> AccountId:
    """Of calls that are not paid yet."""
    bill = ledger.open_direct_bill_account(payer.customer, Money.parse("100.00"))
    revenue = books.house_account(AccountKind.REVENUE)
    ledger.transfer(Order(f"called/{bill}", bill, revenue, Money.parse(amount), "charge"), NOON)
    return bill


def test_what_paid_a_bill_goes_to_no_card_though_cash_came_later(bank: Bank) -> None:
    payer = a_payer()
    bill = a_bill(payer, "7.991")
    card = a_saved_card(bank, payer)
    payment = services.charge(payer.customer, payer.account, TEN, card.pk, NOON, pays=bill)
    ledger.deposit(payer.account, Money.parse("8.00"), "kiosk/1/R", NOON)
    left = Money.parse("2.01")  # whose tenth of a cent is ours
    assert [(each.payment_id, each.left) for each in queries.refundable(payer.account)] == [(payment.pk, left)]
    assert refunds.planned(Account.objects.get(pk=payer.account)).by_card == left
    with pytest.raises(NotRefundable):
        services.refund(payment.pk, Money.parse("2.02"), NOON)
    services.refund(payment.pk, left, NOON)
    assert (list(queries.refundable(payer.account)), payer.balance) == ([], Money.parse("7.999"))


def test_what_paid_for_collect_calls_goes_to_no_card(bank: Bank) -> None:
    payer = a_payer()
    number = CustomerNumber.objects.get(customer_id=payer.customer)
    CustomerNumber.objects.update(is_verified=True)
    collect = ledger.open_collect_account(number.number, Money.parse("20.00"))
    ledger.transfer(Order("c", collect, books.house_account(AccountKind.REVENUE), FIVE, "charge"), NOON)
    services.charge(payer.customer, payer.account, TEN, a_saved_card(bank, payer).pk, NOON, pays=collect)
    assert [each.left for each in queries.refundable(payer.account)] == [FIVE]


def test_a_bill_that_is_owed_again_leaves_what_nobody_disputes(bank: Bank) -> None:
    """Of $10.00 that paid $5.00, the bank takes $2.00 back: the bill is opened, and paid again with the rest."""
    payer = a_payer()
    bill = a_bill(payer, "5.00")
    payment = services.charge(payer.customer, payer.account, TEN, a_saved_card(bank, payer).pk, NOON, pays=bill)
    dispute = bank.dispute(payment.intent, 200)
    services.observe_dispute(dispute, NOON)
    assert [each.left for each in queries.refundable(payer.account)] == [Money.parse("3.00")]
    bank.disputes[dispute]["status"] = "won"
    services.observe_dispute(dispute, NOON)
    assert [each.left for each in queries.refundable(payer.account)] == [FIVE]


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
