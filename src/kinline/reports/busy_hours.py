"""How busy the phones are by hour of the day, how likely it is that all of them are, and how many would be enough."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import Coalesce

from kinline.calls.models import Call
from kinline.core.erlang import MOST_LINES, blocking, lines_for, offered_of
from kinline.core.identity import Instant
from kinline.facilities.models import Facility, Station

LONGEST: Final = 31
"""Days that are counted at once."""
TARGET: Final = 0.01
"""Of attempts that may find all phones busy."""
_HOUR: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the clock, on average over the days: erlangs carried and offered, and the chance that all phones are
    busy."""

    hour: int
    carried: float
    offered: float
    lost: float


@dataclass(frozen=True, slots=True)
class BusyReport:
    phones: int
    days: int
    hours: tuple[Hour, ...]

    @property
    def busiest(self) -> Hour:
        """The hour of the clock with the highest average (the time-consistent busy hour of ITU-T E.500)."""
        return max(self.hours, key=lambda hour: (hour.offered, -hour.hour))

    @property
    def phones_needed(self) -> int:
        """With which no more than `TARGET` of the attempts of the busiest hour find all busy."""
        return lines_for(self.busiest.offered, TARGET)


def busy_hours(facility: Facility, where: Q, unit: int | None, first: date, last: date) -> BusyReport:
    """Of a facility's (or a unit's) phones, by its clock; a phone is busy from off-hook to hang-up, whatever comes of
    it. Days from `first` to `last`, both included, `LONGEST` at most."""
    zone = ZoneInfo(facility.time_zone)
    days = min((last - first).days + 1, LONGEST)
    first = last - timedelta(days=days - 1)
    begin = _instant(first, zone)
    end = _instant(last + timedelta(days=1), zone)
    narrowed = Q(facility=facility) & (Q(unit=unit) if unit else Q())
    phones = Station.objects.filter(where, narrowed, is_enabled=True).count()
    calls = (
        Call.objects.filter(where, narrowed, opened_at__gte=begin, opened_at__lt=end)
        .annotate(over_at=Coalesce("ended_at", "settled_at", "heartbeat_at"))
        .values_list("opened_at", "over_at")
    )
    busy: Counter[int] = Counter()
    for opened, over in calls.iterator(chunk_size=5000):
        moment = opened
        while moment < over:  # each hour of the clock gets its part
            edge = (moment // _HOUR + 1) * _HOUR
            busy[moment // _HOUR] += min(edge, over) - moment
            moment = edge
    by_clock: Counter[int] = Counter()
    for hour, spent in busy.items():
        by_clock[datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone).hour] += spent
    lines = min(phones, MOST_LINES)
    return BusyReport(phones, days, tuple(_hour(clock, by_clock[clock] / _HOUR / days, lines) for clock in range(24)))


def _hour(clock: int, carried: float, lines: int) -> Hour:
    offered = offered_of(carried, lines)
    return Hour(clock, carried, offered, blocking(offered, lines) if carried else 0.0)


def _instant(day: date, zone: ZoneInfo) -> Instant:
    return Instant(int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000))
