"""Hours on the facility's clock, compared minute by minute with a naive reading of that clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.identity import Instant
from kinline.core.windows import (
    ALWAYS,
    NEVER,
    Hours,
    Window,
    closes_at,
    day_start,
    is_open,
    minute_of_day,
    month_start,
    opens_at,
    stretch,
    week_start,
)

ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
)
CHICAGO = ZoneInfo("America/Chicago")

HOURS = (
    Hours.daily(6 * 60, 22 * 60),
    Hours.of([Window(6, 60, 150), Window(0)]),  # into the skipped hour of a Sunday
    Hours.of([Window(6, 90, 110), Window(6, 150, 180), Window(6, 1200)]),  # within the repeated hour
    Hours.of([Window(5, 1320), Window(6, 0, 121)]),  # over midnight
    Hours.of([Window(6, 120, 180)]),  # the skipped hour itself
)

windows = st.builds(
    lambda weekday, opens, length: Window(weekday, opens, min(opens + length, 1440)),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(1, 600),
)
weekly_hours = st.lists(windows, max_size=5).map(Hours.of)
instants = st.integers(1_577_836_800_000, 2_240_524_800_000).map(Instant)  # 2020 to 2040
zones = st.sampled_from([*ZONES, "America/Phoenix", "America/Puerto_Rico", "Pacific/Honolulu"]).map(ZoneInfo)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, zone: ZoneInfo = CHICAGO) -> Instant:
    return Instant(int(datetime(year, month, day, hour, minute, tzinfo=zone).timestamp()) * 1000)


def on_the_wall(zone: ZoneInfo, moment: int) -> int:
    """The minute of the week that a clock on the wall shows."""
    local = datetime.fromtimestamp(moment, UTC).astimezone(zone)
    return local.weekday() * 1440 + local.hour * 60 + local.minute


def in_list(hours: Hours, shown: int) -> bool:
    """What a person who looks from the clock to the list of spans would say."""
    return any(opens <= shown < closes for opens, closes in hours.spans)


def naively_open(hours: Hours, zone: ZoneInfo, moment: int) -> bool:
    return in_list(hours, on_the_wall(zone, moment))


def clock_changes(zone: ZoneInfo) -> Iterator[int]:
    """Each second from 2020 to 2040 at which the zone's offset changes."""

    def offset(moment: datetime) -> timedelta | None:
        return moment.astimezone(zone).utcoffset()

    hour = datetime(2020, 1, 1, tzinfo=UTC)
    while hour.year <= 2040:
        if offset(hour) != offset(hour + timedelta(days=1)):
            while offset(hour) == offset(hour + timedelta(hours=1)):
                hour += timedelta(hours=1)
            yield int((hour + timedelta(hours=1)).timestamp())
        hour += timedelta(days=1)


@pytest.mark.parametrize("name", ZONES)
def test_hours_hold_across_every_clock_change_of_two_decades(name: str) -> None:
    zone = ZoneInfo(name)
    changes = list(clock_changes(zone))
    assert len(changes) >= 12  # 42, unless the United States have stopped changing their clocks
    for change in changes:
        minutes = range(change - 3 * 3600, change + 3 * 3600, 60)
        wall = [on_the_wall(zone, minute) for minute in minutes]
        for hours in HOURS:
            expected = [in_list(hours, shown) for shown in wall]
            assert [is_open(hours, zone, Instant(minute * 1000)) for minute in minutes] == expected
            start = Instant(minutes[0] * 1000)
            for state, first in ((True, opens_at(hours, zone, start)), (False, closes_at(hours, zone, start))):
                if state in expected:
                    assert first == minutes[expected.index(state)] * 1000


