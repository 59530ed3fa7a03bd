"""When phones may be used: weekly hours and days out of turn on the facility's clock, across the changes of that clock.

Hours mean what the clock on the wall shows. In spring a window that lies in the skipped hour does not happen; in
autumn a window that lies in the repeated hour happens twice.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kinline.core.identity import Instant

_DAY = 86_400
_WEEK_MINUTES = 7 * 24 * 60
_MONDAY_BEFORE_EPOCH_MINUTES = 3 * 1440  # 1970-01-01 was a Thursday
_HORIZON = 9 * _DAY  # every weekly boundary comes round within a week and a clock change
_DAY_ONE = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes `opens` <= m < `closes` of one local day; weekday 0 is Monday. A window over midnight is two."""

    weekday: int
    opens: int = 0
    closes: int = 1440

    def __post_init__(self) -> None:
        if not (0 <= self.weekday <= 6 and 0 <= self.opens < self.closes <= 1440):
            raise ValueError(f"{self} is not a part of one day: weekday 0..6 and 0 <= opens < closes <= 1440")


def stretch(weekdays: Iterable[int], opens: int, closes: int) -> tuple[Window, ...]:
    """From `opens` to `closes` on each of these weekdays: into the next day where it closes no later than it opens, so
    that from 21:00 to 21:00 is a whole day. Minutes of the day, `opens` 0..1439, `closes` 0..1440."""
    windows: list[Window] = []
    for weekday in weekdays:
        if closes > opens:
            windows.append(Window(weekday, opens, closes))
            continue
        windows.append(Window(weekday, opens, 1440))
        if closes:
            windows.append(Window((weekday + 1) % 7, 0, closes))
    return tuple(windows)


Spans = tuple[tuple[int, int], ...]
"""Minutes, in order, apart from each other: from each first one up to the second, which is not counted."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours. `spans` are minutes of the week; `Hours.of` makes them so.

    `exceptions` are dates that do not follow the week, in order: days since 1970-01-01 and the minutes of that day.
    """

    spans: Spans
    exceptions: tuple[tuple[int, Spans], ...] = ()

    @classmethod
    def of(
        cls, windows: Iterable[Window], exceptions: Mapping[date, Iterable[tuple[int, int]]] | None = None
    ) -> "Hours":
        """Hours of these windows; a date among `exceptions` has its own minutes of the day, or none."""
        days = sorted((day.toordinal() - _DAY_ONE, _merged(spans)) for day, spans in (exceptions or {}).items())
        return cls(_merged((w.weekday * 1440 + w.opens, w.weekday * 1440 + w.closes) for w in windows), tuple(days))

    @classmethod
    def daily(cls, opens: int, closes: int) -> "Hours":
        """The same window, in minutes of the day, on each weekday."""
        return cls.of(Window(weekday, opens, closes) for weekday in range(7))

    @property
    def is_always(self) -> bool:
        return self.spans == ((0, _WEEK_MINUTES),) and not self.exceptions

    def __and__(self, other: "Hours") -> "Hours":
        """The time that is in both."""
        days = sorted({day for hours in (self, other) for day, _ in hours.exceptions})
        return Hours(
            _common(self.spans, other.spans),
            tuple((day, _common(self.day(day), other.day(day))) for day in days),
        )

    def day(self, day: int) -> Spans:
        """The minutes of one day, counted from 1970-01-01."""
        if (out_of_turn := self._out_of_turn(day)) is not None:
            return out_of_turn
        begins = (day + 3) % 7 * 1440
        return tuple(
            (opens - begins, closes - begins) for opens, closes in _common(self.spans, ((begins, begins + 1440),))
        )

    def covers(self, minute: int) -> bool:
        """Whether a local minute, counted from 1970-01-01, is within the hours."""
        if self.exceptions and (spans := self._out_of_turn(minute // 1440)) is not None:
            return _within(spans, minute % 1440)
        return _within(self.spans, (minute + _MONDAY_BEFORE_EPOCH_MINUTES) % _WEEK_MINUTES)

    def next_boundary(self, minute: int) -> int:
        """A later local minute up to which nothing changes; the hours may begin or end there."""
        day, past = divmod(minute, 1440)
        if self.exceptions:  # from midnight to midnight: the next day may be out of turn
            return day * 1440 + min((edge for span in self.day(day) for edge in span if edge > past), default=1440)
        week, minute_of_week = divmod(minute + _MONDAY_BEFORE_EPOCH_MINUTES, _WEEK_MINUTES)
        coming = (edge for span in self.spans for edge in span if edge > minute_of_week)
        return week * _WEEK_MINUTES + min(coming, default=_WEEK_MINUTES) - _MONDAY_BEFORE_EPOCH_MINUTES

    def _out_of_turn(self, day: int) -> Spans | None:
        index = bisect_right(self.exceptions, (day,))
        found = self.exceptions[index] if index < len(self.exceptions) else None
        return found[1] if found is not None and found[0] == day else None


def _merged(spans: Iterable[tuple[int, int]]) -> Spans:
    merged: list[tuple[int, int]] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def _common(spans: Spans, others: Spans) -> Spans:
    overlaps = (
        (max(opens, other_opens), min(closes, other_closes))
        for opens, closes in spans
        for other_opens, other_closes in others
    )
    return tuple(sorted((opens, closes) for opens, closes in overlaps if opens < closes))


def _within(spans: Spans, minute: int) -> bool:
    index = bisect_right(spans, (minute, _WEEK_MINUTES)) - 1
    return index >= 0 and minute < spans[index][1]


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
    horizon = moment + _HORIZON + len(hours.exceptions) * _DAY
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
    return hours.covers(local // 60)


def _next_boundary(hours: Hours, local: int) -> int:
    return hours.next_boundary(local // 60) * 60


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
