"""Many processes on one account, by every way that money leaves it: nothing is spent twice, lost or overdrawn."""

from datetime import date

import pytest
from at_once import at_once
from bank import Bank
from killed import in_order
from make import (
    NOON,
    SECOND,
    a_contact,
    a_customer,
    a_facility,
    a_number,
    a_resident,
    a_station,
    authorised,
    completed,
    identified,
)
from payers import Payer, a_payment

from kinline.billing import services as billing
from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.commissary.services import take
from kinline.core.identity import CallId, FacilityId, Instant, ResidentId
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.facilities.models import PlanRow, TaxRow
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind, Hold, Transfer
from kinline.ledger.postings import Order
from kinline.payments import services as payments
from kinline.payments.models import CardRefund
from kinline.people.models import CustomerNumber
from kinline.plans import services as plans
from kinline.plans.models import Use
from kinline.vouchers import services as vouchers

pytestmark = pytest.mark.usefixtures("committed_database")

SIXTY_CENTS = Money.parse("0.60")


def test_money_for_one_of_them_goes_to_one_of_seven_who_ask_at_once(bank: Bank) -> None:
    """A dollar; a refund, a dispute, a gift, money set aside and an invoice want 60 cents each, two calls 31 cents or
    what is left."""
    jail, number = a_facility(), a_number()
    residents = [a_resident(jail) for _ in range(3)]
    for resident in residents:
        a_contact(resident, number)
    mother = a_customer(number)
    CustomerNumber.objects.update(is_verified=True)
    customer = Account.objects.get(pk=mother).customer_id or 0
    payment = a_payment(bank, Payer(customer, mother), "1.00")
    dispute = bank.dispute(payment.intent, 60)
    bill = ledger.open_direct_bill_account(customer, Money.parse("1.00"))
    billing.stock_number(E164("+15045550700"))
    dedicated = billing.give_number(customer, residents[2], E164(number), NOON)
    station = a_station(jail)
    waiting = [(identified(station, resident), resident) for resident in residents[:2]]

    def asks(call: CallId, resident: int) -> object:
        return type(calls.authorise(call, ResidentId(resident), number[2:], NOON)).__name__

    said = at_once(
        lambda: payments.refund(payment.pk, SIXTY_CENTS, NOON).state,
        lambda: payments.observe_dispute(dispute, NOON),
        lambda: billing.give_to_resident(mother, residents[0], SIXTY_CENTS, "at once", NOON),
        lambda: billing.set_aside(mother, dedicated, SIXTY_CENTS, "at once", NOON),
        lambda: billing.pay_from_balance(mother, bill, SIXTY_CENTS, "at once", NOON),
        *(lambda call=call, resident=resident: asks(call, resident.pk) for call, resident in waiting),
    )

    left = Account.objects.get(pk=mother)
    assert left.posted >= left.held
    assert Hold.objects.filter(state="open").count() == said.count("Authorised")
    spent = [each for each in Transfer.objects.filter(debit=mother) if each.reason != "dispute"]
    assert len(spent) <= 1, said
    assert CardRefund.objects.count() == sum(each.reason == "refund" for each in spent)
    in_order()


def test_the_same_asked_by_four_processes_at_once_is_done_once() -> None:
    jail, number = a_facility(), a_number()
    resident = a_resident(jail)
    a_contact(resident, number)
    mother = a_customer(number, "5.00")
    CustomerNumber.objects.update(is_verified=True)
    file = f"resident_number,amount,transaction_id\n{resident.resident_number},1.00,T-1\n".encode()
    cards = vouchers.make(Money.parse("10.00"), 2, "user/1", NOON)
    owing = ledger.open_collect_account(number, Money.parse("5.00"))
    ledger.transfer(Order("called", owing, books.house_account(AccountKind.REVENUE), SIXTY_CENTS, "charge"), NOON)

    at_once(*[lambda: billing.give_to_resident(mother, resident, SIXTY_CENTS, "one", NOON)] * 4)
    at_once(*[lambda: take(FacilityId(jail.pk), "today.csv", file, "user/1", NOON)] * 4)
    at_once(*[lambda: vouchers.activate(cards.batch_id, 1, 2, "user/1", NOON)] * 4)
    at_once(*[lambda: billing.pay_collect(mother, number, "one", NOON)] * 4)

    assert books.balance(mother) == Money.parse("5.00") - SIXTY_CENTS - SIXTY_CENTS
    assert books.balance(ledger.open_resident_account(ResidentId(resident.pk))) == Money.parse("1.60")
    assert books.balance(books.house_account(AccountKind.VOUCHERS)) == Money.parse("20.00")
    assert books.balance(owing) == Money(0)
    in_order()


def test_a_card_that_is_voided_and_redeemed_at_once_is_one_of_both() -> None:
    cards, mother = vouchers.make(Money.parse("10.00"), 4, "user/1", NOON), a_customer(a_number())
    vouchers.activate(cards.batch_id, 1, 4, "user/1", NOON)
    for number, card in enumerate(cards.cards, 1):
        at_once(
            lambda card=card: vouchers.redeem(card.code, mother, (f"account/{mother}",), NOON),
            lambda number=number: vouchers.void(cards.batch_id, number, number, "user/1", "Lost", NOON),
            lambda card=card: vouchers.redeem(card.code, mother, (f"account/{mother}",), NOON),
        )
    assert books.balance(books.house_account(AccountKind.VOUCHERS)) == Money(0)
    redeemed = Transfer.objects.filter(reason="voucher").count()
    assert redeemed + Transfer.objects.filter(reason="reversal").count() == 4
    assert books.balance(mother) == Money.parse("10.00") * redeemed
    in_order()


def test_a_plan_that_is_taken_and_left_while_its_calls_settle_never_costs_more_than_its_price() -> None:
    jail, number = a_facility(), a_number()
    TaxRow.objects.all().delete()
    terms = {"name": "Twenty", "period": "month", "minutes": 20, "price": 300_000, "offered_from": date(2026, 1, 1)}
    plan = PlanRow.objects.create(facility=jail, **terms)
    mother = a_customer(number, "5.00")
    plans.subscribe(mother, plan.pk, "user/1", NOON)
    under_way = []
    for _ in range(4):
        resident = a_resident(jail)
        a_contact(resident, number)
        call, _permit = authorised(a_station(jail), resident, number)
        calls.accept(call, NOON)
        under_way.append(call)
    ended = Instant(NOON + 240 * SECOND)

    def change_their_mind() -> None:
        for _ in range(4):
            plans.cancel(mother, plan.pk, "user/1", NOON)
            plans.subscribe(mother, plan.pk, "user/1", NOON)

    at_once(
        change_their_mind,
        *(
            lambda call=call: calls.settle(call, completed(NOON, ended), None, None, None, ended)
            for call in under_way * 2
        ),
    )

    charges = list(Call.objects.values_list("charge", flat=True))
    assert sum(charges) == 300_000  # sixteen minutes by the minute would be 96 cents
    use = Use.objects.get()
    assert (use.seconds, use.paid) == (16 * 60, 300_000)
    assert books.balance(mother) == Money.parse("4.70")
    assert Account.objects.get(pk=mother).held == 0
    in_order()
