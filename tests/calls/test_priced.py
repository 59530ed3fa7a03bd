"""What a finished call is charged is its quote for the seconds talked, by every tariff, and shows part by part."""

import json

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import NOON, a_contact, a_customer, a_facility, a_resident, a_station, authorised, hung_up

from kinline.calls.given import GivenTalk, given_talk
from kinline.calls.models import Call
from kinline.calls.priced import charged
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.tariff import Tariff, charge, quote
from kinline.facilities.models import FreeMinutesRow, TariffRow, TaxRow

MOTHER = "+15045550123"

pytestmark = pytest.mark.django_db


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    price=st.integers(0, 110_000),
    additive=st.integers(0, 20_000),
    increment=st.sampled_from([1, 6, 30, 60]),
    minimum=st.sampled_from([0, 30]),
    taxes=st.lists(st.integers(1, 300_000), max_size=2),
    free=st.sampled_from([0, 60, 200]),
    milliseconds=st.integers(0, 890_000),
)
def test_the_charge_of_a_finished_call_is_its_quote_for_the_seconds_talked(
    db, price: int, additive: int, increment: int, minimum: int, taxes: list[int], free: int, milliseconds: int
) -> None:
    jail = a_facility()
    terms = {"price": price, "facility_additive": additive, "increment": increment, "minimum": minimum}
    TariffRow.objects.filter(facility=jail).update(**terms)
    TaxRow.objects.filter(facility=jail).delete()
    FreeMinutesRow.objects.create(facility=jail, effective="2025-01-01", seconds_per_day=free)
    for number, parts in enumerate(taxes):
        TaxRow.objects.create(facility=jail, name=f"tax {number}", parts_per_million=parts, effective="2025-01-01")
    resident = a_resident(jail)
    mother = f"+1504555{resident.pk % 10_000:04}"
    a_contact(resident, mother)
    a_customer(mother, "50.00")
    call_id, permit = authorised(a_station(jail), resident, mother)

    receipt = hung_up(call_id, milliseconds / 1000)

    call = Call.objects.get(pk=call_id)
    tariff = Tariff.from_json(json.loads(call.tariff))
    seconds = milliseconds // 1000 if milliseconds // 1000 < permit.funded_seconds else permit.funded_seconds
    quoted = quote(tariff, seconds)
    assert receipt.charge == quoted.total
    assert receipt.charge <= permit.price_at_limit
    assert permit.price_at_limit == charge(tariff, permit.limit_seconds).total
    parts = charged(call)
    assert parts == quoted.at_most
    lines = [parts.talk, parts.termination, parts.facility_additive, *(line.amount for line in parts.taxes)]
    assert sum(lines, ZERO) == Money(call.charge)
    assert len(parts.taxes) == len(taxes)


def test_a_call_whose_row_does_not_agree_with_its_tariff_has_no_parts() -> None:
    jail = a_facility()
    resident = a_resident(jail)
    a_contact(resident, MOTHER)
    a_customer(MOTHER, "5.00")
    call_id, _ = authorised(a_station(jail), resident, MOTHER)
    hung_up(call_id, 60, Instant(NOON))
    call = Call.objects.get(pk=call_id)
    assert charged(call) is not None
    call.taxes += 1
    assert charged(call) is None
    call.state = "accepted"
    assert charged(call) is None


def test_what_is_free_to_families_is_reckoned_for_the_agency_that_gives_it() -> None:
    jail = a_facility()
    TariffRow.objects.filter(facility=jail).update(price=0, facility_additive=0, agency_price=30_000)
    resident = a_resident(jail)
    a_contact(resident, MOTHER)
    call_id, permit = authorised(a_station(jail), resident, MOTHER)
    assert permit.free

    receipt = hung_up(call_id, 600)

    assert (receipt.charge, receipt.balance_after) == (ZERO, None)
    assert given_talk(Instant(NOON - 1000), Instant(NOON + 1000)) == (
        GivenTalk(FacilityId(jail.pk), 1, 600, Money.parse("0.30")),
    )
    assert given_talk(Instant(NOON + 1), Instant(NOON + 1000)) == ()
