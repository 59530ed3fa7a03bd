"""Money that is passed on: to a resident, to a dedicated number, and for collect calls."""

import pytest
from make import (
    DAY,
    NOON,
    a_contact,
    a_customer,
    a_facility,
    a_number,
    a_resident,
    a_station,
    authorised,
    dial,
    hung_up,
)

from kinline.audit.models import AuditEvent
from kinline.billing import services
from kinline.billing.models import Invitation
from kinline.calls.models import Call
from kinline.contacts.models import DedicatedNumber
from kinline.core.callflow.events import Denied
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, Station
from kinline.ledger import queries as ledger
from kinline.ledger import services as books
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.people import services as people
from kinline.people.models import CustomerNumber, Resident, Role, StaffRole, User

pytestmark = pytest.mark.django_db

MINUTE_PRICE = Money(62_670)
DOLLAR = Money.parse("1.00")


@pytest.fixture
def jail() -> Facility:
    return a_facility(collect_allowance=5_000_000)


@pytest.fixture
def station(jail: Facility) -> Station:
    return a_station(jail)


@pytest.fixture
def resident(jail: Facility) -> Resident:
    return a_resident(jail)


@pytest.fixture
def number(resident: Resident) -> str:
    number = a_number()
    a_contact(resident, number)
    return number


@pytest.fixture
def prepaid(number: str) -> AccountId:
    """Three dollars of the mother, whose number is verified."""
    account = a_customer(number, "3.00")
    CustomerNumber.objects.filter(number=number).update(is_verified=True)
    return account


def customer_of(account: AccountId) -> int:
    return Account.objects.get(pk=account).customer_id or 0


def test_a_family_gives_a_resident_money_that_pays_for_any_call(
    station: Station, resident: Resident, prepaid: AccountId
) -> None:
    friend = a_number()
    a_contact(resident, friend)
    for _ in range(2):
        services.give_to_resident(prepaid, resident, DOLLAR, "web/1", NOON)
    call, permit = authorised(station, resident, friend)
    hung_up(call, 60)
    debit = books.open_resident_account(resident.pk)
    assert permit.resident_pays
    assert (ledger.balance(prepaid), ledger.balance(debit)) == (Money.parse("2.00"), DOLLAR - MINUTE_PRICE)


def test_nothing_is_moved_by_its_owner_from_an_account_whose_payment_a_bank_decides_on(
    resident: Resident, number: str, prepaid: AccountId
) -> None:
    services.stock_number(E164("+15045550700"))
    dedicated = services.give_number(customer_of(prepaid), resident, E164(number), NOON)
    bill = books.open_direct_bill_account(customer_of(prepaid), DOLLAR)
    Account.objects.filter(pk=prepaid).update(review_since=NOON)
    for act in (
        lambda: services.give_to_resident(prepaid, resident, DOLLAR, "1", NOON),
        lambda: services.set_aside(prepaid, dedicated, DOLLAR, "1", NOON),
        lambda: services.pay_from_balance(prepaid, bill, DOLLAR, "1", NOON),
        lambda: services.pay_collect(prepaid, number, "1", NOON),
    ):
        with pytest.raises(services.UnderReview):
            act()
    assert ledger.balance(prepaid) == 3 * DOLLAR


def test_a_stranger_gives_a_resident_nothing(jail: Facility, prepaid: AccountId) -> None:
    with pytest.raises(services.NotAContact):
        services.give_to_resident(prepaid, a_resident(jail), DOLLAR, "web/1", NOON)
    assert ledger.balance(prepaid) == Money.parse("3.00")


def test_a_facility_feeds_its_residents_and_it_is_audited_once(jail: Facility, resident: Resident) -> None:
    officer = User.objects.create_user("jail@example.org", None, name="Jail")
    StaffRole.objects.create(user=officer, role=Role.FACILITY_ADMINISTRATOR, agency=jail.agency, facility=jail)
    for _ in range(2):
        services.feed_by_facility(resident, DOLLAR, officer, "Indigent", "2026-11", NOON)
    assert ledger.balance(books.open_resident_account(resident.pk)) == DOLLAR
    assert AuditEvent.objects.filter(action="debit.fed", facility=jail.pk).count() == 1


def test_nobody_feeds_the_residents_of_another_facility(resident: Resident) -> None:
    elsewhere = a_facility()
    officer = User.objects.create_user("jail@example.org", None, name="Jail")
    StaffRole.objects.create(
        user=officer, role=Role.FACILITY_ADMINISTRATOR, agency=elsewhere.agency, facility=elsewhere
    )
    with pytest.raises(services.NotYoursToDecide):
        services.feed_by_facility(resident, DOLLAR, officer, "Indigent", "2026-11", NOON)


def test_a_dedicated_number_from_the_inventory_is_called_and_paid_for(
    station: Station, resident: Resident, number: str, prepaid: AccountId
) -> None:
    services.stock_number(E164("+15045550700"))
    dedicated = services.give_number(customer_of(prepaid), resident, E164(number), NOON)
    assert services.give_number(customer_of(prepaid), resident, E164(number), NOON) == dedicated
    services.set_aside(prepaid, dedicated, Money.parse("2.00"), "web/1", NOON)

    call, permit = authorised(station, resident, "+15045550700")
    hung_up(call, 60)
    assert permit.ring == number
    assert ledger.balance(prepaid) == DOLLAR

    services.give_back_number(dedicated, NOON)
    assert ledger.balance(prepaid) == Money.parse("3.00") - MINUTE_PRICE
    assert not DedicatedNumber.objects.exclude(customer=None).exists()
    assert ledger.discrepancies() == []


