"""While a call runs: acceptance, signs of life, its time line, a staff's cut-off, a called party's block."""

import json
from collections.abc import Sequence
from typing import Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.calls.models import Call, CallEvent, CutOff
from kinline.calls.services.privileging import become_privileged
from kinline.calls.vocabulary import CallError, CallIsOver, End, Entry, Order, Protect, Tell, UnknownCall
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
def heartbeat(switchboard: str, call_ids: Sequence[CallId], at: Instant) -> tuple[Order, ...]:
    """These calls live on this switchboard; what is asked of them. Those must end that staff cut off, whose phones were
    turned off, or that are settled already because their heartbeats had stayed away; those are protected that became
    privileged; in others something is announced. Those that cannot go on as they were come first."""
    if not call_ids:
        return ()
    calls = ", ".join(str(int(call_id)) for call_id in call_ids)
    protected = [Protect(call_id) for call_id in become_privileged(call_ids, at)]
    told: list[Tell] = []
    ended = [End(CallId(call_id), Reason.TALK_PLATFORM_FAULT) for (call_id,) in rows(_SETTLED.format(calls=calls), {})]
    now = stamp()
    for call_id, cut, facility, station in rows(_ALIVE.format(calls=calls), {"at": at, "switchboard": switchboard}):
        rules = rulebook(FacilityId(facility), now)
        place = rules.stations.get(StationId(station))
        if cut:
            ended.append(_ordered(CallId(call_id), Reason(cut)))
        elif place is None:
            ended.append(End(CallId(call_id), Reason.TALK_CUTOFF))
        elif place.off is not None:
            ended.append(End(CallId(call_id), place.off.reason, place.off.ends_at))
        else:
            said = rules.announced(StationId(station), at, in_calls=True)
            told += [Tell(CallId(call_id), each) for each in said]
    return (*protected, *ended, *told)


def _ordered(call_id: CallId, reason: Reason) -> End:
    """How staff wish a call to end that they cut off."""
    order = CutOff.objects.filter(call_id=call_id).first()
    if order is None:
        return End(call_id, reason)
    return End(call_id, reason, None if order.ends_at is None else Instant(order.ends_at), order.is_silent)


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


def cut_off(
    call_id: CallId,
    reason: Reason,
    actor: str,
    why: str,
    at: Instant,
    *,
    signal_seconds: int = 0,
    is_silent: bool = False,
) -> None:
    """Staff end a running call: its switchboard looks within a second. It ends at once, both sides being told or not
    (`is_silent`); or so many seconds after a time signal. The latest order counts.

    Raises `UnknownCall`, `CallIsOver`.
    """
    with transaction.atomic():
        call = Call.objects.filter(pk=call_id).first()
        if call is None:
            raise UnknownCall(call_id)
        if not Call.objects.filter(pk=call_id).exclude(state="settled").update(cut_off=reason.value):
            raise CallIsOver(call_id)
        ends_at = Instant(at + signal_seconds * 1000) if signal_seconds else None
        CutOff.objects.update_or_create(call_id=call_id, defaults={"ends_at": ends_at, "is_silent": is_silent})
        wake_switchboards()
        audit.record(
            actor,
            Action.CALL_CUT_OFF,
            f"call/{call_id}",
            at,
            facility=FacilityId(call.facility_id),
            before={"state": call.state},
            after={"signal_seconds": signal_seconds, "silent": is_silent},
            reason=why,
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
