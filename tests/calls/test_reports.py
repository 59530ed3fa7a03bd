"""Reports agree with each other and with the ledger."""

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
    completed,
    hung_up,
)

from kinline.calls import reports, services
from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.facilities.models import TariffRow
from kinline.ledger import queries
from kinline.ledger.models import AccountKind

pytestmark = pytest.mark.django_db
PERIOD = (NOON, Instant(NOON + DAY))


@pytest.fixture(autouse=True)
def two_calls() -> None:
    jail, mother = a_facility("Bayou Jail"), a_number()
    station, resident = a_station(jail), a_resident(jail)
    a_contact(resident, mother)
    a_customer(mother, "5.00")
    for number, seconds in enumerate((100, 200)):
        at = Instant(NOON + number * 600_000)
        call, _ = authorised(station, resident, mother, at)
        hung_up(call, seconds, at)


def test_revenue_is_what_the_ledger_says() -> None:
    [line] = reports.revenue(*PERIOD)
    balances = queries.balances_by_kind()
    assert (line["facility"], line["calls"], line["minutes"]) == ("Bayou Jail", 2, "5.00")
    assert Money.parse(str(line["revenue_usd"])) == balances[AccountKind.REVENUE]
    assert Money.parse(str(line["facility_additive_usd"])) == balances[AccountKind.FACILITY_ADDITIVE]
    assert Money.parse(str(line["taxes_usd"])) == balances[AccountKind.TAXES]


def test_taxes_by_their_name_are_what_the_ledger_says() -> None:
    [line] = reports.taxes(*PERIOD)
    assert line["tax"] == "tax"
    assert Money.parse(str(line["tax_usd"])) == queries.balances_by_kind()[AccountKind.TAXES]


def test_what_was_given_back_at_the_end_and_later_is_what_the_ledger_says() -> None:
    jail, mother = a_facility("Dead Jail"), a_number()
    resident, station, at = a_resident(jail), a_station(jail), Instant(NOON + 3_600_000)
    a_contact(resident, mother)
    a_customer(mother, "5.00")
    dead, _ = authorised(station, resident, mother, at)
    services.accept(dead, at)
    ended = Instant(at + 30_000)
    services.settle(dead, completed(at, ended, Reason.TALK_MEDIA_DEAD), None, None, None, ended)
    dropped, _ = authorised(station, resident, mother, Instant(at + 60_000))
    hung_up(dropped, 100, Instant(at + 60_000))
    again, _ = authorised(station, resident, mother, Instant(at + 200_000))
    hung_up(again, 30, Instant(at + 200_000))
    assert services.credit_redials(Instant(at + 600_000)) == 1
    lines = {line["facility"]: line for line in reports.revenue(*PERIOD)}
    at_end, later = (Money.parse(str(lines["Dead Jail"][name])) for name in ("credited_usd", "credited_later_usd"))
    assert at_end + later == -queries.balances_by_kind()[AccountKind.CREDITS]
    assert min(at_end, later) > ZERO
    assert lines["Bayou Jail"]["credited_later_usd"] == "0.00"


def test_agencies_read_what_they_give_and_owe_as_the_ledger_says() -> None:
    jail, mother = a_facility("Free Jail"), a_number()
    TariffRow.objects.filter(facility=jail).update(price=0, facility_additive=0, agency_price=30_000)
    resident = a_resident(jail)
    a_contact(resident, mother)
    hung_up(authorised(a_station(jail), resident, mother)[0], 120)
    [line] = reports.agencies(*PERIOD)
    assert (line["facility"], line["calls"], line["seconds"], line["owed_usd"]) == ("Free Jail", 1, 120, "0.06")
    assert queries.balances_by_kind()[AccountKind.AGENCY_PAID] == Money.parse("-0.06", may_be_negative=True)


def test_a_period_without_calls_reports_none() -> None:
    later = Instant(NOON + DAY)
    assert list(reports.revenue(later, Instant(later + DAY))) == []
