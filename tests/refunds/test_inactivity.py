"""Accounts that nobody uses: told about, given back, and at last a state's to keep; never ours."""

from datetime import UTC, datetime

import pytest
from bank import Bank
from make import DAY, NOON, a_contact, a_customer, a_debit_account, a_facility, a_number, a_resident
from payers import a_payer, a_payment

from kinline.audit.models import AuditEvent
from kinline.billing import services as billing
from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.notices.models import Message
from kinline.notices.words import from_text
from kinline.people.models import Resident, ResidentStatus
from kinline.refunds import services
from kinline.refunds.errors import WrongStanding
from kinline.refunds.models import Cause, InactivityNotice, PayOut, Refund, ReleaseRule, StatePeriod, Way
from kinline.refunds.services import Address

pytestmark = pytest.mark.django_db

HOME = Address("Rosa Doucet", "12 Levee Street", "New Orleans", "LA", "70112")


def day(number: int) -> Instant:
    return Instant(NOON + number * DAY)


def look(*days: int) -> list[int]:
    """How many things the daily duty did on each of the days."""
    return [services.look_after_inactive(day(number)) for number in days]


def a_mother(balance: str) -> AccountId:
    number = a_number()
    a_contact(a_resident(a_facility(state="LA")), number)
    return a_customer(number, balance)


def told_days() -> list[int]:
    return list(InactivityNotice.objects.order_by("at").values_list("day", flat=True))


def test_an_unused_balance_goes_back_to_its_card_after_three_notices(bank: Bank) -> None:
    payer = a_payer()
    a_payment(bank, payer)
    assert look(89, 90, 90, 149, 150, 175, 179) == [0, 1, 0, 0, 1, 1, 0]
    assert told_days() == [90, 150, 175]
    assert InactivityNotice.objects.latest("at").refund_at == day(180)
    assert payer.balance == Money.parse("25.00")
    assert look(180, 181) == [1, 0]
    assert (payer.balance, Refund.objects.get().cause) == (ZERO, Cause.INACTIVE)


@pytest.mark.parametrize("activity", ["deposit", "said_wanted", "some_asked_back", "credit_of_ours"])
def test_what_anybody_does_or_says_begins_the_period_anew_but_not_what_we_do(activity: str) -> None:
    account = a_mother("5.00")
    look(90, 150)
    match activity:
        case "deposit":
            ledger.deposit(account, Money.parse("1.00"), "test/more", day(151))
        case "said_wanted":
            services.say_wanted(account, "user/1", day(151))
        case "some_asked_back":
            services.refund(account, Cause.REQUEST, "user/1", day(151), amount=Money.parse("1.00"), address=HOME)
        case "credit_of_ours":
            order = ledger.Order("test/c", books.house_account(AccountKind.CREDITS), account, Money(1), "staff_credit")
            ledger.transfer(order, day(151))
    look(175, 180, 240, 241)
    assert told_days() == ([90, 150, 175] if activity == "credit_of_ours" else [90, 150, 90])


def test_a_cheque_goes_where_the_owner_once_said_and_a_state_can_want_a_longer_period() -> None:
    account = a_mother("5.00")
    StatePeriod.objects.create(state="LA", days=365, source="a test")
    services.refund(account, Cause.REQUEST, "user/1", NOON, amount=Money.parse("1.00"), address=HOME)
    look(180, 275, 335, 360, 364)
    assert books.balance(account) == Money.parse("4.00")
    look(365)
    assert (books.balance(account), PayOut.objects.filter(street=HOME.street).count()) == (ZERO, 2)


def test_what_nobody_uses_of_an_overpaid_monthly_bill_goes_back_too_and_other_money_stays() -> None:
    account = a_mother("5.00")
    services.refund(account, Cause.REQUEST, "user/1", NOON, amount=Money.parse("1.00"), address=HOME)
    customer = Account.objects.get(pk=account).customer_id or 0
    bill = ledger.open_direct_bill_account(customer, Money.parse("20.00"))
    billing.record_payment(bill, Money.parse("50.00"), "cheque/1", NOON)
    ledger.deposit(account, Money.parse("1.00"), "test/more", day(100))
    assert look(90, 150, 175, 179, 180) == [1, 1, 1, 0, 1]
    assert (books.balance(bill), books.balance(account)) == (ZERO, Money.parse("5.00"))
    assert PayOut.objects.filter(street=HOME.street, amount=50_000_000).count() == 1


