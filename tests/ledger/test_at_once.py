"""Many processes on one account, by every way that money leaves it: nothing is spent twice, lost or overdrawn."""

from datetime import date

import pytest
from at_once import at_once
from bank import Bank
from killed import in_order
from make import (
    DAY,
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
    hung_up,
    identified,
)
from payers import Payer, a_payment, a_saved_card

from kinline.billing import services as billing
from kinline.billing.models import Invoice
from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.commissary.services import take
from kinline.contacts.models import DedicatedNumber
from kinline.core.identity import AccountId, CallId, FacilityId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164
from kinline.facilities.models import PlanRow, TaxRow
from kinline.kiosks import services as kiosks
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.closing import close_day, verify
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.payments import services as payments
from kinline.payments.models import CardRefund, ProviderMovement
from kinline.people.models import CustomerNumber, Role, StaffRole, User
from kinline.plans import services as plans
from kinline.plans.models import Use
from kinline.refunds import services as refunds
from kinline.refunds.models import Cause, CreditReason, PayOut, PayOutFile, PropertyReport, Way
from kinline.vouchers import services as vouchers

pytestmark = pytest.mark.usefixtures("committed_database")

SIXTY_CENTS, CENT = Money.parse("0.60"), Money.parse("0.01")
HOME = refunds.Address("Rosa Doucet", "12 Levee Street", "New Orleans", "LA", "70112")


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
    assert Call.objects.filter(state="authorised", held__gt=0).count() == said.count("Authorised")
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


def test_no_update_of_a_balance_is_lost_and_none_overdraws_it() -> None:
    """Five processes put a cent on twenty times and take three cents off ten times, as far as there is money."""
    mother, son = a_customer(a_number(), "0.05"), a_customer(a_number())

    def work(who: int) -> int:
        taken = 0
        for number in range(20):
            ledger.deposit(mother, CENT, f"deposit/{who}/{number}", NOON)
            if number % 2:
                try:
                    ledger.transfer(Order(f"take/{who}/{number}", mother, son, CENT * 3, "gift"), NOON)
                except ledger.NotEnough:
                    continue
                taken += 1
        return taken

    taken = sum(int(said) for said in at_once(*(lambda who=who: work(who) for who in range(5))))

    assert 0 < taken <= 35
    assert books.balance(mother) == CENT * (5 + 100 - 3 * taken)
    assert books.balance(son) == CENT * 3 * taken
    in_order()


def test_money_goes_back_once_whoever_sends_it() -> None:
    account = a_customer(a_number(), "8.00")

    def refund(name: str) -> object:
        return refunds.refund(account, Cause.REQUEST, "user/1", NOON, address=HOME, reference=name * 32).pk

    said = at_once(*[lambda: refund("a")] * 3, *[lambda: refund("b")] * 3)
    assert len({each for each in said if each.isdigit()}) == 1, said
    [out] = PayOut.objects.all()
    assert (Money(out.amount), books.balance(account)) == (Money.parse("8.00"), ZERO)

    at_once(*[lambda: refunds.make_file(Way.CHEQUE, "user/1", NOON)] * 4)
    file = PayOutFile.objects.get()
    assert sorted(at_once(*[lambda: refunds.mark_sent(file.pk, "user/1", NOON)] * 4)) == ["0", "0", "0", "1"]
    at_once(*[lambda: refunds.mark_returned(out.pk, "user/1", NOON, "Moved")] * 4)
    assert books.balance(books.house_account(AccountKind.REFUNDS)) == Money.parse("8.00")
    assert Transfer.objects.filter(reason="refund_returned").count() == 1
    in_order()


def test_a_call_gives_back_no_more_than_it_cost_however_many_give_at_once() -> None:
    jail, number = a_facility(), a_number()
    resident, station, mother = a_resident(jail), a_station(jail), a_customer(number, "5.00")
    a_contact(resident, number)
    first, _permit = authorised(station, resident, number)
    hung_up(first, 100)
    later = Instant(NOON + 150 * SECOND)
    again, _permit = authorised(station, resident, number, later)
    hung_up(again, 30, later)
    support, finance = (User.objects.create_user(f"{role}@example.org", None, name=role) for role in "sf")
    for user, role in ((support, Role.SUPPORT), (finance, Role.FINANCE)):
        StaffRole.objects.create(user=user, role=role)

    def give(user: User) -> object:
        return refunds.give(mother, CENT * 8, CreditReason.DROPPED, "why", user, later, call_id=first).state

    at_once(*[lambda: calls.credit_redials(later)] * 2, *[lambda: give(support)] * 2, *[lambda: give(finance)] * 2)

    credited = Transfer.objects.filter(call_id=first, reason__in=("redial_credit", "staff_credit"))
    assert 0 < sum(credited.values_list("amount", flat=True)) <= Call.objects.get(pk=first).charge
    waiting = refunds.give(mother, CENT * 2000, CreditReason.DROPPED, "why", support, NOON)
    at_once(*[lambda: refunds.decide(waiting.pk, finance, NOON, is_granted=True)] * 4)
    assert Transfer.objects.filter(key=waiting.key).count() == 1
    in_order()


