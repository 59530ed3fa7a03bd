"""Every way to pay, through to a call that it paid for."""

import pytest
from make import (
    DAY,
    MINUTE,
    NOON,
    a_contact,
    a_customer,
    a_debit_account,
    a_facility,
    a_number,
    a_resident,
    a_station,
    authorised,
    dial,
    hung_up,
)

from kinline.calls import services
from kinline.calls.models import Call
from kinline.contacts.models import DedicatedNumber
from kinline.core.callflow.events import Denied, HoldNotExtended
from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, Station, TariffRow
from kinline.ledger import queries as ledger
from kinline.ledger import services as books
from kinline.ledger.models import Account, AccountKind
from kinline.people import services as people
from kinline.people.models import CustomerNumber, Resident

pytestmark = pytest.mark.django_db

MINUTE_PRICE = Money(62_670)
"""Six cents and 4.45 % of tax."""

LATER = Instant(NOON + 60 * MINUTE)


@pytest.fixture
def jail() -> Facility:
    return a_facility(collect_allowance=250_000)


@pytest.fixture
def station(jail: Facility) -> Station:
    return a_station(jail)


@pytest.fixture
def resident(jail: Facility) -> Resident:
    return a_resident(jail)


@pytest.fixture
def mother(resident: Resident) -> str:
    """An approved contact, without account."""
    number = a_number()
    a_contact(resident, number, speed_dial=1)
    return number


def customer_of(account: AccountId) -> int:
    return Account.objects.get(pk=account).customer_id or 0


def refusal(station: Station, resident: Resident, number: str, at: Instant = NOON) -> Reason:
    """Why the call is refused; the attempt is over afterwards."""
    call, answer = dial(station, resident, number, at)
    assert isinstance(answer, Denied), answer
    Call.objects.filter(pk=call).update(state="settled")
    return answer.reason


def test_the_first_customer_of_a_number_who_can_pay_a_minute_pays(
    station: Station, resident: Resident, mother: str
) -> None:
    first, second, third = (a_customer(mother, balance) for balance in ("0.05", "5.00", "9.00"))

    hung_up(authorised(station, resident, mother)[0], 60)

    assert [ledger.balance(account) for account in (first, third)] == [Money.parse("0.05"), Money.parse("9.00")]
    assert ledger.balance(second) == Money.parse("5.00") - MINUTE_PRICE


def test_the_payers_of_a_number_are_asked_in_the_order_that_was_set(
    station: Station, resident: Resident, mother: str
) -> None:
    first, second = a_customer(mother, "5.00"), a_customer(mother, "5.00")
    people.put_in_order(mother, [customer_of(second), customer_of(first)])
    hung_up(authorised(station, resident, mother)[0], 60)
    assert ledger.balance(first) == Money.parse("5.00")
    with pytest.raises(people.NotThePayers):
        people.put_in_order(mother, [customer_of(first)])


def test_when_none_of_them_can_pay_the_reason_is_that_of_the_first(
    station: Station, resident: Resident, mother: str
) -> None:
    a_customer(mother, "0.05")
    a_customer(mother, "0.00")
    _, answer = dial(station, resident, mother)
    assert isinstance(answer, Denied)
    assert dict(answer.values)["balance"] == Money.parse("0.05")


def test_only_the_holder_of_a_number_pauses_its_calls(station: Station, resident: Resident, mother: str) -> None:
    a_customer(mother, "5.00")
    a_customer(mother, "5.00", calls_paused_until=NOON + DAY)
    _, permit = authorised(station, resident, mother)
    assert permit.called_party == mother


def test_an_account_under_review_pays_nothing(station: Station, resident: Resident, mother: str) -> None:
    account = a_customer(mother, "5.00")
    Account.objects.filter(pk=account).update(review_since=NOON)
    assert refusal(station, resident, mother) is Reason.FUND_PAYMENT_REVIEW


def test_a_resident_who_pays_is_named_in_the_permit(station: Station, resident: Resident, mother: str) -> None:
    a_debit_account(resident, "5.00")
    call, permit = authorised(station, resident, mother)
    assert permit.resident_pays
    assert not permit.is_collect
    again = services.authorise(call, ResidentId(resident.pk), mother.removeprefix("+1"), NOON)
    assert getattr(again, "permit", None) == permit


def test_a_number_without_account_accepts_a_collect_call(station: Station, resident: Resident, mother: str) -> None:
    call, permit = authorised(station, resident, mother)
    assert permit.is_collect
    assert not permit.free
    assert permit.funded_seconds == 239, "what 25 cents pay for"

    receipt = hung_up(call, 60)

    owing = Account.objects.get(kind=AccountKind.COLLECT_RECEIVABLE, number=mother)
    assert receipt.charge == MINUTE_PRICE
    assert (Money(owing.posted), owing.held) == (ZERO - MINUTE_PRICE, 0)
    assert Call.objects.get(pk=call).payer == "collect"
    assert ledger.discrepancies() == []


def test_a_collect_call_is_not_extended_beyond_its_allowance(station: Station, resident: Resident, mother: str) -> None:
    call, permit = authorised(station, resident, mother)
    services.accept(call, NOON)
    answer = services.extend_hold(call, Instant(NOON + 1000 * permit.funded_seconds))
    assert isinstance(answer, HoldNotExtended)
    assert answer.reason is Reason.FUND_COLLECT_NOT_BILLABLE