def test_overpaid_money_that_only_moved_to_the_prepaid_account_does_not_wait_a_second_period() -> None:
    number = a_number()
    a_contact(a_resident(a_facility(state="LA")), number)
    account = a_customer(number)
    bill = ledger.open_direct_bill_account(Account.objects.get(pk=account).customer_id or 0, Money.parse("20.00"))
    billing.record_payment(bill, Money.parse("50.00"), "cheque/1", NOON)
    assert look(90, 150, 175, 180) == [1, 1, 1, 0]
    assert (books.balance(bill), books.balance(account)) == (ZERO, Money.parse("50.00"))
    assert look(181, 182, 240) == [1, 0, 0]  # told once that it waits there
    [found] = services.unclaimed(day(186))
    assert (found.account.pk, found.since) == (account, NOON)
    assert list(services.unclaimed(day(185))) == []
    assert services.turn_over("LA", "user/2", day(186)) is not None

    billing.record_payment(bill, Money.parse("30.00"), "cheque/2", day(400))
    assert look(490, 550, 575, 580, 581) == [1, 1, 1, 0, 1]
    [again] = services.unclaimed(day(586))
    assert (again.amount, again.since) == (Money.parse("30.00"), day(400))
    assert services.turn_over("LA", "user/2", day(586)) is not None


def test_money_of_who_cannot_be_reached_stays_theirs_to_use_until_it_is_turned_over() -> None:
    account = a_mother("5.00")
    look(90, 150, 175, 180)
    assert books.balance(account) == Money.parse("5.00")
    assert [(each.state, str(each.amount)) for each in services.unclaimed(day(180))] == [("LA", "$5.00")]
    assert list(services.unclaimed(day(180), "TX")) == []

    made = services.turn_over("LA", "user/2", day(181))
    assert made is not None
    assert services.turn_over("LA", "user/2", day(181)) is None
    header, line = made.content.splitlines()
    assert header.endswith(",amount,since")
    assert line.startswith(f"account/{account}/")
    assert line.endswith(f",5.00,{datetime.fromtimestamp(NOON / 1000, UTC).date().isoformat()}")
    owed = books.house_account(AccountKind.UNCLAIMED)
    assert (books.balance(account), books.balance(owed)) == (ZERO, Money.parse("5.00"))
    assert [services.mark_paid(made.pk, "user/2", day(190)) for _ in range(2)] == [True, False]
    assert books.balance(owed) == ZERO
    assert books.discrepancies() == []


def test_a_cheque_that_came_back_and_stayed_is_unclaimed_too() -> None:
    services.refund(a_mother("5.00"), Cause.REQUEST, "user/1", NOON, address=HOME)
    file = services.make_file("cheque", "user/2", NOON)
    assert file is not None
    services.mark_sent(file.pk, "user/2", NOON)
    for _ in range(2):
        services.mark_returned(PayOut.objects.get().pk, "user/2", day(20), "moved")
    told = Message.objects.get(kind="cheque_returned")
    until = datetime.fromtimestamp(day(200) / 1000, UTC).date()
    assert from_text(told.contents) == {"amount": Money.parse("5.00"), "until": until}
    assert list(services.unclaimed(day(199))) == []
    longer = StatePeriod.objects.create(state="LA", days=365, source="a statute")
    assert list(services.unclaimed(day(384))) == []
    assert len(list(services.unclaimed(day(385)))) == 1
    longer.delete()
    assert services.turn_over("LA", "user/2", day(200)) is not None
    assert PayOut.objects.get().standing == "turned_over"
    assert books.balance(books.house_account(AccountKind.REFUNDS)) == ZERO


