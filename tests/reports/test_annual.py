"""The annual figures name every facility, and say what the books and customer service know of it."""

import pytest
from make import DAY, NOON, a_contact, a_customer, a_facility, a_number, a_resident, a_station, authorised, hung_up

from kinline.billing import services as billing
from kinline.core.identity import CallId, Instant
from kinline.core.money import Money
from kinline.facilities.models import Facility, TariffRow
from kinline.ledger.models import Account
from kinline.people.models import Customer, Role, StaffRole, User
from kinline.reports.annual import annual
from kinline.support.services import open_case
from kinline.support.topics import Topic

pytestmark = pytest.mark.django_db
PERIOD = (NOON, Instant(NOON + DAY))


@pytest.fixture
def jail() -> Facility:
    return a_facility("Bayou Jail")


@pytest.fixture
def mother() -> str:
    number = a_number()
    a_customer(number, "5.00")
    return number


@pytest.fixture
def calls(jail: Facility, mother: str) -> list[CallId]:
    """Two, of which the second was cheaper."""
    station, resident = a_station(jail), a_resident(jail)
    a_contact(resident, mother)
    made = []
    for number, seconds in enumerate((100, 200)):
        at = Instant(NOON + number * 600_000)
        call, _ = authorised(station, resident, mother, at)
        hung_up(call, seconds, at)
        made.append(call)
        TariffRow.objects.filter(facility=jail).update(price=40_000)
    return made


def test_every_facility_has_a_line_for_each_kind_of_call_or_one(calls: list[CallId]) -> None:
    a_facility("Quiet Jail")
    lines = {line["facility"]: line for line in annual(*PERIOD)}
    assert (lines["Bayou Jail"]["calls"], lines["Quiet Jail"]["calls"]) == (2, 0)
    assert lines["Bayou Jail"]["average_daily_population_now"] == 180
    assert lines["Bayou Jail"]["ancillary_fees_usd"] == "0.00"
    assert {tuple(line) for line in annual(*PERIOD)} == {tuple(lines["Quiet Jail"])}


def test_the_highest_and_the_lowest_rate_are_those_that_calls_were_charged_by(calls: list[CallId]) -> None:
    [line] = annual(*PERIOD)
    assert (line["lowest_rate_usd"], line["highest_rate_usd"]) == ("0.05", "0.06")  # a cent of each is the facility's


def test_what_an_agency_was_paid_of_the_facilitys_share_stands_beside_what_calls_brought_in(
    jail: Facility, calls: list[CallId]
) -> None:
    finance = User.objects.create_user("finance@example.org", None, name="Finance")
    StaffRole.objects.create(user=finance, role=Role.FINANCE)
    for number, cents in enumerate((2, 1)):
        paid = billing.pay_additive(
            jail.agency, Money.of_cents(cents), "bank", f"{number}", "Officers", finance, Instant(NOON + DAY - 1)
        )
    billing.undo_agency_movement(jail.agency, paid.key, finance, Instant(NOON + DAY - 1), "Bounced")
    of_facility, of_agency = annual(*PERIOD)
    assert (of_facility["facility_additive_usd"], of_facility["facility_additive_paid_usd"]) == ("0.049999", "0.00")
    assert (of_agency["agency"], of_agency["facility"]) == (jail.agency.name, "")
    assert of_agency["facility_additive_paid_usd"] == "0.02"
    assert len(list(annual(Instant(NOON + DAY), Instant(NOON + 2 * DAY)))) == 1


def test_disputes_and_complaints_are_counted_by_the_call_that_they_are_of(mother: str, calls: list[CallId]) -> None:
    account = Account.objects.get(customer__numbers__number=mother)
    customer = Customer.objects.get(pk=account.customer_id)
    open_case(customer, Topic.DROPPED, "It was cut.", NOON, call=calls[0])
    open_case(customer, Topic.COMPLAINT, "Nobody answers.", NOON)
    open_case(customer, Topic.ACCESSIBILITY, "No relay.", NOON)
    open_case(customer, Topic.OTHER, "A question.", NOON)
    of_facility, of_no_call = annual(*PERIOD)
    names = ("disputes", "complaints", "accessibility_complaints")
    assert [of_facility[name] for name in names] == [1, 0, 0]
    assert [of_no_call[name] for name in names] == [0, 1, 1]
    assert of_no_call["facility"] == ""
