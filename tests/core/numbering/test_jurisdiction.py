"""What the ends of a call are to each other."""

import pytest

from kinline.core.numbering import E164, Jurisdiction, NumberClass, Place, classify, place_of, relation, standing_in

JAIL = place_of(E164("+15045550100"))  # New Orleans, Louisiana


@pytest.mark.parametrize(
    ("called", "jurisdiction"),
    [
        ("+15045550123", Jurisdiction.LOCAL),
        ("+12255550123", Jurisdiction.INTRASTATE),
        ("+12125550123", Jurisdiction.INTERSTATE),
        ("+17875550123", Jurisdiction.INTERSTATE),  # Puerto Rico
        ("+13405550123", Jurisdiction.INTERSTATE),  # Virgin Islands
        ("+16715550123", Jurisdiction.INTERSTATE),  # Guam
        ("+16705550123", Jurisdiction.INTERSTATE),  # Northern Marianas
        ("+16845550123", Jurisdiction.INTERSTATE),  # Samoa
        ("+18005550123", Jurisdiction.INTERSTATE),  # toll-free: anywhere in the country
        ("+14165550123", Jurisdiction.INTERNATIONAL),  # Toronto
        ("+18765550123", Jurisdiction.INTERNATIONAL),  # Jamaica
        ("+525512345678", Jurisdiction.INTERNATIONAL),
        ("+15555550123", Jurisdiction.INTERNATIONAL),  # lies nowhere: never priced too low
    ],
)
def test_a_call_from_new_orleans(called: str, jurisdiction: Jurisdiction) -> None:
    assert relation(JAIL, E164(called)) is jurisdiction


def test_a_territory_is_a_state_of_its_own() -> None:
    san_juan = place_of(E164("+17875550100"))
    assert relation(san_juan, E164("+19395550123")) is Jurisdiction.INTRASTATE
    assert relation(san_juan, E164("+17875550123")) is Jurisdiction.LOCAL


@pytest.mark.parametrize("shown", ["+15045550100", "+18005550100", "+12125550100", "+14165550100"])
def test_a_facility_makes_in_state_calls_whatever_number_they_show(shown: str) -> None:
    louisiana = standing_in("LA", E164(shown))
    assert relation(louisiana, E164("+12255550123")) is Jurisdiction.INTRASTATE
    assert relation(louisiana, E164("+12125550123")) is Jurisdiction.INTERSTATE
    assert relation(louisiana, E164("+14165550123")) is Jurisdiction.INTERNATIONAL


def test_the_area_code_of_a_number_of_another_state_makes_no_call_local() -> None:
    assert relation(standing_in("LA", E164("+15045550100")), E164("+15045550123")) is Jurisdiction.LOCAL
    assert relation(standing_in("LA", E164("+12125550100")), E164("+15045550123")) is Jurisdiction.INTRASTATE


def test_a_facility_that_is_known_by_its_state_alone() -> None:
    somewhere_in_louisiana = Place("US", "LA")
    assert relation(somewhere_in_louisiana, E164("+15045550123")) is Jurisdiction.INTRASTATE
    assert relation(Place("US"), E164("+15045550123")) is Jurisdiction.INTERSTATE


def test_only_local_and_intrastate_calls_stay_in_the_state() -> None:
    assert {jurisdiction for jurisdiction in Jurisdiction if jurisdiction.stays_in_state} == {"local", "intrastate"}


@pytest.mark.parametrize("number", ["+1504555012", "+15555550123", "+15041550123", "+99912345678", "+4412", "+1911"])
def test_what_belongs_to_no_plan_has_no_class_that_could_be_called(number: str) -> None:
    assert classify(E164(number)) in (NumberClass.UNKNOWN, NumberClass.EMERGENCY)
