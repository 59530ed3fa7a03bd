"""When a station counts as faulty, and how a call is heard in a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.hearing import Hearing, heard_as
from kinline.core.identity import Instant
from kinline.core.station_health import SILENT_AFTER, StationFacts, StationFault, station_faults

NOON = Instant(1_795_197_600_000)


def test_a_phone_that_registered_and_was_not_heard_of_for_long_is_silent() -> None:
    def faults(**facts: int | None) -> tuple[StationFault, ...]:
        known = {"registered_until": NOON, "seen_at": None, "calls": 0, "failures": 0, **facts}
        return station_faults(StationFacts(**known), Instant(NOON + SILENT_AFTER * 1000 + 1))

    assert faults() == (StationFault.SILENT,)
    assert faults(seen_at=NOON + 1000) == ()
    assert faults(registered_until=NOON + 1000) == ()
    assert faults(registered_until=None) == ()  # a gateway that never registers is not missed


@pytest.mark.parametrize(("calls", "failures", "faulty"), [(2, 2, False), (3, 3, True), (12, 3, True), (13, 3, False)])
def test_sound_that_fails_often_and_in_a_fourth_of_the_calls_is_a_fault(
    calls: int, failures: int, faulty: bool
) -> None:
    faults = station_faults(StationFacts(None, NOON, calls, failures), NOON)
    assert faults == ((StationFault.SOUND,) if faulty else ())


@given(st.floats(1, 4.5), st.floats(1, 4.5))
def test_what_sounds_better_has_no_worse_word(one: float, other: float) -> None:
    words = list(Hearing)
    better, worse = max(one, other), min(one, other)
    assert words.index(heard_as(better)) <= words.index(heard_as(worse))
    assert (heard_as(4.4), heard_as(1.0)) == (Hearing.GOOD, Hearing.BAD)
