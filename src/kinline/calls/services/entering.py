"""Settled calls enter the history, which searches read; the hot path writes none of it."""

from typing import Final

from django.db.models import Exists, Max, Min, OuterRef

from kinline.calls.history.numbers import backwards
from kinline.calls.models import LIVE, Call, CallState, HistoryEntry
from kinline.core.identity import CallId, Instant, call_began, new_call_id

_LATE: Final = 60_000
"""Milliseconds within which a call that another switchboard has begun is seen here."""
_LOOKS_BACK: Final = 3_600_000
"""For rows that appeared later still."""
_BATCH: Final = 5_000

_COLUMNS: Final = (
    *("id", "facility_id", "unit_id", "station_id", "resident_id", "called_party", "dialled"),
    *("disposition", "reason", "accepted_at", "ended_at"),
)


def enter_settled(at: Instant) -> int:
    """Enter the calls that were settled since the last time; how many.

    Only those older than every call still in progress: so a search finds each call once, up to the newest entry in the
    history and after it among the calls themselves. Safe to do in several processes at once.
    """
    newest = HistoryEntry.objects.aggregate(newest=Max("id"))["newest"]
    after = 0 if newest is None else new_call_id(Instant(call_began(CallId(newest)) - _LOOKS_BACK), 0)
    running = Call.objects.filter(id__gt=after, state__in=LIVE).aggregate(oldest=Min("id"))["oldest"]
    before = new_call_id(Instant(at - _LATE), 0)
    settled = Call.objects.filter(
        ~Exists(HistoryEntry.objects.filter(pk=OuterRef("pk"))),
        id__lt=before if running is None else min(before, running),
        state=CallState.SETTLED,
    ).order_by("id")
    entered = 0
    while True:
        batch = [_entry(*row) for row in settled.filter(id__gt=after).values_list(*_COLUMNS)[:_BATCH]]
        HistoryEntry.objects.bulk_create(batch, ignore_conflicts=True)
        entered += len(batch)
        if len(batch) < _BATCH:
            return entered
        after = CallId(batch[-1].pk)


def _entry(
    call: int,
    facility: int,
    unit: int | None,
    station: int,
    resident: int | None,
    called_party: str,
    dialled: str,
    disposition: str,
    reason: str,
    accepted_at: int | None,
    ended_at: int | None,
) -> HistoryEntry:
    talked = max(ended_at - accepted_at, 0) // 1000 if accepted_at and ended_at else 0
    return HistoryEntry(
        id=call,
        facility_id=facility,
        unit_id=unit,
        station_id=station,
        resident_id=resident,
        number_backwards=backwards(called_party or dialled),
        disposition=disposition,
        reason=reason,
        talk_seconds=talked,
    )
