"""Chargebacks: what a dispute covers cannot be spent, comes back when it is won, and is written off when it is lost."""

import pytest
from bank import Bank
from make import NOON, a_customer, a_facility, a_number, a_resident
from payers import Payer, a_payer, a_payment, a_saved_card

from kinline.audit.models import AuditEvent
from kinline.billing import services as billing
from kinline.billing.queries import suspension_of
from kinline.core.identity import AccountId, ResidentId
from kinline.core.money import Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.notices.models import Message
from kinline.payments import queries, services
from kinline.payments.models import Payment, PaymentState
from kinline.people.models import CustomerNumber
from kinline.providers.cards import card_provider

pytestmark = pytest.mark.django_db

FIVE, TEN, TWENTY, ALL = (Money.parse(text) for text in ("5.00", "10.00", "20.00", "25.00"))
NOTHING = Money(0)


def hear(bank: Bank, dispute: str, kind: str = "charge.dispute.updated") -> None:
    payload, headers = bank.message(kind, bank.disputes[dispute])
    event = card_provider().event(payload, headers["Stripe-Signature"])
    services.work_off(services.take(event, NOON), NOON)


def house(kind: AccountKind) -> Money:
    return books.balance(books.house_account(kind))


def is_reviewed(payer: Payer) -> bool:
    return Account.objects.get(pk=payer.account).review_since is not None


def spend(payer: Payer, amount: Money) -> None:
    ledger.transfer(Order("spent", payer.account, a_customer(a_number()), amount, "charge"), NOON)


def test_a_dispute_freezes_what_it_covers(bank: Bank) -> None:
    payer = a_payer("5.00")
    payment = a_payment(bank, payer)
    dispute = bank.dispute(payment.intent, 2500)
    for kind in ("charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.updated"):
        hear(bank, dispute, kind)
    assert (payer.balance, house(AccountKind.DISPUTED)) == (FIVE, ALL)
    assert Payment.objects.get(pk=payment.pk).state == PaymentState.DISPUTED
    assert is_reviewed(payer)
    assert list(queries.refundable(payer.account)) == []