def test_a_number_is_given_to_contacts_only_and_while_there_is_one(
    jail: Facility, resident: Resident, number: str, prepaid: AccountId
) -> None:
    with pytest.raises(services.NoNumberLeft):
        services.give_number(customer_of(prepaid), resident, E164(number), NOON)
    services.stock_number(E164("+15045550700"))
    with pytest.raises(services.NotAContact):
        services.give_number(customer_of(prepaid), a_resident(jail), E164(number), NOON)
    with pytest.raises(ValueError, match="ordinary number"):
        services.stock_number(E164("+18005550100"))


def test_staff_stop_the_collect_calls_of_a_number_and_allow_them_again(
    station: Station, resident: Resident, number: str
) -> None:
    support = User.objects.create_user("support@example.org", None, name="Support")
    with pytest.raises(services.NotYoursToDecide):
        services.set_collect(E164(number), False, support, NOON, "Asked by phone")
    StaffRole.objects.create(user=support, role=Role.SUPPORT)
    for _ in range(2):
        services.set_collect(E164(number), False, support, NOON, "Asked by phone")
    _, answer = dial(station, resident, number)
    assert answer.reason is Reason.FUND_COLLECT_NOT_BILLABLE
    assert AuditEvent.objects.filter(action="collect_of_number.set").count() == 1

    services.set_collect(E164(number), True, support, NOON, "Asked again")
    brother = a_resident(resident.facility)
    a_contact(brother, number)
    assert authorised(a_station(resident.facility), brother, number)


def test_a_collect_call_invites_to_prepay_and_its_debt_is_paid_from_the_new_account(
    station: Station, resident: Resident, number: str
) -> None:
    call, _ = authorised(station, resident, number)
    hung_up(call, 60)
    assert [services.invite(NOON), services.invite(NOON)] == [1, 0]
    invitation = Invitation.objects.get()
    assert (invitation.number, invitation.call_id, invitation.owed) == (number, call, MINUTE_PRICE.micros)
    assert invitation.answered_at is None

    opened = a_customer(number, "3.00")
    CustomerNumber.objects.filter(number=number).update(is_verified=True)
    services.invite(NOON)
    assert Invitation.objects.get().answered_at == NOON

    assert services.pay_collect(opened, number, "web/1", NOON) is not None
    assert ledger.balance(opened) == Money.parse("3.00") - MINUTE_PRICE
    owing = Account.objects.get(kind=AccountKind.COLLECT_RECEIVABLE)
    assert Money(owing.posted) == ZERO
    assert services.pay_collect(opened, number, "web/2", NOON) is None
    assert people.serve(customer_of(opened), number).order == 1


def test_a_number_that_was_given_back_is_kept_for_who_had_it(
    resident: Resident, number: str, prepaid: AccountId
) -> None:
    for last in range(5):
        services.stock_number(E164(f"+1504555070{last}"))
    theirs = {give_and_take_back(resident, number, prepaid) for _ in range(5)}
    assert theirs == {"+15045550700"}, "the inventory is not used up"
    assert services.free_numbers().count() == 4
    assert ledger.balance(prepaid) == Money.parse("3.00")

    aunt = a_number()
    a_contact(resident, aunt)
    aunts = a_customer(aunt)
    CustomerNumber.objects.update(is_verified=True)
    assert services.give_number(customer_of(aunts), resident, E164(aunt), NOON).number == "+15045550701"
    with pytest.raises(services.WasGiven):
        services.stock_number(E164("+15045550700"))


def give_and_take_back(resident: Resident, number: str, prepaid: AccountId) -> str:
    dedicated = services.give_number(customer_of(prepaid), resident, E164(number), NOON)
    used = DedicatedNumber.objects.exclude(customer=None).count()
    services.set_aside(prepaid, dedicated, DOLLAR, f"web/{Transfer.objects.count()}", NOON)
    services.give_back_number(dedicated, NOON)
    assert used == 1
    return dedicated.number


def test_a_number_that_is_given_back_too_late_stays_with_who_was_given_it_anew(
    resident: Resident, number: str, prepaid: AccountId
) -> None:
    services.stock_number(E164("+15045550700"))
    before = services.give_number(customer_of(prepaid), resident, E164(number), NOON)
    services.give_back_number(before, NOON)
    anew = services.give_number(customer_of(prepaid), resident, E164(number), Instant(NOON + DAY))
    services.give_back_number(before, Instant(NOON + DAY))
    assert DedicatedNumber.objects.get(customer=customer_of(prepaid)) == anew


def test_a_number_of_ours_that_nobody_has_cannot_be_called(
    jail: Facility, station: Station, resident: Resident, number: str, prepaid: AccountId
) -> None:
    jail.calling_rules = {"maximum_seconds": 900}  # any number may be dialled
    jail.save()
    services.give_to_resident(prepaid, resident, DOLLAR, "web/1", NOON)
    services.stock_number(E164("+15045550700"))
    assert refusal(station, resident, "+15045550700") is Reason.POLICY_NOT_ON_LIST
    services.give_back_number(services.give_number(customer_of(prepaid), resident, E164(number), NOON), NOON)
    assert refusal(station, resident, "+15045550700") is Reason.POLICY_NOT_ON_LIST


def refusal(station: Station, resident: Resident, number: str) -> Reason:
    """Why the call is refused; the attempt is over afterwards."""
    call, answer = dial(station, resident, number)
    assert isinstance(answer, Denied), answer
    Call.objects.filter(pk=call).update(state="settled")
    return answer.reason
