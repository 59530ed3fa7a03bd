"""The federal caps, each version from the day it took effect."""

from datetime import date

import pytest

from kinline.core.caps import VERSIONS, FacilityClass, cap_for, facility_class
from kinline.core.money import Money
from kinline.core.numbering import Jurisdiction
from kinline.core.tariff import Service

PRISON, LARGE, MEDIUM, SMALL, VERY_SMALL, SMALLEST = FacilityClass


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        (0, SMALLEST),
        (49, SMALLEST),
        (50, VERY_SMALL),
        (99, VERY_SMALL),
        (100, SMALL),
        (349, SMALL),
        (350, MEDIUM),
        (999, MEDIUM),
        (1000, LARGE),
    ],
)
def test_jails_are_classed_by_their_average_daily_population(population: int, expected: FacilityClass) -> None:
    assert facility_class(is_prison=False, average_daily_population=population) is expected
    assert facility_class(is_prison=True, average_daily_population=population) is PRISON


@pytest.mark.parametrize(
    ("day", "facility", "jurisdiction", "dollars"),
    [
        (date(2014, 2, 10), SMALL, Jurisdiction.INTERSTATE, None),
        (date(2014, 2, 11), SMALL, Jurisdiction.INTERSTATE, "0.21"),
        (date(2014, 2, 11), SMALL, Jurisdiction.INTRASTATE, None),
        (date(2014, 2, 11), SMALL, Jurisdiction.INTERNATIONAL, None),
        (date(2021, 10, 26), PRISON, Jurisdiction.INTERSTATE, "0.14"),
        (date(2021, 10, 26), LARGE, Jurisdiction.INTERNATIONAL, "0.16"),
        (date(2021, 10, 26), MEDIUM, Jurisdiction.INTERSTATE, "0.21"),
        (date(2024, 12, 31), PRISON, Jurisdiction.LOCAL, None),
        (date(2025, 1, 1), PRISON, Jurisdiction.LOCAL, "0.06"),
        (date(2025, 1, 1), SMALL, Jurisdiction.LOCAL, None),  # jails under 1,000 from April on
        (date(2025, 1, 1), SMALL, Jurisdiction.INTERSTATE, "0.21"),
        (date(2025, 4, 1), SMALL, Jurisdiction.LOCAL, "0.09"),
        (date(2025, 4, 1), SMALLEST, Jurisdiction.LOCAL, "0.12"),
        (date(2025, 6, 30), PRISON, Jurisdiction.LOCAL, None),  # waived
        (date(2025, 6, 30), PRISON, Jurisdiction.INTERSTATE, "0.14"),
        (date(2026, 4, 5), SMALL, Jurisdiction.INTERSTATE, "0.21"),
        (date(2026, 4, 6), PRISON, Jurisdiction.LOCAL, "0.11"),
        (date(2026, 4, 6), LARGE, Jurisdiction.INTRASTATE, "0.10"),
        (date(2026, 4, 6), MEDIUM, Jurisdiction.INTERSTATE, "0.12"),
        (date(2026, 4, 6), SMALL, Jurisdiction.INTERNATIONAL, "0.13"),
        (date(2026, 4, 6), VERY_SMALL, Jurisdiction.LOCAL, "0.15"),
        (date(2030, 1, 1), SMALLEST, Jurisdiction.LOCAL, "0.19"),
    ],
)
def test_the_audio_cap_of_the_day(
    day: date, facility: FacilityClass, jurisdiction: Jurisdiction, dollars: str | None
) -> None:
    cap = cap_for(Service.AUDIO, facility, jurisdiction, day)
    assert (None if cap is None else cap.per_minute) == (None if dollars is None else Money.parse(dollars))
    assert cap is None or cap.effective <= day


@pytest.mark.parametrize(
    ("day", "dollars"),
    [
        (date(2024, 12, 31), None),
        (date(2025, 1, 1), "0.11"),
        (date(2025, 6, 30), None),
        (date(2026, 4, 6), "0.19"),
    ],
)
def test_the_video_cap_of_a_large_jail(day: date, dollars: str | None) -> None:
    cap = cap_for(Service.VIDEO, LARGE, Jurisdiction.LOCAL, day)
    assert (None if cap is None else cap.per_minute) == (None if dollars is None else Money.parse(dollars))


def test_collect_calls_had_a_cap_of_their_own_until_2021() -> None:
    def collect(day: date) -> Money:
        cap = cap_for(Service.AUDIO, SMALL, Jurisdiction.INTERSTATE, day, is_collect=True)
        assert cap is not None
        return cap.per_minute

    assert collect(date(2015, 1, 1)) == Money.parse("0.25")
    assert collect(date(2022, 1, 1)) == Money.parse("0.21")


def test_a_call_abroad_may_cost_what_its_termination_costs_on_top() -> None:
    day, mexico = date(2026, 6, 1), Money.parse("0.0125")
    abroad = cap_for(Service.AUDIO, PRISON, Jurisdiction.INTERNATIONAL, day, termination=mexico)
    at_home = cap_for(Service.AUDIO, PRISON, Jurisdiction.INTERSTATE, day, termination=mexico)
    assert abroad is not None
    assert at_home is not None
    assert abroad.per_minute == at_home.per_minute + mexico


def test_messages_have_no_cap() -> None:
    assert cap_for(Service.MESSAGE, PRISON, Jurisdiction.LOCAL, date(2026, 6, 1)) is None


def test_versions_are_in_the_order_of_their_days_and_name_their_source() -> None:
    assert list(VERSIONS) == sorted(VERSIONS, key=lambda version: version.effective)
    assert all(version.source for version in VERSIONS)
