"""Where calls stand: told in batches, each a few statements however many calls moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from kinline.calls import services as calls
from kinline.calls.models import CallState
from kinline.calls.services import Entry
from kinline.core.callflow import Act
from kinline.core.identity import CallId, Instant
from kinline.live.models import Standing, Version

REMEMBERED: Final = 600_000
"""Milliseconds for which the end of a call can be learnt of by who was away."""
_CHANGED, _FORGOTTEN = 1, 2

_NEXT: Final = "UPDATE live_version SET value = value + 1 WHERE id = 1"

_STAND: Final = """
WITH n (call_id, act, since, ends_at, mos) AS (VALUES {stands})
INSERT INTO live_standing (call_id, version, act, since, ends_at, mos)
SELECT n.call_id, v.value, n.act, n.since, n.ends_at, n.mos FROM n CROSS JOIN live_version v WHERE v.id = 1
ON CONFLICT (call_id) DO UPDATE SET version = excluded.version, act = excluded.act, since = excluded.since,
  ends_at = excluded.ends_at, mos = excluded.mos WHERE live_standing.act <> 'end'
"""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one call stands. `mos` in hundredths."""

    call_id: CallId
    act: Act
    since: Instant
    ends_at: Instant | None = None
    mos: int | None = None


def write_down(entries: Sequence[Entry], stands: Sequence[Stand]) -> None:
    """Add to the calls' time lines, and tell where calls stand now; both or nothing. Asked again, the same stands."""
    if not stands:
        return calls.note(entries) if entries else None
    with transaction.atomic():
        if entries:
            calls.note(entries)
        _tell(stands)
    return None


def _tell(stands: Sequence[Stand]) -> None:
    # Numbers and words of our own, so they may stand in the text: fewer parameters than a database takes, however many.
    rows = [
        f"({int(each.call_id)}, '{each.act.value}', {int(each.since)}, {_number(each.ends_at)}, {_number(each.mos)})"
        for each in stands
    ]
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        cursor.execute(_STAND.format(stands=", ".join(rows)))


def _number(value: int | None) -> str:
    return "CAST(NULL AS BIGINT)" if value is None else str(int(value))


def forget_ended(at: Instant) -> int:
    """End the standings whose calls are settled though no switchboard said so (it died), and forget those that ended
    long ago. How many of both."""
    left = Standing.objects.filter(call__state=CallState.SETTLED, call__settled_at__lt=at - 5_000).exclude(act=Act.END)
    stands = [Stand(CallId(call_id), Act.END, at) for call_id in left.values_list("call_id", flat=True)]
    old = Standing.objects.filter(act=Act.END, since__lt=at - REMEMBERED)
    with transaction.atomic():
        if stands:
            _tell(stands)
        versions = list(old.values_list("version", flat=True))
        if versions:
            Version.objects.filter(pk=_FORGOTTEN, value__lt=max(versions)).update(value=max(versions))
            old.delete()
    return len(stands) + len(versions)
