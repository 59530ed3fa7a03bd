"""The facility's free minutes of the day and the week, before anybody pays."""

from datetime import UTC, date, datetime

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
)
from make import hung_up as hang_up

from kinline.calls import services
from kinline.calls.models import Call
from kinline.calls.priced import charged
from kinline.contacts.models import PrivilegedNumber
from kinline.core.callflow.events import Denied, HoldExtended
from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, FreeMinutesRow, TariffRow, TaxRow
from kinline.people.models import Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def jail() -> Facility:
    """Six cents a minute, no tax, ten minutes a day free, which the agency pays at three cents."""
    jail = a_facility()
    TaxRow.objects.all().delete()
    TariffRow.objects.update(agency_price=30_000)
    FreeMinutesRow.objects.create(facility=jail, effective=date(2026, 1, 1), seconds_per_day=600)
    return jail


@pytest.fixture
def resident(jail: Facility) -> Resident:
    return a_resident(jail)


def test_the_first_minutes_of_the_day_are_free_and_the_rest_is_charged(jail: Facility, resident: Resident) -> None:
    mother, station = a_number(), a_station(jail)
    a_contact(resident, mother)
    a_customer(mother, "5.00")
    later = Instant(NOON + 30 * MINUTE)

    first, permit = authorised(station, resident, mother)
    assert (str(permit.price_at_limit), str(permit.price_per_minute)) == ("$0.30", "$0.06")
    assert hang_up(first, 480).charge == ZERO
    second, _ = authorised(station, resident, mother, later)
    assert hang_up(second, 180, later).charge == Money.parse("0.06")

    parts = charged(Call.objects.get(pk=second))
    assert parts is not None
    assert (parts.free_seconds, str(parts.owed_by_agency)) == (120, "$0.06")
    tomorrow = Instant(NOON + DAY)
    third, _ = authorised(station, resident, mother, tomorrow)
    assert hang_up(third, 600, tomorrow).charge == ZERO


def test_who_has_no_money_is_called_for_the_free_minutes_alone(jail: Facility, resident: Resident) -> None:
    nobody, station = a_number(), a_station(jail)
    a_contact(resident, nobody)

    call_id, permit = authorised(station, resident, nobody)

    assert permit.free
    assert (permit.limit_seconds, permit.funded_seconds, permit.limit_reason) == (600, 600, Reason.TALK_TIME_LIMIT)
    receipt = hang_up(call_id, 700)
    assert (receipt.charge, receipt.billed_seconds) == (ZERO, 0)
    _, answer = dial(station, resident, nobody, Instant(NOON + 30 * MINUTE))
    assert isinstance(answer, Denied)
    assert answer.reason is Reason.FUND_NO_ACCOUNT


@pytest.mark.parametrize("who", ["the second customer", "the resident"])
def test_an_empty_account_that_is_asked_first_leaves_the_call_to_who_can_pay(
    jail: Facility, resident: Resident, who: str
) -> None:
    mother = a_number()
    a_contact(resident, mother)
    a_customer(mother, "0.00")
    payer = a_customer(mother, "9.00") if who == "the second customer" else a_debit_account(resident, "9.00")

    call_id, permit = authorised(a_station(jail), resident, mother)

    assert Call.objects.get(pk=call_id).account_id == payer
    held = permit.funded_seconds
    while held < permit.limit_seconds:
        extended = services.extend_hold(call_id, NOON)
        assert isinstance(extended, HoldExtended)
        held = extended.funded_seconds
    assert hang_up(call_id, 660).charge == Money.parse("0.06")


def test_only_what_the_free_minutes_paid_for_uses_them_up(jail: Facility, resident: Resident) -> None:
    mother, lawyer, station = a_number(), a_number(), a_station(jail)
    a_contact(resident, mother)
    a_contact(resident, lawyer)
    a_customer(mother, "5.00")
    PrivilegedNumber.objects.create(
        number=lawyer, resident=resident, verified=datetime(2026, 1, 1, tzinfo=UTC), is_free=True, holder="Law"
    )
    privileged, permit = authorised(station, resident, lawyer)
    assert permit.free
    hang_up(privileged, 600)

    charges = []
    for begun, seconds in ((30, 300), (60, 180), (90, 240), (120, 60)):
        later = Instant(NOON + begun * MINUTE)
        call_id, _ = authorised(station, resident, mother, later)
        charges.append(str(hang_up(call_id, seconds, later).charge))
    assert charges == ["$0.00", "$0.00", "$0.12", "$0.06"]


def test_a_privileged_call_that_is_not_free_uses_the_free_minutes_up_as_any_other(
    jail: Facility, resident: Resident
) -> None:
    lawyer, station = a_number(), a_station(jail)
    a_contact(resident, lawyer)
    a_customer(lawyer, "5.00")
    PrivilegedNumber.objects.create(
        number=lawyer, resident=resident, verified=datetime(2026, 1, 1, tzinfo=UTC), is_free=False, holder="Law"
    )
    charges = []
    for begun in (0, 30, 60):
        later = Instant(NOON + begun * MINUTE)
        call_id, permit = authorised(station, resident, lawyer, later)
        assert permit.privileged
        charges.append(hang_up(call_id, 600, later).charge == ZERO)
    assert charges == [True, False, False]


def test_what_was_paid_for_before_the_free_minutes_began_is_none_of_them(jail: Facility, resident: Resident) -> None:
    mother, station = a_number(), a_station(jail)
    a_contact(resident, mother)
    a_customer(mother, "5.00")
    FreeMinutesRow.objects.update(effective=date(2026, 11, 21), seconds_per_day=None, seconds_per_week=600)
    yesterday, _ = authorised(station, resident, mother)
    assert hang_up(yesterday, 600).charge != ZERO
    today = Instant(NOON + DAY)
    first, _ = authorised(station, resident, mother, today)
    assert hang_up(first, 300, today).charge == ZERO


def test_a_rest_of_less_than_a_minute_is_no_call_of_its_own(jail: Facility, resident: Resident) -> None:
    nobody, station = a_number(), a_station(jail)
    a_contact(resident, nobody)
    hang_up(authorised(station, resident, nobody)[0], 550)
    _, answer = dial(station, resident, nobody, Instant(NOON + 30 * MINUTE))
    assert isinstance(answer, Denied)
