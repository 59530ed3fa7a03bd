"""Whatever moves money may be killed between any two of its steps: the books agree, nothing is half done, and asked
again it is done, once."""

from datetime import date

import pytest
from killed import in_order, is_booked, killed_before_each_step, survives, whole
from make import (
    DAY,
    MINUTE,
    NOON,
    a_contact,
    a_customer,
    a_facility,
    a_number,
    a_resident,
    a_station,
    authorised,
    completed,
    hung_up,
)

from kinline.audit.models import AuditEvent
from kinline.billing import services as billing
from kinline.billing.models import Invoice
from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.commissary.models import TransferFile
from kinline.commissary.services import take
from kinline.core.identity import FacilityId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.facilities.models import FreeMinutesRow, PlanRow, TariffRow
from kinline.kiosks import services as kiosks
from kinline.kiosks.models import CashDeposit, KioskRequest
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.closing import close_day, verify
from kinline.ledger.models import Account, AccountKind, DayClose, Transfer
from kinline.ledger.postings import Order
from kinline.people.models import Customer, CustomerNumber, Role, StaffRole, User
from kinline.plans import services as plans
from kinline.plans.models import Use
from kinline.vouchers import services as vouchers
from kinline.vouchers.models import Voucher

TEN, DOLLAR = Money.parse("10.00"), Money.parse("1.00")
DECEMBER = Instant(1_796_083_200_000)
"""Tuesday, 1 December 2026, 00:00 UTC."""

pytestmark = pytest.mark.usefixtures("committed_database")


def test_prepaid_cards_are_sold_redeemed_and_voided_whole() -> None:
    mother = a_customer(a_number())
    sold, redeemed, voided = (vouchers.make(TEN, 50, "user/1", NOON) for _ in range(3))
    for batch in (redeemed, voided):
        vouchers.activate(batch.batch_id, 1, 50, "user/1", NOON)

    def card(batch: vouchers.Made, number: int) -> Voucher:
        return Voucher.objects.get(batch=batch.batch_id, number=number)

    def is_noted(action: str, voucher: Voucher) -> bool:
        return AuditEvent.objects.filter(action=action, after__contains=f'"first": "{voucher.serial}"').exists()

    def is_sold(number: int) -> bool:
        each = card(sold, number)
        return whole(each.state == "active", is_booked(f"{each.key}/sold"), is_noted("vouchers.activated", each))

    def is_redeemed(number: int) -> bool:
        each = card(redeemed, number)
        return whole(each.state == "redeemed", is_booked(each.key))

    def is_void(number: int) -> bool:
        each = card(voided, number)
        return whole(each.state == "void", is_booked(f"reverse/{each.key}/sold"), is_noted("vouchers.voided", each))

    survives(lambda number: vouchers.activate(sold.batch_id, number, number, "user/1", NOON), is_sold)
    survives(
        lambda number: vouchers.redeem(redeemed.cards[number - 1].code, mother, (f"account/{mother}",), NOON),
        is_redeemed,
    )
    survives(lambda number: vouchers.void(voided.batch_id, number, number, "user/1", "Lost", NOON), is_void)
    assert books.balance(mother) == TEN * Voucher.objects.filter(state="redeemed").count()


def test_a_batch_of_cards_is_made_with_all_of_them() -> None:
    def then(number: int) -> None:
        made = AuditEvent.objects.filter(action="vouchers.made").count()
        assert Voucher.objects.count() == 3 * made
        in_order()

    assert killed_before_each_step(lambda number: vouchers.make(TEN, 3, "user/1", NOON), then) > 3