@given(weekly_hours, zones, instants)
def test_opening_and_closing_are_the_next_change_of_the_clock_on_the_wall(
    hours: Hours, zone: ZoneInfo, moment: Instant
) -> None:
    opening, closing = opens_at(hours, zone, moment), closes_at(hours, zone, moment)
    for change, state in ((opening, True), (closing, False)):
        if change is None:
            continue
        assert change >= moment
        assert is_open(hours, zone, change) is state
        if change > moment:
            assert is_open(hours, zone, moment) is not state
            assert is_open(hours, zone, Instant(change - 1)) is not state
            assert naively_open(hours, zone, change // 1000) is state
            assert naively_open(hours, zone, change // 1000 - 1) is not state


@given(weekly_hours, weekly_hours, zones, instants)
def test_together_hours_are_open_when_each_is(one: Hours, other: Hours, zone: ZoneInfo, moment: Instant) -> None:
    both = is_open(one, zone, moment) and is_open(other, zone, moment)
    assert is_open(one & other, zone, moment) is both


def test_phones_that_are_always_open_never_close() -> None:
    assert closes_at(ALWAYS, CHICAGO, at(2026, 7, 1)) is None
    assert is_open(ALWAYS, CHICAGO, at(2026, 7, 1))
    assert Hours.of(Window(weekday) for weekday in range(7)) == ALWAYS
    assert ALWAYS & Hours.daily(60, 120) == Hours.daily(60, 120)


def test_phones_that_are_never_open_have_no_opening() -> None:
    assert opens_at(NEVER, CHICAGO, at(2026, 7, 1)) is None
    assert closes_at(NEVER, CHICAGO, at(2026, 7, 1)) == at(2026, 7, 1)


def test_a_window_over_the_end_of_the_week_is_one_stretch() -> None:
    weekend_night = Hours.of([Window(6, 1380), Window(0, 0, 60)])
    assert closes_at(weekend_night, CHICAGO, at(2026, 7, 5, 23, 30)) == at(2026, 7, 6, 1)


def test_phones_open_once_a_week_open_next_week() -> None:
    mondays = Hours.of([Window(0, 540, 600)])
    assert opens_at(mondays, CHICAGO, at(2026, 7, 6, 10)) == at(2026, 7, 13, 9)


@pytest.mark.parametrize("window", [(7, 0, 60), (-1, 0, 60), (0, 60, 60), (0, -1, 60), (0, 0, 1441)])
def test_a_window_outside_its_day_cannot_be_made(window: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="not a part of one day"):
        Window(*window)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 8, 23), (11, 1, 25), (7, 4, 24)])
def test_a_day_lasts_from_midnight_to_midnight_of_the_facility(month: int, day: int, hours: int) -> None:
    noon = at(2026, month, day, 12)
    assert day_start(CHICAGO, noon) == at(2026, month, day)
    assert day_start(CHICAGO, noon, 1) - day_start(CHICAGO, noon) == hours * 3_600_000


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    moment = at(2026, 12, 31, 12)  # a Thursday
    assert week_start(CHICAGO, moment) == at(2026, 12, 28)
    assert week_start(CHICAGO, moment, 1) == at(2027, 1, 4)
    assert month_start(CHICAGO, moment) == at(2026, 12, 1)
    assert month_start(CHICAGO, moment, 1) == at(2027, 1, 1)
    assert month_start(CHICAGO, moment, -12) == at(2025, 12, 1)


@given(zones, instants)
def test_every_instant_lies_in_its_day_week_and_month(zone: ZoneInfo, moment: Instant) -> None:
    for start in (day_start, week_start, month_start):
        assert start(zone, moment, 0) <= moment < start(zone, moment, 1)


def test_the_clock_on_the_wall_is_told_in_minutes() -> None:
    assert minute_of_day(CHICAGO, at(2026, 7, 4, 18, 30)) == 18 * 60 + 30


@given(st.sets(st.integers(0, 6)), st.integers(0, 1439), st.integers(0, 1440), st.integers(0, 6), st.integers(0, 1439))
def test_a_stretch_goes_into_the_next_day_when_it_closes_no_later_than_it_opens(
    weekdays: set[int], opens: int, closes: int, weekday: int, minute: int
) -> None:
    hours = Hours.of(stretch(sorted(weekdays), opens, closes))
    length = closes - opens if closes > opens else closes - opens + 1440
    covered = any(((weekday - day) * 1440 + minute - opens) % (7 * 1440) < length for day in weekdays)
    assert hours.covers(4 * 1440 + weekday * 1440 + minute) is covered  # 1970-01-05 was a Monday
