"""Searches among attempts and calls, newest first, page by page; each answered from an index.

The calls up to the newest entry of the history are searched there, the few after it (those in progress and those that
have just ended) among the calls themselves.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Max, Q

from kinline.calls.history.numbers import backwards, digits, ending_in, in_full
from kinline.calls.models import Call, HistoryEntry
from kinline.core.identity import CallId, Instant, new_call_id
from kinline.people.models import Resident

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is left out narrows nothing. Times are those of each facility's own clock."""

    facility: int | None = None
    unit: int | None = None
    station: int | None = None
    resident: str = ""
    """A resident's number."""
    number: str = ""
    """A called number, whole or its last digits."""
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""
    disposition: str = ""
    reason: str = ""


def found(
    where: Q,
    wanted: Wanted,
    zones: Iterable[str],
    count: int,
    before: CallId | None = None,
    after: CallId | None = None,
) -> list[Call]:
    """At most `count` calls that fit, newest first: the newest of all, those before a call, or those next after one.

    `where`: what the reader may see, by facility and unit (`people.authority.within`); `zones`: the time zones of the
    facilities that are searched.
    """
    newest = HistoryEntry.objects.aggregate(newest=Max("id"))["newest"] or 0
    criteria = where & _criteria(wanted) & _within(wanted, zones)
    entered = HistoryEntry.objects.filter(criteria & _number_entered(wanted), id__lte=newest)
    since_then = Call.objects.filter(criteria & _number_called(wanted), id__gt=newest)
    parts = [since_then, entered]
    if before is not None:
        parts = [part.filter(id__lt=before) for part in parts]
    order = "-id"
    if after is not None:
        parts = [part.filter(id__gt=after) for part in reversed(parts)]
        order = "id"
    ids: list[int] = []
    for part in parts:
        if len(ids) < count:
            ids += part.order_by(order).values_list("id", flat=True)[: count - len(ids)]
    calls = Call.objects.filter(pk__in=ids).select_related("resident", "facility", "unit", "station")
    return list(calls.order_by("-id"))


def all_found(where: Q, wanted: Wanted, zones: Iterable[str]) -> Iterator[list[Call]]:
    """All calls that fit, newest first, some hundreds at a time."""
    zones, before = tuple(zones), None
    while batch := found(where, wanted, zones, _BATCH, before):
        yield batch
        before = CallId(batch[-1].pk)


def _criteria(wanted: Wanted) -> Q:
    """What both calls and entries have a column for."""
    narrowed = Q()
    for name in ("facility", "unit", "station"):
        if (place := getattr(wanted, name)) is not None:
            narrowed &= Q(**{f"{name}_id": place})
    for name in ("disposition", "reason"):
        if word := getattr(wanted, name):
            narrowed &= Q(**{name: word})
    if wanted.resident:
        numbered = Resident.objects.filter(resident_number=wanted.resident).values_list("pk", flat=True)
        narrowed &= Q(resident_id__in=list(numbered))
    return narrowed


def _within(wanted: Wanted, zones: Iterable[str]) -> Q:
    """The time that is meant, which begins and ends at another instant in each time zone."""
    if wanted.since is None and wanted.until is None:
        return Q()
    names = sorted(set(zones))
    if len(names) == 1:
        return _between(wanted, names[0])
    each = (Q(facility__time_zone=name) & _between(wanted, name) for name in names)
    return reduce(or_, each, Q(pk__in=[]))


def _between(wanted: Wanted, zone: str) -> Q:
    span = Q()
    if wanted.since is not None:
        span &= Q(id__gte=first_call_at(wanted.since, zone))
    if wanted.until is not None:
        span &= Q(id__lt=first_call_at(wanted.until, zone))
    return span


def first_call_at(clock: datetime, zone: str) -> CallId:
    """The lowest id of calls that began when the clocks of a zone showed this, or later."""
    return new_call_id(Instant(int(clock.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)), 0)


def _number_entered(wanted: Wanted) -> Q:
    if whole := in_full(wanted.number):
        return Q(number_backwards=backwards(whole))
    if last := digits(wanted.number):
        begin, end = ending_in(last)
        return Q(number_backwards__gte=begin, number_backwards__lt=end)
    return Q()


def _number_called(wanted: Wanted) -> Q:
    if whole := in_full(wanted.number):
        return Q(called_party=whole)
    if last := digits(wanted.number):
        return Q(called_party__endswith=last) | Q(called_party="", dialled__endswith=last)
    return Q()