def test_cash_and_its_answer_are_one() -> None:
    kiosk, mother = kiosks.make(FacilityId(a_facility().pk), "Lobby", "user/1", NOON).kiosk, a_customer(a_number())

    def book(number: int) -> kiosks.Answer:
        taken = kiosks.deposit(kiosk, mother, TEN, f"R-{number}", NOON)
        return kiosks.Answer(201, {"reference": taken.key})

    def is_done(number: int) -> bool:
        return whole(
            CashDeposit.objects.filter(receipt_number=f"R-{number}").exists(),
            is_booked(f"kiosk/{kiosk.pk}/R-{number}"),
            KioskRequest.objects.filter(key=f"key-{number}", status=201).exists(),
        )

    survives(lambda number: kiosks.once(kiosk, f"key-{number}", str(number), NOON, lambda: book(number)), is_done)


def test_cash_that_was_given_back_is_taken_off_and_written_down_or_neither() -> None:
    kiosk, mother = kiosks.make(FacilityId(a_facility().pk), "Lobby", "user/1", NOON).kiosk, a_customer(a_number())
    taken = [kiosks.deposit(kiosk, mother, TEN, f"R-{number}", NOON) for number in range(40)]

    def is_done(number: int) -> bool:
        noted = AuditEvent.objects.filter(action="transfer.reversed", after__contains=f'"{taken[number].key}"')
        return whole(is_booked(f"reverse/{taken[number].key}"), noted.exists())

    survives(lambda number: kiosks.take_back(kiosk, f"R-{number}", NOON), is_done)


def test_a_file_of_the_commissary_is_booked_when_it_is_sent_again() -> None:
    jail = a_facility()
    residents = [a_resident(jail) for _ in range(2)]

    def send(number: int) -> object:
        lines = [f"{each.resident_number},1.00,T-{number}-{each.pk}" for each in residents]
        text = "\n".join(("resident_number,amount,transaction_id", *lines))
        return take(FacilityId(jail.pk), f"{number}.csv", text.encode(), "user/1", NOON)

    def is_done(number: int) -> bool:
        """Line by line: one may be booked before the other, and the file is kept last."""
        booked = [is_booked(f"commissary/{jail.pk}/T-{number}-{each.pk}") for each in residents]
        assert not TransferFile.objects.filter(name=f"{number}.csv").exists() or all(booked)
        return all(booked)

    survives(send, is_done)
    for resident in residents:
        account = ledger.open_resident_account(ResidentId(resident.pk))
        assert books.balance(account) == DOLLAR * Transfer.objects.filter(credit_id=account).count()


def test_what_is_passed_on_arrives_whole() -> None:
    jail, number = a_facility(), a_number()
    resident = a_resident(jail)
    a_contact(resident, number)
    mother = a_customer(number, "200.00")
    CustomerNumber.objects.update(is_verified=True)
    customer = Customer.objects.get()
    for line in range(40):
        billing.stock_number(E164(f"+1504555{1000 + line}"))

    def give(key: int) -> object:
        return billing.give_to_resident(mother, resident, DOLLAR, str(key), NOON)

    survives(give, lambda key: is_booked(f"gift/{key}"))
    dedicated = billing.give_number(customer.pk, resident, E164(number), NOON)
    survives(
        lambda key: billing.set_aside(mother, dedicated, DOLLAR, str(key), NOON),
        lambda key: is_booked(f"set_aside/{key}"),
    )
    aside = Account.objects.get(kind=AccountKind.DEDICATED)

    def given_back(_: int) -> bool:
        aside.refresh_from_db()
        dedicated.refresh_from_db()
        return whole(aside.posted == 0, dedicated.customer_id is None)

    survives(lambda _: billing.give_back_number(dedicated, NOON), given_back)


