"""When phones may be used: weekly hours on the facility's clock, across the changes of that clock.

Hours mean what the clock on the wall shows. In spring a window that lies in the skipped hour does not happen; in
autumn a window that lies in the repeated hour happens twice.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kinline.core.identity import Instant

_DAY = 86_400
_WEEK_MINUTES = 7 * 24 * 60
_MONDAY_BEFORE_EPOCH = 3 * _DAY  # 1970-01-01 was a Thursday
_HORIZON = 9 * _DAY  # every weekly boundary comes round within a week and a clock change


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes `opens` <= m < `closes` of one local day; weekday 0 is Monday. A window over midnight is two."""

    weekday: int
    opens: int = 0
    closes: int = 1440

    def __post_init__(self) -> None:
        if not (0 <= self.weekday <= 6 and 0 <= self.opens < self.closes <= 1440):
            raise ValueError(f"{self} is not a part of one day: weekday 0..6 and 0 <= opens < closes <= 1440")


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours. `spans` are minutes of the week, in order, apart from each other; `Hours.of` makes them so."""

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, windows: Iterable[Window]) -> "Hours":
        merged: list[tuple[int, int]] = []
        for opens, closes in sorted((w.weekday * 1440 + w.opens, w.weekday * 1440 + w.closes) for w in windows):
            if merged and opens <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
            else:
                merged.append((opens, closes))
        return cls(tuple(merged))

    @classmethod
    def daily(cls, opens: int, closes: int) -> "Hours":
        """The same window, in minutes of the day, on each weekday."""
        return cls.of(Window(weekday, opens, closes) for weekday in range(7))

    @property
    def is_always(self) -> bool:
        return self.spans == ((0, _WEEK_MINUTES),)

    def __and__(self, other: "Hours") -> "Hours":
        """The time that is in both."""
        overlaps = (
            (max(opens, other_opens), min(closes, other_closes))
            for opens, closes in self.spans
            for other_opens, other_closes in other.spans
        )
        return Hours(tuple(sorted((opens, closes) for opens, closes in overlaps if opens < closes)))

    def covers(self, minute_of_week: int) -> bool:
        index = bisect_right(self.spans, (minute_of_week, _WEEK_MINUTES)) - 1
        return index >= 0 and minute_of_week < self.spans[index][1]

    def next_boundary(self, minute_of_week: int) -> int:
        """The next minute of the week, or its end, at which the hours may begin or end."""
        return min((edge for span in self.spans for edge in span if edge > minute_of_week), default=_WEEK_MINUTES)


ALWAYS = Hours(((0, _WEEK_MINUTES),))
NEVER = Hours(())


def is_open(hours: Hours, zone: ZoneInfo, at: Instant) -> bool:
    """Whether the clock in `zone` shows a time within the hours."""
    return hours.is_always or _covers(hours, at // 1000 + _offset(zone, at // 1000))


def closes_at(hours: Hours, zone: ZoneInfo, at: Instant) -> Instant | None:
    """The first instant from `at` on that is not within the hours; None when there is none."""
    return None if hours.is_always else _first(hours, zone, at, wanted=False)


def opens_at(hours: Hours, zone: ZoneInfo, at: Instant) -> Instant | None:
    """The first instant from `at` on that is within the hours; None when there is none."""
    return _first(hours, zone, at, wanted=True)


def day_start(zone: ZoneInfo, at: Instant, days_later: int = 0) -> Instant:
    """The midnight that began the local day of `at`, or that of a later (earlier, if negative) day."""
    return _midnight(zone, _local(zone, at), days_later)


def week_start(zone: ZoneInfo, at: Instant, weeks_later: int = 0) -> Instant:
    """The midnight that began the local week of `at` (on a Monday), or that of a later week."""
    local = _local(zone, at)
    return _midnight(zone, local, 7 * weeks_later - local.weekday())


def month_start(zone: ZoneInfo, at: Instant, months_later: int = 0) -> Instant:
    """The midnight that began the local month of `at`, or that of a later month."""
    local = _local(zone, at)
    years, month = divmod(local.month - 1 + months_later, 12)
    return _midnight(zone, local.replace(year=local.year + years, month=month + 1, day=1), 0)


def minute_of_day(zone: ZoneInfo, at: Instant) -> int:
    """What the clock in `zone` shows, 0..1439."""
    local = _local(zone, at)
    return local.hour * 60 + local.minute


def _local(zone: ZoneInfo, at: Instant) -> datetime:
    return datetime.fromtimestamp(at // 1000, zone)


def _midnight(zone: ZoneInfo, local: datetime, days_later: int) -> Instant:
    midnight = datetime(local.year, local.month, local.day, tzinfo=zone) + timedelta(days=days_later)
    return Instant(int(midnight.timestamp()) * 1000)


def _first(hours: Hours, zone: ZoneInfo, at: Instant, *, wanted: bool) -> Instant | None:
    """Walks from boundary to boundary through stretches of time in which the zone's offset does not change."""
    moment = at // 1000
    horizon = moment + _HORIZON
    while moment < horizon:
        offset = _offset(zone, moment)
        stretch_end = _offset_change(zone, moment, offset)
        while moment < stretch_end:
            if _covers(hours, moment + offset) is wanted:
                return Instant(max(at, moment * 1000))
            moment = _next_boundary(hours, moment + offset) - offset
        moment = stretch_end
    return None


def _covers(hours: Hours, local: int) -> bool:
    return hours.covers((local + _MONDAY_BEFORE_EPOCH) // 60 % _WEEK_MINUTES)


def _next_boundary(hours: Hours, local: int) -> int:
    minutes = (local + _MONDAY_BEFORE_EPOCH) // 60
    week, minute = divmod(minutes, _WEEK_MINUTES)
    return (week * _WEEK_MINUTES + hours.next_boundary(minute)) * 60 - _MONDAY_BEFORE_EPOCH


def _offset(zone: ZoneInfo, moment: int) -> int:
    """Seconds that local time is ahead of UTC."""
    offset = datetime.fromtimestamp(moment, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _offset_change(zone: ZoneInfo, moment: int, offset: int) -> int:
    """The second within a day of `moment` from which another offset holds; a day later when none does."""
    low, high = moment, moment + _DAY
    if _offset(zone, high) == offset:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high
