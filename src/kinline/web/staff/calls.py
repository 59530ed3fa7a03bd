"""Calls and attempts as a facility's staff reads them, and the search among them."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kinline.calls.models import Call, CallEvent, CallState
from kinline.core.callflow.commands import Disposition
from kinline.core.identity import CallId
from kinline.core.money import Money
from kinline.core.reasons import Audience, Explanation
from kinline.facilities.models import Facility
from kinline.web.explanation import explained
from kinline.web.words import DISPOSITIONS, EVENTS, PAYERS


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


class Search(forms.Form):
    """What a reader of the list is looking for; everything may be left open."""

    facility = forms.Field()  # a choice among the reader's own
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("All outcomes")), *DISPOSITIONS.items()]
    )
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    find = forms.CharField(label=_("Resident or number"), required=False, max_length=20)

    def __init__(self, asked: QueryDict, facilities: QuerySet[Facility]) -> None:
        super().__init__(asked)
        self.facilities = facilities
        self.fields["facility"] = forms.ModelChoiceField(
            facilities, label=_("Facility"), required=False, empty_label=_("All facilities")
        )


def calls_where(where: Q) -> QuerySet[Call]:
    """Every attempt in some places (`people.authority.within`), newest first."""
    return Call.objects.filter(where).select_related("resident", "facility", "unit", "station").order_by("-opened_at")


def found(calls: QuerySet[Call], search: Search) -> QuerySet[Call]:
    """Those among `calls` that fit; a field that cannot be read does not narrow."""
    search.is_valid()
    wanted = search.cleaned_data
    if facility := wanted.get("facility"):
        calls = calls.filter(facility=facility)
    if outcome := wanted.get("outcome"):
        calls = calls.filter(disposition=outcome)
    if day := wanted.get("day"):
        calls = calls.filter(_on(day, search.facilities))
    if digits := "".join(filter(str.isalnum, wanted.get("find") or "")):
        calls = calls.filter(Q(resident__resident_number=digits) | Q(called_party__endswith=digits))
    return calls


def _on(day: date, facilities: QuerySet[Facility]) -> Q:
    """That local day, which begins at another instant in each time zone."""
    that_day = Q(pk__in=[])
    for name in set(facilities.values_list("time_zone", flat=True)):
        begin, end = (
            int(datetime.combine(each, time(), ZoneInfo(name)).timestamp() * 1000)
            for each in (day, day + timedelta(days=1))
        )
        that_day |= Q(facility__time_zone=name, opened_at__gte=begin, opened_at__lt=end)
    return that_day


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