def test_payments_of_invoices_open_the_telephone_in_the_same_moment() -> None:
    """An invoice is paid exactly while the payments reach for it."""
    customer = Account.objects.get(pk=a_customer(a_number(), "200.00")).customer_id or 0
    prepaid = ledger.open_customer_account(customer)
    bill = ledger.open_direct_bill_account(customer, Money.parse("100.00"))
    revenue = books.house_account(AccountKind.REVENUE)
    ledger.transfer(Order("called", bill, revenue, TEN, "charge"), NOON)
    assert billing.issue_invoices(DECEMBER) == 1

    def is_covered() -> bool:
        return whole(books.balance(bill).micros >= 0, Invoice.objects.get().paid_at is not None)

    def pay_and_return(key: int) -> None:
        billing.record_payment(bill, TEN, str(key), DECEMBER)
        billing.return_payment(f"invoice_payment/{key}", DECEMBER)

    def is_returned(key: int) -> bool:
        is_covered()
        return is_booked(f"reverse/invoice_payment/{key}")

    def is_paid(key: int) -> bool:
        is_covered()
        return is_booked(f"invoice_payment/own/{key}")

    survives(pay_and_return, is_returned)
    survives(lambda key: billing.pay_from_balance(prepaid, bill, DOLLAR, f"own/{key}", DECEMBER), is_paid)


def test_a_call_is_charged_whole_whichever_of_its_statements_was_the_last() -> None:
    jail, mother = a_facility(), a_number()
    station, resident = a_station(jail), a_resident(jail)
    a_contact(resident, mother)
    account = a_customer(mother, "100.00")

    def talk(number: int) -> None:
        at = Instant(NOON + number * MINUTE)
        call, _ = authorised(station, resident, mother, at)
        calls.extend_hold(call, at)
        hung_up(call, 30, at)

    def then(number: int) -> None:
        calls.reap(Instant(NOON + 10_000 * MINUTE), 0)
        in_order()
        assert not Call.objects.exclude(state="settled").exists()
        left = Account.objects.get(pk=account)
        paid = sum(charge - credited for charge, credited in Call.objects.values_list("charge", "credited"))
        assert (left.posted, left.held) == (100_000_000 - paid, 0)

    assert killed_before_each_step(talk, then) > 10
    assert Call.objects.filter(disposition="completed", charge__gt=0).exists()


def test_what_a_facility_gives_and_what_is_paid_for_collect_calls_arrives_whole() -> None:
    jail, revenue = a_facility(), books.house_account(AccountKind.REVENUE)
    resident = a_resident(jail)
    officer = User.objects.create_user("jail@example.org", None, name="Jail")
    place = {"agency": jail.agency, "facility": jail}
    StaffRole.objects.create(user=officer, role=Role.FACILITY_ADMINISTRATOR, **place)

    def give(number: int) -> object:
        return billing.feed_by_facility(resident, DOLLAR, officer, "Poor", str(number), NOON)

    def is_given(number: int) -> bool:
        noted = AuditEvent.objects.filter(action="debit.fed", after__contains=f'"facility_gift/{number}"')
        return whole(is_booked(f"facility_gift/{number}"), noted.exists())

    survives(give, is_given)
    mother = a_customer(a_number(), "100.00")
    owing = []
    for number in range(30):
        phone = a_number()
        owing.append((phone, ledger.open_collect_account(phone, DOLLAR)))
        ledger.transfer(Order(f"called/{number}", owing[-1][1], revenue, DOLLAR, "charge"), NOON)

    def is_paid(number: int) -> bool:
        return whole(is_booked(f"collect/{number}"), books.balance(owing[number][1]) == ZERO)

    survives(lambda number: billing.pay_collect(mother, owing[number][0], str(number), NOON), is_paid)


def test_what_passes_between_an_agency_and_us_is_booked_and_undone_whole() -> None:
    agency = a_facility().agency
    brought_in = ledger.open_additive_account(agency.pk)
    order = Order("calls", books.house_account(AccountKind.CLEARING), brought_in, TEN * 10, "facility_additive")
    ledger.transfer(order, NOON)
    finance = User.objects.create_user("finance@example.org", None, name="Finance")
    StaffRole.objects.create(user=finance, role=Role.FINANCE)

    def pay_and_undo(number: int) -> None:
        billing.take_agency_payment(agency, DOLLAR, "cheque", str(number), finance, NOON)
        paid = billing.pay_additive(agency, DOLLAR, "cheque", str(number), "Repairs", finance, NOON)
        billing.undo_agency_movement(agency, paid.key, finance, NOON, "Bounced")

    def is_done(number: int) -> bool:
        for action, kind in (("agency_payment.taken", "agency_payment"), ("additive.paid", "additive_paid")):
            booked = Transfer.objects.filter(key__startswith=f"{kind}/cheque/", key__endswith=f"/{number}")
            noted = AuditEvent.objects.filter(action=action, after__contains=f'/{number}"')
            whole(booked.exists(), noted.exists())
        undone = Transfer.objects.filter(key__startswith="reverse/additive_paid/", key__endswith=f"/{number}")
        return undone.exists()

    survives(pay_and_undo, is_done)
    assert books.balance(brought_in) == TEN * 10


