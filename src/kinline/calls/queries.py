"""What can be asked about calls: one call's facts, its time line, and the CDRs."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet, Sum

from kinline.calls.account_statement import LATER_CREDITS
from kinline.calls.models import Call, CallEvent, CallState
from kinline.calls.received import Whose
from kinline.calls.vocabulary import Entry
from kinline.core.identity import CallId, FacilityId, Instant
from kinline.core.money import Money
from kinline.ledger.models import Transfer
from kinline.people.models import Customer


def call_facts(call_id: CallId) -> dict[str, Any] | None:
    """Everything about one call as plain values: instants in ISO 8601 (UTC), money in dollars as text; None: no such
    call. The same keys as a row of `cdrs`."""
    call = Call.objects.select_related("resident", "facility", "unit", "station").filter(pk=call_id).first()
    return None if call is None else _facts(call)


def cdrs(
    since: Instant | None = None, until: Instant | None = None, facility: FacilityId | None = None
) -> Iterator[dict[str, Any]]:
    """The settled calls that went off-hook from `since` (included) to `until` (excluded), oldest first."""
    calls = Call.objects.filter(state=CallState.SETTLED)
    if since is not None:
        calls = calls.filter(opened_at__gte=since)
    if until is not None:
        calls = calls.filter(opened_at__lt=until)
    if facility is not None:
        calls = calls.filter(facility=facility)
    calls = calls.select_related("resident", "facility", "unit", "station").order_by("opened_at", "id")
    return (_facts(call) for call in calls.iterator(chunk_size=1000))


def calls_of(customer: Customer) -> QuerySet[Call]:
    """The calls to a customer's numbers and those that their money paid for, newest first. One that was given up
    before a number was dialled belongs to no family."""
    whose = Whose.of(customer)
    theirs = Q(account__in=whose.accounts)
    for number, since in whose.numbers.items():
        theirs |= Q(called_party=number, opened_at__gte=since)
    return Call.objects.filter(theirs).select_related("resident", "facility", "account").order_by("-opened_at")


def credited_later(call_id: CallId) -> Money:
    """What was given back of a call after its end: because it was redialled, or by staff."""
    later = Transfer.objects.filter(call_id=call_id, reason__in=LATER_CREDITS)
    return Money(later.aggregate(sum=Sum("amount"))["sum"] or 0)


def credited_later_of(call_ids: Iterable[int]) -> dict[int, Money]:
    """The same of each of the calls that something was given back of."""
    later = Transfer.objects.filter(call_id__in=list(call_ids), reason__in=LATER_CREDITS)
    return {call: Money(amount) for call, amount in later.values_list("call_id").annotate(sum=Sum("amount"))}


def events_of(call_id: CallId) -> list[Entry]:
    """The call's time line."""
    return [
        Entry(call_id, Instant(event.at), event.kind, json.loads(event.fields or "{}"))
        for event in CallEvent.objects.filter(call_id=call_id).order_by("at", "id")
    ]


def _facts(call: Call) -> dict[str, Any]:
    return {name: told(call) for name, told in _FACTS.items()}


def _mos(call: Call) -> float | None:
    """Of the leg that sounded worse."""
    heard = (json.loads(text)["mos"] for text in (call.quality_resident, call.quality_called_party) if text)
    return min(heard, default=None)


def _time(instant: int | None) -> str | None:
    if instant is None:
        return None
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _dollars(micros: int | None) -> str | None:
    """`1.25`: exact, as text, since a JSON number would be a float."""
    return None if micros is None else Money(micros).plain


_FACTS: Final[Mapping[str, Callable[[Call], Any]]] = {
    "call_id": lambda call: str(call.pk),
    "state": lambda call: call.state,
    "disposition": lambda call: call.disposition or None,
    "reason": lambda call: call.reason or None,
    "ended_by": lambda call: call.ended_by or None,
    "facility": lambda call: call.facility.name,
    "unit": lambda call: call.unit.name if call.unit else None,
    "station": lambda call: call.station.name,
    "resident_number": lambda call: call.resident.resident_number if call.resident else None,
    "dialled": lambda call: call.dialled or None,
    "called_party": lambda call: call.called_party or None,
    "jurisdiction": lambda call: call.jurisdiction or None,
    "language": lambda call: call.language or None,
    "privileged": lambda call: call.is_privileged,
    "payer": lambda call: call.payer or None,
    "opened_at": lambda call: _time(call.opened_at),
    "identified_at": lambda call: _time(call.identified_at),
    "authorised_at": lambda call: _time(call.authorised_at),
    "answered_at": lambda call: _time(call.answered_at),
    "accepted_at": lambda call: _time(call.accepted_at),
    "ended_at": lambda call: _time(call.ended_at),
    "talk_seconds": lambda call: (call.ended_at - call.accepted_at) / 1000 if call.ended_at and call.accepted_at else 0,
    "limit_seconds": lambda call: call.limit_seconds,
    "price_per_minute_usd": lambda call: _dollars(call.price_per_minute),
    "price_at_limit_usd": lambda call: _dollars(call.price_at_limit),
    "billed_seconds": lambda call: call.billed_seconds,
    "charge_usd": lambda call: _dollars(call.charge),
    "taxes_usd": lambda call: _dollars(call.taxes),
    "facility_additive_usd": lambda call: _dollars(call.facility_additive),
    "credited_usd": lambda call: _dollars(call.credited),
    "balance_before_usd": lambda call: _dollars(call.balance_before),
    "balance_after_usd": lambda call: _dollars(call.balance_after),
    "recording": lambda call: call.recording or None,
    "mos": _mos,
    "quality_resident": lambda call: json.loads(call.quality_resident or "null"),
    "quality_called_party": lambda call: json.loads(call.quality_called_party or "null"),
}
"""Each column of a CDR, and how it is told of a call."""

CDR_COLUMNS: Final = tuple(_FACTS)