def test_a_used_up_collect_allowance_asks_for_a_prepaid_account(
    station: Station, resident: Resident, mother: str
) -> None:
    hung_up(authorised(station, resident, mother)[0], 239)
    assert refusal(station, resident, mother) is Reason.FUND_COLLECT_NOT_BILLABLE

    # Paid at once, it may still not spend more within 90 days.
    owing = Account.objects.get(kind=AccountKind.COLLECT_RECEIVABLE, number=mother)
    books.deposit(AccountId(owing.pk), Money(-owing.posted), "test/paid", NOON)
    assert refusal(station, resident, mother) is Reason.FUND_COLLECT_NOT_BILLABLE
    later = Instant(NOON + 91 * DAY)
    assert authorised(station, resident, mother, later)[1].is_collect


def test_what_a_collect_call_in_progress_holds_counts_in_the_90_days(
    station: Station, jail: Facility, resident: Resident, mother: str
) -> None:
    cost = hung_up(authorised(station, resident, mother)[0], 120).charge
    owing = Account.objects.get(kind=AccountKind.COLLECT_RECEIVABLE, number=mother)
    books.deposit(AccountId(owing.pk), cost, "test/paid", NOON)
    brother = a_resident(jail)
    a_contact(brother, mother)

    call, permit = authorised(station, resident, mother, LATER)

    assert permit.funded_seconds == 119, "what 25 cents pay for, less the first call"
    assert refusal(station, brother, mother, LATER) is Reason.FUND_COLLECT_NOT_BILLABLE
    assert cost + hung_up(call, 119, LATER).charge <= Money(jail.collect_allowance)


def test_no_collect_call_is_offered_where_an_account_exists_or_the_facility_allows_none(
    station: Station, jail: Facility, resident: Resident, mother: str
) -> None:
    father = a_number()
    a_contact(resident, father)
    a_customer(father, "0.00")
    assert refusal(station, resident, father) is Reason.FUND_INSUFFICIENT
    jail.collect_allowance = 0
    jail.save()
    assert refusal(station, resident, mother) is Reason.FUND_NO_ACCOUNT


def a_dedicated_number(resident: Resident, forwards_to: str, balance: str) -> tuple[str, AccountId]:
    number, account = a_number(), a_customer(a_number())
    customer = customer_of(account)
    DedicatedNumber.objects.create(
        number=number, customer_id=customer, resident=resident, forwards_to=forwards_to, given_at=NOON
    )
    dedicated = books.open_dedicated_account(customer, number)
    books.deposit(dedicated, Money.parse(balance), f"test/{number}", NOON)
    return number, dedicated


def test_a_dedicated_number_rings_the_phone_behind_it_and_its_own_account_pays(
    station: Station, resident: Resident, mother: str
) -> None:
    prepaid = a_customer(mother, "5.00")
    number, dedicated = a_dedicated_number(resident, mother, "3.00")

    call, permit = authorised(station, resident, number)
    hung_up(call, 60)

    assert (permit.called_party, permit.ring) == (number, mother)
    assert ledger.balance(dedicated) == Money.parse("3.00") - MINUTE_PRICE
    assert ledger.balance(prepaid) == Money.parse("5.00")
    assert Call.objects.get(pk=call).payer == "dedicated"


def test_money_for_a_dedicated_number_pays_for_no_other(station: Station, resident: Resident, mother: str) -> None:
    a_customer(mother, "0.00")
    a_dedicated_number(resident, mother, "3.00")
    assert refusal(station, resident, mother) is Reason.FUND_INSUFFICIENT


def test_nobody_else_pays_for_a_dedicated_number(station: Station, resident: Resident, mother: str) -> None:
    a_customer(mother, "5.00")
    a_debit_account(resident, "5.00")
    number, _ = a_dedicated_number(resident, mother, "0.05")
    assert refusal(station, resident, number) is Reason.FUND_INSUFFICIENT


def test_a_dedicated_number_is_for_one_resident(
    station: Station, jail: Facility, resident: Resident, mother: str
) -> None:
    number, _ = a_dedicated_number(resident, mother, "3.00")
    other = a_resident(jail)
    a_contact(other, mother)
    assert refusal(station, other, number) is Reason.POLICY_NOT_ON_LIST


def test_the_rules_are_on_the_phone_behind_a_dedicated_number(station: Station, resident: Resident) -> None:
    number, _ = a_dedicated_number(resident, a_number(), "3.00")
    assert refusal(station, resident, number) is Reason.POLICY_NOT_ON_LIST


def test_a_customer_has_one_place_among_the_payers_of_a_number(mother: str) -> None:
    customer = customer_of(a_customer(mother))
    assert people.serve(customer, mother).order == 1
    assert CustomerNumber.objects.filter(number=mother).count() == 1


def test_an_agency_pays_for_what_it_gives(station: Station, jail: Facility, resident: Resident, mother: str) -> None:
    TariffRow.objects.filter(facility=jail).update(price=0, facility_additive=0, agency_price=30_000)
    call, permit = authorised(station, resident, mother)
    hung_up(call, 120)
    agency = books.open_agency_account(jail.agency_id)
    assert permit.free
    assert ledger.balance(agency) == ZERO - Money(60_000)
    assert ledger.discrepancies() == []