def test_a_call_on_a_plan_with_free_minutes_is_settled_whole_with_good_sound_and_bad() -> None:
    """The plan's count, the charge, and what the agency pays or, for bad sound, the credit: all of a call, or none."""
    jail, mother = a_facility(), a_number()
    TariffRow.objects.filter(facility=jail).update(agency_price=30_000)
    FreeMinutesRow.objects.create(facility=jail, effective=date(2026, 1, 1), seconds_per_day=60)
    terms = {"name": "Hundred", "period": "month", "minutes": 100, "price": 5_000_000, "offered_from": date(2026, 1, 1)}
    plan = PlanRow.objects.create(facility=jail, **terms)
    station, account = a_station(jail), a_customer(mother, "100.00")
    plans.subscribe(account, plan.pk, "user/1", NOON)
    residents = [a_resident(jail) for _ in range(80)]  # each has a free minute
    for resident in residents:
        a_contact(resident, mother)

    def talk(number: int) -> None:
        at = Instant(NOON + number * 10 * MINUTE)
        call, _ = authorised(station, residents[number], mother, at)
        calls.accept(call, at)
        ended = Instant(at + 2 * MINUTE)
        reason = Reason.TALK_MEDIA_DEAD if number % 2 else Reason.TALK_HANGUP_CALLED
        calls.settle(call, completed(at, ended, reason), None, None, None, ended)

    def then(number: int) -> None:
        calls.reap(Instant(NOON + 10_000 * MINUTE), 0)
        in_order()
        for call in Call.objects.all():
            has = {each.reason for each in Transfer.objects.filter(call_id=call.pk)}
            other = "credit" if call.reason == Reason.TALK_MEDIA_DEAD else "agency_paid"
            whole(call.charge > 0, bool(has), {"charge", "taxes", other} <= has)
        counted = sum(each.charge - each.taxes for each in Call.objects.filter(credited=0))
        assert sum(Use.objects.values_list("paid", flat=True)) == counted

    assert killed_before_each_step(talk, then) > 10
    talk(78)
    talk(79)
    assert {"credit", "agency_paid"} <= set(Transfer.objects.values_list("reason", flat=True))
    then(80)


def test_a_dropped_call_that_was_dialled_again_gives_its_minute_back_once() -> None:
    jail, mother = a_facility(), a_number()
    station = a_station(jail)
    a_customer(mother, "100.00")
    for _ in range(12):
        resident = a_resident(jail)
        a_contact(resident, mother)
        call, _ = authorised(station, resident, mother)
        hung_up(call, 100)
        again, _ = authorised(station, resident, mother, Instant(NOON + 2 * MINUTE))
        hung_up(again, 100, Instant(NOON + 2 * MINUTE))
    assert killed_before_each_step(lambda _: calls.credit_redials(Instant(NOON + 9 * MINUTE)), lambda _: in_order()) > 5
    assert Transfer.objects.filter(reason="redial_credit").count() == 12


def test_a_day_is_closed_or_not_and_the_chain_goes_on() -> None:
    mother = a_customer(a_number(), "5.00")

    def is_closed(number: int) -> bool:
        assert verify().faults == []
        ledger.deposit(mother, DOLLAR, f"deposit/{number}", Instant(NOON + number * DAY))
        return DayClose.objects.count() == number

    survives(lambda number: close_day(Instant(NOON + number * DAY)), is_closed)
    assert verify().closes > 2