def test_two_credits_for_a_call_that_two_people_confirm_at_once_give_no_more_than_it_cost() -> None:
    jail, number = a_facility(), a_number()
    resident, station, mother = a_resident(jail), a_station(jail), a_customer(number, "5.00")
    a_contact(resident, number)
    support, *seconds = (User.objects.create_user(f"{name}@example.org", None, name=name) for name in "sfg")
    for user, role in ((support, Role.SUPPORT), *((second, Role.FINANCE) for second in seconds)):
        StaffRole.objects.create(user=user, role=role)
    refunds.give(mother, CENT * 1000, CreditReason.OUTAGE, "why", support, NOON)  # all that support gives alone
    for later in (Instant(NOON + round_ * 600 * SECOND) for round_ in range(6)):
        call, _permit = authorised(station, resident, number, later)
        hung_up(call, 100, later)
        waiting = [
            refunds.give(mother, CENT * 10, CreditReason.DROPPED, "why", support, later, call_id=call) for _ in range(2)
        ]
        at_once(
            *(
                lambda credit=credit, user=user, at=later: refunds.decide(credit.pk, user, at, is_granted=True).state
                for credit, user in zip(waiting, seconds, strict=True)
            )
        )
        given = Transfer.objects.filter(call_id=call, reason="staff_credit").values_list("amount", flat=True)
        assert 0 < sum(given) <= Call.objects.get(pk=call).charge
    in_order()


def test_an_agency_is_paid_no_more_than_calls_brought_in_for_it() -> None:
    agency = a_facility().agency
    brought_in = ledger.open_additive_account(agency.pk)
    order = Order("calls", books.house_account(AccountKind.CLEARING), brought_in, CENT * 100, "facility_additive")
    ledger.transfer(order, NOON)
    finance = User.objects.create_user("finance@example.org", None, name="Finance")
    StaffRole.objects.create(user=finance, role=Role.FINANCE)
    said = at_once(
        *(
            lambda name=name: billing.pay_additive(agency, CENT * 60, "cheque", name, "Repairs", finance, NOON).pk
            for name in "112233"
        )
    )
    assert said.count("MoreThanBroughtIn") == 4
    assert books.balance(brought_in) == CENT * 40
    in_order()


def test_what_nobody_claimed_goes_to_its_state_or_to_its_owner_who_came_in_the_same_moment() -> None:
    jail, number = a_facility(), a_number()
    resident = a_resident(jail)
    a_contact(resident, number)
    mother = a_customer(number, "5.00")
    CustomerNumber.objects.update(is_verified=True)
    for day in (90, 150, 175):
        refunds.look_after_inactive(Instant(NOON + day * DAY))
    later, five = Instant(NOON + 181 * DAY), Money.parse("5.00")
    at_once(
        *[lambda: refunds.turn_over(jail.state, "user/1", later)] * 3,
        lambda: refunds.refund(mother, Cause.REQUEST, "user/1", later, address=HOME),
        lambda: billing.give_to_resident(mother, resident, five, "came", later),
    )
    assert books.balance(mother) == ZERO
    assert Transfer.objects.filter(debit=mother).count() == 1
    report = PropertyReport.objects.first()
    assert (
        sum(PropertyReport.objects.values_list("amount", flat=True))
        == books.balance(books.house_account(AccountKind.UNCLAIMED)).micros
    )
    if report is not None:
        paid = at_once(*[lambda: refunds.mark_paid(report.pk, "user/1", later)] * 4)
        assert paid.count("True") == 1
    in_order()


def test_a_cheque_that_came_back_goes_to_its_state_or_into_a_file_and_never_both() -> None:
    for later in (Instant(NOON + round_ * 181 * DAY) for round_ in range(1, 6)):
        mother = a_customer(a_number(), "5.00")
        refunds.refund(mother, Cause.REQUEST, "user/1", NOON, address=HOME)
        if file := refunds.make_file(Way.CHEQUE, "user/1", NOON):
            refunds.mark_sent(file.pk, "user/1", NOON)
        out = PayOut.objects.latest("pk")
        refunds.mark_returned(out.pk, "user/1", NOON, "Moved")

        def finds_them(out: int = out.pk, later: Instant = later) -> object:
            refunds.readdress(out, HOME, "user/1", later)
            return refunds.make_file(Way.CHEQUE, "user/1", later)

        at_once(*[lambda later=later: refunds.turn_over("LA", "user/1", later)] * 2, finds_them)
        out.refresh_from_db()
        is_owed = Transfer.objects.filter(key=f"unclaimed/pay_out/{out.pk}").exists()
        assert out.standing == ("turned_over" if is_owed else "in_file")
        assert PayOutFile.objects.filter(content__contains=f"{out.reference}-2").exists() == (not is_owed)
    in_order()


