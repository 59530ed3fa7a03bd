"""Figures of a time: calls by hour of the day, reasons by day, who talked longest, how many attempts came through."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Value

from kinline.calls.history.search import first_call_at
from kinline.calls.models import HistoryEntry
from kinline.core.callflow.commands import Disposition
from kinline.core.identity import CallId, Instant, call_began, new_call_id

_IDS_OF_AN_HOUR: Final = new_call_id(Instant(3_600_000), 0) - new_call_id(Instant(0), 0)
"""Ids count time from the beginning of an hour on: those of calls of the same hour have the same quotient."""
LONGEST: Final = 92
"""Days that are counted at once."""
RESIDENTS: Final = 20


@dataclass(frozen=True, slots=True)
class Talker:
    """A resident and how much they talked."""

    name: str
    resident_number: str
    calls: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the settled calls from `first` to `last`, both included, by each facility's own clock."""

    first: date
    last: date
    attempts: int
    connected: int
    by_hour: tuple[tuple[int, int], ...]
    """For each hour of the day: attempts that connected, and those that did not."""
    by_day: tuple[tuple[date, int, int], ...]
    """For each day: attempts, and how many of them connected."""
    reasons: tuple[str, ...]
    """Those of attempts that did not connect, most frequent first."""
    reasons_by_day: Mapping[date, Mapping[str, int]]
    talkers: tuple[Talker, ...]
    """Those who talked longest."""


def figures(where: Q, places: Mapping[str, int], zone: str, first: date, last: date) -> Figures:
    """Count what was settled in these days (`LONGEST` at most), where the reader may look (`where`) and asks to look:
    `places` are the keys of a facility, a unit, a station, by those names.

    `zone`: of the facilities that are counted; several are told apart by day as the first of them would.
    """
    begin = first_call_at(datetime.combine(first, datetime.min.time()), zone)
    end = first_call_at(datetime.combine(last + timedelta(days=1), datetime.min.time()), zone)
    entries = HistoryEntry.objects.filter(
        where, id__gte=begin, id__lt=end, **{f"{name}_id": key for name, key in places.items()}
    )
    groups = (
        entries.annotate(hour=F("id") / Value(_IDS_OF_AN_HOUR, BigIntegerField()))
        .values_list("hour", "facility__time_zone", "disposition", "reason")
        .annotate(count=Count("id"))
        .order_by()
    )
    hours = [[0, 0] for _ in range(24)]
    days: dict[date, list[int]] = {first + timedelta(days=each): [0, 0] for each in range((last - first).days + 1)}
    reasons: Counter[str] = Counter()
    by_day: dict[date, Counter[str]] = defaultdict(Counter)
    for hour, name, disposition, reason, count in groups:
        local = _clock(hour, name)
        connected = disposition == Disposition.COMPLETED
        hours[local.hour][not connected] += count
        day = min(max(local.date(), first), last)
        days[day][0] += count
        days[day][1] += count if connected else 0
        if not connected:
            reasons[reason] += count
            by_day[day][reason] += count
    return Figures(
        first,
        last,
        sum(each[0] for each in days.values()),
        sum(each[1] for each in days.values()),
        tuple((connected, other) for connected, other in hours),
        tuple((day, attempts, connected) for day, (attempts, connected) in days.items()),
        tuple(reason for reason, _ in reasons.most_common()),
        by_day,
        _talkers(entries),
    )


def _clock(hour: int, zone: str) -> datetime:
    began = call_began(CallId(hour * _IDS_OF_AN_HOUR))
    return datetime.fromtimestamp(began / 1000, UTC).astimezone(ZoneInfo(zone))


def _talkers(entries: QuerySet[HistoryEntry]) -> tuple[Talker, ...]:
    longest = (
        entries.filter(talk_seconds__gt=0, resident__isnull=False)
        .values_list("resident__name", "resident__resident_number", "resident_id")
        .annotate(calls=Count("id"), seconds=Sum("talk_seconds"))
        .order_by("-seconds", "resident_id")[:RESIDENTS]
    )
    return tuple(Talker(name, number, calls, seconds // 60) for name, number, _, calls, seconds in longest)