def test_a_customer_whose_cheque_came_back_and_whom_nobody_told_is_written_to_once() -> None:
    services.refund(a_mother("5.00"), Cause.REQUEST, "user/1", NOON, address=HOME)
    services.make_file("cheque", "user/2", NOON)
    cheque = services.mark_returned(PayOut.objects.get().pk, "user/2", day(20), "moved")
    Message.objects.all().delete()
    PayOut.objects.update(told_at=None)
    assert services.turn_over("LA", "user/2", day(300)) is None
    assert [services.pursue(day(300)), services.pursue(day(301))] == [1, 0]
    assert (PayOut.objects.get().told_at, Message.objects.get().kind) == (day(300), "cheque_returned")
    until = datetime.fromtimestamp(day(330) / 1000, UTC).date()
    assert from_text(Message.objects.get().contents) == {"amount": Money.parse("5.00"), "until": until}
    assert services.turn_over("LA", "user/2", day(329)) is None
    assert services.turn_over("LA", "user/2", day(330)) is not None
    assert PayOut.objects.get(pk=cheque.pk).standing == "turned_over"


def test_who_left_without_an_address_is_told_by_staff_before_a_state_gets_their_cheque() -> None:
    resident = a_resident(a_facility(state="LA"))
    a_debit_account(resident, "3.00")
    Resident.objects.filter(pk=resident.pk).update(status=ResidentStatus.RELEASED)
    services.pursue(NOON)
    assert services.turn_over("LA", "user/2", day(400)) is None  # nobody told them
    for how in ("Letter to his sister's address, came back", "Again"):
        services.say_owner_told(PayOut.objects.get().pk, "user/3", how, day(400))
    assert PayOut.objects.get().told_how.startswith("Letter")
    assert AuditEvent.objects.get(action="owner.told").actor == "user/3"
    assert services.turn_over("LA", "user/2", day(429)) is None
    assert services.turn_over("LA", "user/2", day(430)) is not None
    with pytest.raises(WrongStanding):
        services.say_owner_told(PayOut.objects.get().pk, "user/3", "Late", day(431))


def test_staff_do_not_say_of_money_that_waits_for_no_address_that_its_owner_was_told() -> None:
    services.refund(a_mother("5.00"), Cause.REQUEST, "user/1", NOON, address=HOME)
    jail = a_facility(state="LA")
    ReleaseRule.objects.create(facility=jail, way=Way.COMMISSARY)
    resident = a_resident(jail)
    a_debit_account(resident, "3.00")
    services.release(ResidentId(resident.pk), None, "jms", NOON)
    assert set(PayOut.objects.values_list("way", "standing")) == {("cheque", "requested"), ("commissary", "requested")}
    for waits_for_a_file in PayOut.objects.all():
        with pytest.raises(WrongStanding):
            services.say_owner_told(waits_for_a_file.pk, "user/3", "By letter", NOON)


def test_a_resident_has_a_notice_when_staff_gave_it_to_them_and_only_then_is_anything_done() -> None:
    jail = a_facility(state="LA")
    ReleaseRule.objects.create(facility=jail, way=Way.COMMISSARY)
    account = a_debit_account(a_resident(jail), "3.00")
    assert list(services.residents_to_tell(day(89))) == []
    look(90, 150, 175, 180, 200)
    assert (InactivityNotice.objects.count(), books.balance(account)) == (0, Money.parse("3.00"))
    [(resting, notice)] = services.residents_to_tell(day(200))
    assert (resting.account.pk, notice.refund_at) == (account, day(205))
    services.say_given(account, "user/3", "Officer Hale, on paper", day(200))
    assert list(services.residents_to_tell(day(201))) == []
    with pytest.raises(WrongStanding):
        services.say_given(account, "user/3", "Again", day(201))
    assert look(204, 205) == [0, 1]
    assert (books.balance(account), PayOut.objects.get().way) == (ZERO, Way.COMMISSARY)


def test_a_residents_own_money_is_not_taken_from_who_is_still_here() -> None:
    resident = a_resident(a_facility())
    account = a_debit_account(resident, "3.00")
    look(90, 150, 175, 180, 181)
    assert books.balance(account) == Money.parse("3.00")
    assert (InactivityNotice.objects.count(), list(services.residents_to_tell(day(181)))) == (0, [])
    assert list(services.unclaimed(day(400))) == []
