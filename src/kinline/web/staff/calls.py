"""Calls and attempts as a facility's staff reads them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kinline.calls.models import Call, CallEvent, CallState
from kinline.core.callflow.commands import Disposition
from kinline.core.identity import CallId
from kinline.core.money import Money
from kinline.core.reasons import Audience, Explanation
from kinline.web.explanation import explained
from kinline.web.words import EVENTS, PAYERS


@dataclass(frozen=True, slots=True)
class StaffCall:
    """A call with what staff may know of it. `at` is the facility's local time, without zone, `zone` its name."""

    call_id: CallId
    at: datetime
    zone: str
    facility: str
    unit: str
    station: str
    resident: str
    resident_number: str
    number: str
    outcome: str
    is_live: bool
    is_completed: bool
    is_privileged: bool
    has_recording: bool
    talk_seconds: int
    price_per_minute: Money | None
    charge: Money
    payer: str
    reason: str
    explanation: Explanation | None


def calls_where(where: Q) -> QuerySet[Call]:
    """Every attempt in some places (`people.authority.within`), newest first."""
    return Call.objects.filter(where).select_related("resident", "facility", "unit", "station").order_by("-opened_at")


def as_staff_reads_it(call: Call) -> StaffCall:
    zone = ZoneInfo(call.facility.time_zone)
    opened = datetime.fromtimestamp(call.opened_at / 1000, UTC).astimezone(zone)
    talked = max(call.ended_at - call.accepted_at, 0) // 1000 if call.accepted_at and call.ended_at else 0
    return StaffCall(
        call_id=CallId(call.pk),
        at=opened.replace(tzinfo=None),
        zone=opened.strftime("%Z"),
        facility=call.facility.name,
        unit=call.unit.name if call.unit else "",
        station=call.station.name,
        resident=call.resident.name if call.resident else "",
        resident_number=call.resident.resident_number if call.resident else "",
        number=call.called_party or call.dialled,
        outcome=call.disposition,
        is_live=call.state != CallState.SETTLED,
        is_completed=call.disposition == Disposition.COMPLETED,
        is_privileged=call.is_privileged,
        has_recording=bool(call.recording) and not call.is_privileged,
        talk_seconds=talked,
        price_per_minute=None if call.price_per_minute is None else Money(call.price_per_minute),
        charge=Money(call.charge - call.credited),
        payer=str(PAYERS.get(call.payer, "")),
        reason=call.reason,
        explanation=explained(call, Audience.STAFF),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened during a call, in words: `after` seconds from off-hook."""

    after: float
    what: str
    text: str


def time_line(call: Call) -> list[Step]:
    """What happened, in order."""
    return [
        Step(
            (event.at - call.opened_at) / 1000,
            str(EVENTS.get(event.kind, event.kind)),
            _told(json.loads(event.fields or "{}")),
        )
        for event in CallEvent.objects.filter(call_id=call.pk).order_by("at", "id")
    ]


def _told(fields: dict[str, object]) -> str:
    return " · ".join(f"{name}: {value}" for name, value in fields.items() if value not in (None, ""))