def test_a_day_that_several_close_while_money_moves_is_sealed_once_and_nothing_slips_below_the_seal() -> None:
    accounts = [a_customer(a_number()) for _ in range(3)]

    def pay_on(account: AccountId, day: int) -> None:
        for number in range(25):
            ledger.deposit(account, CENT, f"deposit/{account}/{day}/{number}", NOON)

    for day in range(1, 4):
        at_once(
            *(lambda account=account, day=day: pay_on(account, day) for account in accounts),
            *[lambda day=day: close_day(Instant(NOON + day * DAY))] * 3,
        )
        assert verify().faults == []
    assert verify().closes == 3
    close_day(Instant(NOON + 9 * DAY))
    verdict = verify()
    assert (verdict.sealed, verdict.unsealed, verdict.faults) == (225, 0, [])


def test_what_the_provider_keeps_is_booked_once_and_its_movements_are_kept_once(bank: Bank) -> None:
    mother = a_customer(a_number())
    customer = Account.objects.get(pk=mother).customer_id or 0
    for _ in range(4):
        a_payment(bank, Payer(customer, mother), "5.00")
    ever = (Instant(0), Instant(4_102_444_800_000))
    at_once(*[lambda: payments.fetch(*ever, NOON)] * 4)
    assert Transfer.objects.filter(reason="provider_fee").count() == ProviderMovement.objects.count() == 4
    assert payments.books_differ(*ever) == []
    in_order()


def test_what_is_taken_back_is_taken_back_once() -> None:
    """Cash, a cheque that bounced, a number that is given back; and an invoice is made once."""
    jail, number = a_facility(), a_number()
    resident, mother = a_resident(jail), a_customer(number, "5.00")
    a_contact(resident, number)
    CustomerNumber.objects.update(is_verified=True)
    customer = Account.objects.get(pk=mother).customer_id or 0
    kiosk = kiosks.make(FacilityId(jail.pk), "Lobby", "user/1", NOON).kiosk
    kiosks.deposit(kiosk, mother, SIXTY_CENTS, "R-1", NOON)
    bill = ledger.open_direct_bill_account(customer, Money.parse("5.00"))
    ledger.transfer(Order("called", bill, books.house_account(AccountKind.REVENUE), SIXTY_CENTS, "charge"), NOON)
    december = Instant(1_796_083_200_000)
    for last in range(2):
        billing.stock_number(E164(f"+1504555070{last}"))
    at_once(*[lambda: billing.give_number(customer, resident, E164(number), NOON)] * 4)
    dedicated = DedicatedNumber.objects.get(customer=customer)
    billing.set_aside(mother, dedicated, SIXTY_CENTS, "aside", NOON)

    at_once(*[lambda: kiosks.take_back(kiosk, "R-1", NOON)] * 4)
    at_once(*[lambda: billing.issue_invoices(december)] * 4)
    at_once(*[lambda: billing.record_payment(bill, SIXTY_CENTS, "1", december)] * 4)
    at_once(*[lambda: billing.return_payment("invoice_payment/1", december)] * 4)
    at_once(*[lambda: billing.give_back_number(dedicated, NOON)] * 4)

    assert Invoice.objects.count() == 1
    assert (books.balance(mother), books.balance(bill)) == (Money.parse("5.00"), -SIXTY_CENTS)
    assert Transfer.objects.filter(reason="reversal").count() == 2
    assert Transfer.objects.filter(reason="given_back").count() == 1
    in_order()


def test_a_bill_whose_payment_is_disputed_is_owed_again_once_while_it_is_paid_and_spent_on(bank: Bank) -> None:
    mother, dollar = a_customer(a_number()), CENT * 100
    customer = Account.objects.get(pk=mother).customer_id or 0
    bill, revenue = ledger.open_direct_bill_account(customer, dollar), books.house_account(AccountKind.REVENUE)
    ledger.transfer(Order("called", bill, revenue, dollar, "charge"), NOON)
    card = a_saved_card(bank, Payer(customer, mother))
    paid = payments.charge(customer, mother, dollar, card.pk, NOON, pays=bill)
    dispute = bank.dispute(paid.intent, 100)

    def end(state: str) -> None:
        bank.disputes[dispute]["status"] = state
        at_once(
            *[lambda: payments.observe_dispute(dispute, NOON)] * 4,
            lambda: ledger.transfer(Order(f"spent/{state}", bill, revenue, SIXTY_CENTS, "charge"), NOON),
            lambda: billing.record_payment(bill, SIXTY_CENTS, state, NOON),
        )

    end("needs_response")
    assert books.balance(books.house_account(AccountKind.DISPUTED)) == dollar
    end("won")
    # What the bank gave back paid the bill again; sixty cents came twice, and were spent twice or there was no room.
    assert books.balance(books.house_account(AccountKind.DISPUTED)) == ZERO
    assert Transfer.objects.filter(debit=mother, credit=bill).count() == 2
    spent = Transfer.objects.filter(key__startswith="spent/").count()
    assert books.balance(bill) + books.balance(mother) == SIXTY_CENTS * (2 - spent)
    in_order()
