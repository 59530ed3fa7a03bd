"""Free calls by law of a state: below the federal cap, inside the state."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.caps import FacilityClass, cap_for
from kinline.core.money import ZERO
from kinline.core.numbering import Jurisdiction
from kinline.core.state_laws import LAWS, lawful_cap, laws_of
from kinline.core.tariff import Service

PRISON, JAIL = FacilityClass.PRISON, FacilityClass.MEDIUM_JAIL
IN_STATE = (Jurisdiction.LOCAL, Jurisdiction.INTRASTATE)


@pytest.mark.parametrize(
    ("state", "facility", "service", "day", "is_free"),
    [
        ("MN", PRISON, Service.AUDIO, date(2023, 6, 30), False),
        ("MN", PRISON, Service.AUDIO, date(2023, 7, 1), True),
        ("MN", JAIL, Service.AUDIO, date(2026, 7, 1), False),
        ("MA", JAIL, Service.AUDIO, date(2023, 12, 1), True),
        ("MA", JAIL, Service.MESSAGE, date(2023, 12, 1), True),
        ("MA", PRISON, Service.VIDEO, date(2023, 11, 30), False),
        ("CO", PRISON, Service.AUDIO, date(2025, 6, 30), False),
        ("CO", PRISON, Service.AUDIO, date(2025, 7, 1), True),
        ("CO", PRISON, Service.VIDEO, date(2026, 7, 1), False),
        ("CT", PRISON, Service.AUDIO, date(2022, 9, 30), False),
        ("CT", PRISON, Service.AUDIO, date(2022, 10, 1), True),
        ("CT", PRISON, Service.VIDEO, date(2026, 7, 1), False),
        ("CA", PRISON, Service.AUDIO, date(2023, 1, 30), False),
        ("CA", PRISON, Service.AUDIO, date(2023, 1, 31), True),
        ("CA", JAIL, Service.AUDIO, date(2026, 7, 1), False),
        ("LA", PRISON, Service.AUDIO, date(2026, 7, 1), False),
    ],
)
def test_a_state_that_made_calls_free_goes_before_the_federal_cap(
    state: str, facility: FacilityClass, service: Service, day: date, is_free: bool
) -> None:
    for jurisdiction in IN_STATE:
        cap = lawful_cap(service, facility, state, jurisdiction, day)
        assert (cap is not None and cap.per_minute == ZERO) == is_free
    assert lawful_cap(service, facility, state, Jurisdiction.INTERSTATE, day) == cap_for(
        service, facility, Jurisdiction.INTERSTATE, day
    )


def test_a_law_whose_first_day_is_not_sure_binds_from_the_latest_day_that_it_can_be_and_its_doubt_is_told() -> None:
    for state in ("CT", "CA"):
        (law,) = laws_of(state, PRISON)
        assert law.doubt
        cap = lawful_cap(Service.AUDIO, PRISON, state, Jurisdiction.LOCAL, law.effective)
        assert cap is not None
        assert (cap.per_minute, cap.source) == (ZERO, law.source)
    assert laws_of("CA", JAIL) == ()


@given(
    st.sampled_from(Service),
    st.sampled_from(FacilityClass),
    st.sampled_from(["MN", "MA", "CO", "CT", "CA", "LA"]),
    st.sampled_from(Jurisdiction),
    st.dates(date(2013, 1, 1), date(2030, 1, 1)),
)
def test_a_state_never_lifts_the_federal_cap(
    service: Service, facility: FacilityClass, state: str, jurisdiction: Jurisdiction, day: date
) -> None:
    federal = cap_for(service, facility, jurisdiction, day)
    both = lawful_cap(service, facility, state, jurisdiction, day)
    if federal is not None:
        assert both is not None
        assert both.per_minute <= federal.per_minute


def test_every_law_names_its_source() -> None:
    assert all(law.source and law.services and law.classes for law in LAWS)