def test_a_dispute_that_is_won_gives_everything_back(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    dispute = bank.dispute(payment.intent, 2500)
    hear(bank, dispute)
    bank.disputes[dispute]["status"] = "won"
    hear(bank, dispute, "charge.dispute.closed")
    hear(bank, dispute, "charge.dispute.funds_reinstated")
    assert (payer.balance, house(AccountKind.DISPUTED)) == (ALL, NOTHING)
    assert Payment.objects.get(pk=payment.pk).state == PaymentState.SUCCEEDED
    assert not is_reviewed(payer)


def test_a_dispute_that_is_lost_takes_the_frozen_money_and_costs_us_nothing(bank: Bank) -> None:
    payer = a_payer("5.00")
    payment = a_payment(bank, payer)
    dispute = bank.dispute(payment.intent, 2500)
    hear(bank, dispute)
    bank.disputes[dispute]["status"] = "lost"
    hear(bank, dispute)
    hear(bank, dispute)
    assert (payer.balance, house(AccountKind.DISPUTED), house(AccountKind.CHARGEBACKS)) == (FIVE, NOTHING, NOTHING)
    # The payment came and went; the five dollars of before came another way.
    assert house(AccountKind.CLEARING) == -FIVE
    assert not is_reviewed(payer)


def test_what_was_spent_of_a_lost_payment_is_our_loss_and_the_account_stays_under_review(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    spend(payer, TWENTY)
    dispute = bank.dispute(payment.intent, 2500)
    hear(bank, dispute)
    assert (payer.balance, house(AccountKind.DISPUTED)) == (NOTHING, FIVE)
    bank.disputes[dispute]["status"] = "lost"
    hear(bank, dispute)
    assert (house(AccountKind.DISPUTED), house(AccountKind.CHARGEBACKS)) == (NOTHING, -TWENTY)
    assert is_reviewed(payer)
    services.lift_review(payer.account, "user/1", NOON, "spoke with the family")
    assert not is_reviewed(payer)
    assert AuditEvent.objects.get(action="review.lifted").subject == f"account/{payer.account}"


def test_a_dispute_whose_end_is_heard_first_ends_right(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    dispute = bank.dispute(payment.intent, 2500, status="lost")
    hear(bank, dispute, "charge.dispute.closed")
    hear(bank, dispute, "charge.dispute.created")
    assert (payer.balance, house(AccountKind.DISPUTED), house(AccountKind.CLEARING)) == (NOTHING, NOTHING, NOTHING)


def test_a_dispute_about_money_that_has_not_arrived_yet_lets_it_arrive_first(bank: Bank) -> None:
    payer = a_payer()
    payment = services.begin(payer.customer, payer.account, TEN, NOON)
    bank.enter(payment.intent, bank.card())
    hear(bank, bank.dispute(payment.intent, 1000))
    assert (payer.balance, house(AccountKind.DISPUTED)) == (NOTHING, TEN)


def test_an_inquiry_of_the_bank_freezes_nothing(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    dispute = bank.dispute(payment.intent, 2500, status="warning_needs_response")
    hear(bank, dispute)
    assert (payer.balance, is_reviewed(payer)) == (ALL, False)
    bank.disputes[dispute]["status"] = "needs_response"
    hear(bank, dispute)
    assert (payer.balance, is_reviewed(payer)) == (NOTHING, True)


def test_a_payment_that_is_disputed_in_parts_gives_back_only_what_no_part_covers(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    first, second = bank.dispute(payment.intent, 500), bank.dispute(payment.intent, 1000)
    hear(bank, first)
    hear(bank, second)
    assert [each.left for each in queries.refundable(payer.account)] == [TEN]
    bank.disputes[first]["status"] = "won"
    hear(bank, first)
    payment.refresh_from_db()
    assert (payment.state, payment.disputed) == (PaymentState.DISPUTED, TEN.micros)
    assert [each.left for each in queries.refundable(payer.account)] == [Money.parse("15.00")]
    assert (payer.balance, house(AccountKind.DISPUTED)) == (Money.parse("15.00"), TEN)


def test_an_account_with_two_disputes_is_reviewed_until_both_are_decided(bank: Bank) -> None:
    payer = a_payer()
    disputes = [bank.dispute(a_payment(bank, payer, "10.00").intent, 1000) for _ in range(2)]
    for dispute in disputes:
        hear(bank, dispute)
    for dispute, still in zip(disputes, (True, False), strict=True):
        bank.disputes[dispute]["status"] = "won"
        hear(bank, dispute)
        assert is_reviewed(payer) is still
    assert payer.balance == TWENTY


def test_money_on_hold_for_a_call_is_not_frozen_under_it(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    Account.objects.filter(pk=payer.account).update(held=TEN.micros)
    hear(bank, bank.dispute(payment.intent, 2500))
    assert (payer.balance, house(AccountKind.DISPUTED)) == (TEN, Money.parse("15.00"))


def a_bill(payer: Payer, owed: str = "8.003") -> AccountId:
    bill = ledger.open_direct_bill_account(payer.customer, TEN)
    ledger.transfer(Order("called", bill, books.house_account(AccountKind.REVENUE), Money.parse(owed), "charge"), NOON)
    return bill


def paid_by_card(bank: Bank, payer: Payer, debt: AccountId, amount: str) -> Payment:
    card = a_saved_card(bank, payer)
    return services.charge(payer.customer, payer.account, Money.parse(amount), card.pk, NOON, pays=debt)


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_bill_is_owed_again_when_the_bank_takes_back_what_paid_it_and_paid_when_it_gives_it_back(
    bank: Bank, end: str
) -> None:
    payer = a_payer("1.00")
    bill = a_bill(payer)
    payment = paid_by_card(bank, payer, bill, "8.01")
    assert (books.balance(bill), payer.balance) == (NOTHING, Money.parse("1.007"))
    dispute = bank.dispute(payment.intent, 801)
    for _ in range(2):
        hear(bank, dispute)
    assert (-books.balance(bill), payer.balance) == (Money.parse("8.003"), Money.parse("1.00"))
    assert house(AccountKind.DISPUTED) == Money.parse("8.01")
    bank.disputes[dispute]["status"] = end
    for _ in range(2):
        hear(bank, dispute)
    if end == "won":
        assert (books.balance(bill), payer.balance) == (NOTHING, Money.parse("1.007"))
    else:
        assert (-books.balance(bill), payer.balance) == (Money.parse("8.003"), Money.parse("1.00"))
    assert (house(AccountKind.DISPUTED), house(AccountKind.CHARGEBACKS)) == (NOTHING, NOTHING)
    assert not is_reviewed(payer)
    assert books.discrepancies() == []


def test_what_nobody_disputes_of_a_payment_goes_on_paying_its_bill(bank: Bank) -> None:
    payer = a_payer()
    bill = a_bill(payer)
    payment = paid_by_card(bank, payer, bill, "8.01")
    first, second = bank.dispute(payment.intent, 200), bank.dispute(payment.intent, 300)
    hear(bank, first)
    assert (-books.balance(bill), payer.balance) == (Money.parse("1.993"), NOTHING)
    hear(bank, second)
    assert (-books.balance(bill), payer.balance) == (Money.parse("4.993"), NOTHING)
    bank.disputes[first]["status"] = "won"
    hear(bank, first)
    assert (-books.balance(bill), payer.balance) == (Money.parse("2.993"), NOTHING)
    bank.disputes[second]["status"] = "won"
    hear(bank, second)
    assert (books.balance(bill), payer.balance) == (NOTHING, Money.parse("0.007"))
    assert books.discrepancies() == []


def test_a_bill_whose_room_was_spent_anew_passes_its_limit_when_the_bank_takes_its_payment_back(bank: Bank) -> None:
    payer = a_payer()
    bill = a_bill(payer)
    payment = paid_by_card(bank, payer, bill, "8.01")
    again = Order("again", bill, books.house_account(AccountKind.REVENUE), TEN, "charge")
    ledger.transfer(again, NOON)
    hear(bank, bank.dispute(payment.intent, 801))
    assert -books.balance(bill) == Money.parse("18.003")
    assert books.available(Account.objects.get(pk=bill)) == NOTHING
    assert suspension_of(bill) is not None
    billing.record_payment(bill, TEN, "cheque/1", NOON)
    assert books.available(Account.objects.get(pk=bill)) == TEN - Money.parse("8.003")
    assert suspension_of(bill) is None


def test_collect_calls_are_owed_again_beyond_the_allowance_too(bank: Bank) -> None:
    payer = a_payer()
    number = CustomerNumber.objects.get(customer_id=payer.customer)
    CustomerNumber.objects.filter(pk=number.pk).update(is_verified=True)
    collect = ledger.open_collect_account(number.number, FIVE)
    for name in ("first", "second"):
        called = Order(name, collect, books.house_account(AccountKind.REVENUE), FIVE, "charge")
        ledger.transfer(called, NOON)
        if name == "first":
            payment = paid_by_card(bank, payer, collect, "5.00")
    dispute = bank.dispute(payment.intent, 500)
    hear(bank, dispute)
    assert (-books.balance(collect), house(AccountKind.DISPUTED)) == (TEN, FIVE)
    bank.disputes[dispute]["status"] = "won"
    hear(bank, dispute)
    assert (-books.balance(collect), payer.balance) == (FIVE, NOTHING)
    assert books.discrepancies() == []


def test_what_a_payment_brought_beyond_its_bill_is_disputed_first_and_no_other_debt_is_paid_with_it(bank: Bank) -> None:
    payer = a_payer()
    bill = a_bill(payer, "8.00")
    payment = paid_by_card(bank, payer, bill, "20.00")
    ledger.transfer(Order("new", bill, books.house_account(AccountKind.REVENUE), TEN, "charge"), NOON)
    hear(bank, bank.dispute(payment.intent, 200))
    assert (-books.balance(bill), payer.balance) == (TEN, TEN)
    assert not Message.objects.filter(kind="invoice_payment_returned").exists()


def test_what_was_refunded_of_a_payment_does_not_pay_its_bill(bank: Bank) -> None:
    payer = a_payer()
    bill = a_bill(payer, "8.00")
    payment = paid_by_card(bank, payer, bill, "20.00")
    services.refund(payment.pk, Money.parse("12.00"), NOON)
    ledger.deposit(payer.account, FIVE, "cash", NOON)
    hear(bank, bank.dispute(payment.intent, 800))
    assert (-books.balance(bill), payer.balance) == (Money.parse("8.00"), FIVE)
    assert Message.objects.filter(kind="invoice_payment_returned", contents__contains="8000000").count() == 1


def test_of_a_residents_own_account_the_disputed_amount_alone_is_frozen(bank: Bank) -> None:
    payer = a_payer()
    account = ledger.open_resident_account(ResidentId(a_resident(a_facility()).pk))
    ledger.deposit(account, FIVE, "commissary", NOON)
    card = a_saved_card(bank, payer)
    payment = services.charge(payer.customer, account, TEN, card.pk, NOON)
    hear(bank, bank.dispute(payment.intent, 1000))
    assert books.balance(account) == FIVE
    assert Account.objects.get(pk=account).review_since is None
