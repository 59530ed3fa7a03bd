"""A plan lowers what calls are charged, up to its ceiling, in its period, and never beyond what was quoted."""

from datetime import date
from typing import Any

import pytest
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
    off_hook,
)

from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.calls.priced import charged
from kinline.contacts.models import DedicatedNumber
from kinline.core.callflow.events import Authorised
from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, PlanRow, Station, TaxRow
from kinline.ledger import services as ledger
from kinline.ledger.models import Account
from kinline.ledger.queries import balance
from kinline.people.models import Resident
from kinline.plans import services
from kinline.plans.models import Use

pytestmark = pytest.mark.django_db


@pytest.fixture
def jail() -> Facility:
    """Six cents a minute, no tax."""
    jail = a_facility()
    TaxRow.objects.all().delete()
    return jail


@pytest.fixture
def station(jail: Facility) -> Station:
    return a_station(jail)


@pytest.fixture
def mother() -> str:
    return a_number()


@pytest.fixture
def resident(jail: Facility, mother: str) -> Resident:
    resident = a_resident(jail)
    a_contact(resident, mother)
    return resident


@pytest.fixture
def account(mother: str) -> AccountId:
    return a_customer(mother, "5.00")


def a_plan(jail: Facility, price: str = "0.30", **fields: Any) -> PlanRow:
    """Twenty minutes a month for at most thirty cents."""
    terms = {"facility": jail, "name": "Twenty", "period": "month", "minutes": 20, "offered_from": date(2026, 1, 1)}
    return PlanRow.objects.create(**{**terms, "price": Money.parse(price).micros, **fields})


def minutes(station: Station, resident: Resident, mother: str, count: float, at: Instant = NOON) -> Money:
    """What a call of so many minutes was charged."""
    call_id, _ = authorised(station, resident, mother, at)
    for _ in range(3):
        calls.extend_hold(call_id, at)
    return hung_up(call_id, count * 60, at).charge


