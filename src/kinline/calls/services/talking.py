"""While a call runs: acceptance, signs of life, its time line, a staff's cut-off, a called party's block."""

import json
from collections.abc import Sequence
from typing import Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.calls.models import Call, CallEvent
from kinline.calls.vocabulary import CallError, CallIsOver, End, Entry, UnknownCall
from kinline.contacts.models import Block, BlockedBy
from kinline.core.identity import CallId, FacilityId, Instant, StationId
from kinline.core.reasons import Reason
from kinline.facilities.queries import rulebook, stamp
from kinline.facilities.services import wake_switchboards
from kinline.statements import Overtaken, Statement, retried, row, rows, write

_STATE: Final = "SELECT state FROM calls_call WHERE id = %(call)s"

_ACCEPTED: Final = """
UPDATE calls_call SET state = 'accepted', accepted_at = %(at)s,
  heartbeat_at = CASE WHEN heartbeat_at < %(at)s THEN %(at)s ELSE heartbeat_at END
WHERE id = %(call)s AND state = 'authorised'
"""

_ALIVE: Final = """
UPDATE calls_call SET heartbeat_at = %(at)s, switchboard = %(switchboard)s
WHERE id IN ({calls}) AND state <> 'settled' RETURNING id, cut_off, facility_id, station_id
"""

_SETTLED: Final = "SELECT id FROM calls_call WHERE id IN ({calls}) AND state = 'settled'"


class NotAuthorised(CallError):
    """Only a call that was authorised can be accepted: nothing may be charged without a hold."""

    def __init__(self, call_id: CallId) -> None:
        super().__init__(call_id, "is not authorised")


@retried
def accept(call_id: CallId, at: Instant) -> None:
    """The called party accepted: charging runs from `at`. Asked again: the first acceptance stays.

    Raises `UnknownCall`, `CallIsOver`, `NotAuthorised`.
    """
    try:
        write([Statement(_ACCEPTED, {"call": call_id, "at": at})])
    except Overtaken:
        found = row(_STATE, {"call": call_id})
        if found is None:
            raise UnknownCall(call_id) from None
        if found[0] == "settled":
            raise CallIsOver(call_id) from None
        if found[0] == "open":
            raise NotAuthorised(call_id) from None


@retried
def heartbeat(switchboard: str, call_ids: Sequence[CallId], at: Instant) -> tuple[End, ...]:
    """These calls live on this switchboard; those among them that must end, and why: cut off by staff, phones turned
    off, or settled already because their heartbeats had stayed away."""
    if not call_ids:
        return ()
    calls = ", ".join(str(int(call_id)) for call_id in call_ids)
    ended = [End(CallId(call_id), Reason.TALK_PLATFORM_FAULT) for (call_id,) in rows(_SETTLED.format(calls=calls), {})]
    now = stamp()
    for call_id, cut, facility, station in rows(_ALIVE.format(calls=calls), {"at": at, "switchboard": switchboard}):
        place = rulebook(FacilityId(facility), now).stations.get(StationId(station))
        if cut or place is None:
            ended.append(End(CallId(call_id), Reason(cut) if cut else Reason.TALK_CUTOFF))
        elif place.off is not None:
            ended.append(End(CallId(call_id), place.off.reason, place.off.ends_at))
    return tuple(ended)


def note(entries: Sequence[Entry]) -> None:
    """Add to the calls' time lines."""
    CallEvent.objects.bulk_create(
        CallEvent(
            call_id=entry.call_id,
            at=entry.at,
            kind=entry.kind,
            fields=json.dumps(dict(entry.fields), ensure_ascii=False, default=str) if entry.fields else "",
        )
        for entry in entries
    )


def cut_off(call_id: CallId, reason: Reason, actor: str, why: str, at: Instant) -> None:
    """Staff end a running call: its switchboard looks within a second.

    Raises `UnknownCall`, `CallIsOver`.
    """
    with transaction.atomic():
        call = Call.objects.filter(pk=call_id).first()
        if call is None:
            raise UnknownCall(call_id)
        if not Call.objects.filter(pk=call_id).exclude(state="settled").update(cut_off=reason.value):
            raise CallIsOver(call_id)
        wake_switchboards()
        audit.record(
            actor, Action.CALL_CUT_OFF, f"call/{call_id}", at, facility=FacilityId(call.facility_id), reason=why
        )


def block_resident(call_id: CallId, at: Instant) -> None:
    """The called party of this call wishes no calls of its resident any more. Asked again: the same block.

    Raises `UnknownCall` when there is no such call, or it has no resident or called party.
    """
    with transaction.atomic():
        call = Call.objects.filter(pk=call_id).exclude(called_party="").exclude(resident=None).first()
        if call is None:
            raise UnknownCall(call_id)
        _, is_new = Block.objects.get_or_create(
            call_id=call_id,
            defaults={
                "number": call.called_party,
                "resident_id": call.resident_id,
                "blocked_by": BlockedBy.CALLED_PARTY,
                "at": at,
            },
        )
        if is_new:
            audit.record(
                "called_party",
                Action.NUMBER_BLOCKED,
                f"resident/{call.resident_id}",
                at,
                facility=FacilityId(call.facility_id),
                after={"call": str(call_id)},
            )