def test_within_a_plan_calls_cost_no_more_than_its_price_and_beyond_it_the_ordinary_price(
    jail: Facility, station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    services.subscribe(account, a_plan(jail).pk, "user/1", NOON)

    paid = [
        minutes(station, resident, mother, count, Instant(NOON + hour * 60 * MINUTE))
        for hour, count in enumerate((4, 3, 10, 5))
    ]

    assert [str(each) for each in paid] == ["$0.24", "$0.06", "$0.00", "$0.12"]
    use = Use.objects.get()
    assert (use.period, use.seconds, use.paid) == (date(2026, 11, 1), 22 * 60, 420_000)
    assert str(balance(account)) == "$4.58"
    assert all(charged(call) for call in Call.objects.all())


def test_a_call_that_a_plan_makes_free_needs_no_money(
    jail: Facility, station: Station, resident: Resident, mother: str
) -> None:
    account = a_customer(mother, "0.30")
    services.subscribe(account, a_plan(jail).pk, "user/1", NOON)
    assert minutes(station, resident, mother, 5) == Money.parse("0.30")
    call_id, permit = authorised(station, resident, mother, Instant(NOON + 60 * MINUTE))
    assert permit.price_at_limit == ZERO
    assert permit.price_per_minute == Money.parse("0.06")
    assert hung_up(call_id, 600, Instant(NOON + 60 * MINUTE)).charge == ZERO


def test_a_new_period_begins_anew(
    jail: Facility, station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    services.subscribe(account, a_plan(jail, period="day").pk, "user/1", NOON)
    assert minutes(station, resident, mother, 10) == Money.parse("0.30")
    assert minutes(station, resident, mother, 1, Instant(NOON + 60 * MINUTE)) == ZERO
    assert minutes(station, resident, mother, 1, Instant(NOON + DAY)) == Money.parse("0.06")


def test_two_calls_at_once_share_the_ceiling(
    jail: Facility, station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    services.subscribe(account, a_plan(jail).pk, "user/1", NOON)
    other = a_resident(jail)
    a_contact(other, mother)
    first, _ = authorised(station, resident, mother)
    second, permit = authorised(a_station(jail), other, mother)
    assert hung_up(first, 300).charge == Money.parse("0.30")
    receipt = hung_up(second, 300)
    assert receipt.charge == ZERO
    assert receipt.charge <= permit.price_at_limit


def test_a_call_that_another_one_made_cheaper_than_its_quote_still_shows_each_tax_by_name(
    jail: Facility, station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    for name, parts in (("Sales tax", 44_500), ("Universal service", 20_000)):
        TaxRow.objects.create(facility=jail, name=name, parts_per_million=parts, effective=date(2025, 1, 1))
    services.subscribe(account, a_plan(jail).pk, "user/1", NOON)
    other = a_resident(jail)
    a_contact(other, mother)
    first, _ = authorised(station, resident, mother)
    second, _ = authorised(a_station(jail), other, mother)
    hung_up(first, 180)
    hung_up(second, 300)

    parts = charged(Call.objects.get(pk=second))

    assert parts is not None
    assert (parts.net, parts.facility_additive) == (Money.parse("0.12"), Money.parse("0.02"))
    assert [line.name for line in parts.taxes] == ["Sales tax", "Universal service"]


def test_calls_by_monthly_bill_or_to_a_dedicated_number_are_on_their_customers_plan(
    jail: Facility, station: Station, resident: Resident, mother: str
) -> None:
    account = a_customer(mother)
    customer = Account.objects.get(pk=account).customer_id or 0
    bill = ledger.open_direct_bill_account(customer, Money.parse("5.00"))
    number = DedicatedNumber.objects.create(
        number=a_number(), customer_id=customer, resident=resident, forwards_to=mother, given_at=NOON
    ).number
    ledger.deposit(ledger.open_dedicated_account(customer, number), Money.parse("5.00"), "test/dedicated", NOON)
    services.subscribe(account, a_plan(jail).pk, "user/1", NOON)

    assert minutes(station, resident, mother, 4) == Money.parse("0.24")
    assert minutes(station, resident, number, 4, Instant(NOON + 60 * MINUTE)) == Money.parse("0.06")
    assert balance(bill) == -Money.parse("0.24")


def test_a_call_that_was_credited_uses_nothing_up(
    jail: Facility, station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    services.subscribe(account, a_plan(jail).pk, "user/1", NOON)
    call_id, _ = authorised(station, resident, mother)
    calls.accept(call_id, NOON)
    ended = Instant(NOON + 3 * MINUTE)
    calls.settle(call_id, completed(NOON, ended, Reason.TALK_MEDIA_DEAD), None, None, None, ended)
    assert not Use.objects.exists()
    assert str(balance(account)) == "$5.00"


def test_a_plan_can_be_cancelled_any_day_and_taken_again(
    jail: Facility, station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    plan, other = a_plan(jail), a_plan(jail, "0.20", name="Other")
    subscription = services.subscribe(account, plan.pk, "user/1", NOON)
    assert services.subscribe(account, plan.pk, "user/1", NOON) == subscription
    with pytest.raises(services.HasAnotherPlan):
        services.subscribe(account, other.pk, "user/1", NOON)
    services.cancel(account, plan.pk, "user/1", NOON)
    services.cancel(account, plan.pk, "user/1", NOON)
    assert minutes(station, resident, mother, 10) == Money.parse("0.60")
    services.subscribe(account, other.pk, "user/1", NOON)
    assert minutes(station, resident, mother, 10, Instant(NOON + 60 * MINUTE)) == Money.parse("0.20")


def test_a_plan_that_is_not_offered_cannot_be_taken(jail: Facility, account: AccountId) -> None:
    for wrong in (
        a_plan(jail, name="Later", offered_from=date(2027, 1, 1)).pk,
        a_plan(jail, name="Over", offered_until=date(2026, 2, 1)).pk,
        0,
    ):
        with pytest.raises(services.NotOffered):
            services.subscribe(account, wrong, "user/1", NOON)


def test_another_resident_of_the_same_facility_is_not_asked_for_a_plan_of_an_account_that_does_not_pay(
    jail: Facility, station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    services.subscribe(account, a_plan(jail).pk, "user/1", NOON)
    father = a_number()
    a_contact(resident, father)
    a_customer(father, "5.00")
    assert minutes(station, resident, father, 10) == Money.parse("0.60")
    call_id = off_hook(station, Instant(NOON + 60 * MINUTE))
    calls.identify(call_id, resident.resident_number, "4821", NOON)
    assert isinstance(calls.authorise(call_id, ResidentId(resident.pk), mother[2:], NOON), Authorised)
