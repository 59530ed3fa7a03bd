"""A shift: calls, refusals, cut-offs, suspensions, who came and went, phones turned off, and phones that failed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from kinline.audit.actions import Action
from kinline.audit.models import AuditEvent
from kinline.calls.models import Call, HistoryEntry
from kinline.core.callflow.commands import Disposition
from kinline.core.identity import Instant, new_call_id
from kinline.core.reasons import Reason
from kinline.facilities.models import Agency, Facility, HousingUnit, Station, StationGroup, Switching
from kinline.people.models import Resident, User

FAULTS: Final = (
    *(Reason.NET_STATION_FAULT, Reason.TALK_MEDIA_DEAD, Reason.TALK_ONE_WAY, Reason.TALK_POOR),
    *(Reason.NET_PLATFORM_FAULT, Reason.TALK_PLATFORM_FAULT),
)
"""Why a call fails for what is ours, not for what somebody did or wished."""
CUT: Final = (Reason.TALK_CUTOFF, Reason.TALK_LOCKDOWN)
TOLD: Final = (
    *(Action.RESIDENT_SUSPENDED, Action.RESIDENT_REINSTATED, Action.RESIDENT_BOOKED, Action.RESIDENT_MOVED),
    *(Action.RESIDENT_RELEASED, Action.RESIDENTS_SEPARATED, Action.RESIDENTS_REUNITED, Action.PIN_RESET),
)
AT_MOST: Final = 500
"""Lines of one kind; a shift with more has its history."""
_WEEK: Final = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What a unit's phones did."""

    unit: str
    attempts: int
    connected: int
    minutes: int


@dataclass(frozen=True, slots=True)
class CutOff:
    at: Instant
    resident: str
    station: str
    reason: str
    who: str
    """Who cut this call off by itself; empty: its phones were turned off."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that was done for or to a resident."""

    at: Instant
    action: Action
    resident: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Switched:
    at: Instant
    place: str
    switch: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Fault:
    station: str
    unit: str
    reason: str
    calls: int


@dataclass(frozen=True, slots=True)
class ShiftReport:
    units: tuple[UnitLine, ...]
    refusals: tuple[tuple[str, int], ...]
    """Reason and how often, the most frequent first."""
    cut_off: tuple[CutOff, ...]
    happenings: tuple[Happening, ...]
    switched: tuple[Switched, ...]
    faults: tuple[Fault, ...]
    silent: tuple[str, ...]
    """Phones from which nobody called in the shift, and somebody did in the week before."""

    @property
    def attempts(self) -> int:
        return sum(each.attempts for each in self.units)

    @property
    def connected(self) -> int:
        return sum(each.connected for each in self.units)


def shift_report(facility: Facility, where: Q, places: Q, begins: Instant, ends: Instant) -> ShiftReport:
    """Of one facility from `begins` to `ends` (not included), as far as the reader may see: `where` for what has a
    facility and a unit, `places` for its units themselves (`people.authority.within`)."""
    calls = Call.objects.filter(where, facility=facility, opened_at__gte=begins, opened_at__lt=ends)
    lines = (
        calls.values("unit__name")
        .annotate(
            attempts=Count("id"),
            connected=Count("id", filter=Q(disposition=Disposition.COMPLETED)),
            talked=Sum(F("ended_at") - F("accepted_at"), filter=Q(accepted_at__isnull=False, ended_at__isnull=False)),
        )
        .order_by("unit__name")
    )
    refused = calls.exclude(disposition__in=("", Disposition.COMPLETED)).values_list("reason").annotate(n=Count("id"))
    faults = (
        calls.filter(reason__in=FAULTS)
        .values_list("station__name", "station__unit__name", "reason")
        .annotate(n=Count("id"))
        .order_by("-n", "station__name")
    )
    here = AuditEvent.objects.filter(facility=facility.pk, at__gte=begins, at__lt=ends).order_by("at", "id")
    residents = dict(_residents(facility, where))
    return ShiftReport(
        tuple(
            UnitLine(line["unit__name"] or "", line["attempts"], line["connected"], (line["talked"] or 0) // 60_000)
            for line in lines
        ),
        tuple(sorted(((reason, n) for reason, n in refused if reason), key=lambda each: (-each[1], each[0]))),
        _cut_off(calls.filter(reason__in=CUT), here),
        _happenings(here, residents),
        _switched(facility, places, begins, ends),
        tuple(Fault(station, unit or "", reason, n) for station, unit, reason, n in faults[:AT_MOST]),
        _silent(facility, where, begins, ends),
    )


def _cut_off(calls: QuerySet[Call], here: QuerySet[AuditEvent]) -> tuple[CutOff, ...]:
    found = list(calls.select_related("resident", "station").order_by("opened_at")[:AT_MOST])
    subjects = [f"call/{call.pk}" for call in found]
    by = dict(here.filter(action=Action.CALL_CUT_OFF, subject__in=subjects).values_list("subject", "actor"))
    names = names_of(by.values())
    return tuple(
        CutOff(
            Instant(call.ended_at or call.opened_at),
            f"{call.resident.name} {call.resident}" if call.resident else "",
            call.station.name,
            call.reason,
            names.get(by.get(f"call/{call.pk}", ""), ""),
        )
        for call in found
    )


def _happenings(here: QuerySet[AuditEvent], residents: Mapping[str, str]) -> tuple[Happening, ...]:
    events = [event for event in here.filter(action__in=TOLD)[: 4 * AT_MOST] if event.subject in residents][:AT_MOST]
    names = names_of(event.actor for event in events)
    return tuple(
        Happening(
            Instant(event.at),
            Action(event.action),
            residents[event.subject],
            names.get(event.actor, event.actor),
            event.reason,
        )
        for event in events
    )


def _residents(facility: Facility, where: Q) -> Iterable[tuple[str, str]]:
    seen = Resident.objects.filter(where, facility=facility).values_list("pk", "name", "resident_number")
    return ((f"resident/{pk}", f"{name} {number}") for pk, name, number in seen)


def _switched(facility: Facility, places: Q, begins: Instant, ends: Instant) -> tuple[Switched, ...]:
    units = list(HousingUnit.objects.filter(places, facility=facility))
    stations = list(Station.objects.filter(facility=facility).filter(Q(unit__in=units) | Q(unit=None)))
    named: dict[tuple[str, int], str] = {("unit", each.pk): each.name for each in units}
    named |= {("station", each.pk): each.name for each in stations}
    named |= {("station_group", each.pk): each.name for each in StationGroup.objects.filter(facility=facility)}
    named[("facility", facility.pk)] = facility.name
    agency: Agency = facility.agency
    named[("agency", agency.pk)] = agency.name
    keys = Q(pk__in=[])
    for level in {level for level, _ in named}:
        keys |= Q(level=level, place__in=[pk for at_level, pk in named if at_level == level])
    rows = list(Switching.objects.filter(keys, at__gte=begins, at__lt=ends).order_by("at", "id")[:AT_MOST])
    names = names_of(row.actor for row in rows)
    return tuple(
        Switched(Instant(row.at), named[row.level, row.place], row.switch, names.get(row.actor, row.actor), row.why)
        for row in rows
    )


def _silent(facility: Facility, where: Q, begins: Instant, ends: Instant) -> tuple[str, ...]:
    own = Call.objects.filter(facility=facility, opened_at__gte=begins, opened_at__lt=ends)
    before = HistoryEntry.objects.filter(
        station=OuterRef("pk"),
        id__gte=new_call_id(Instant(max(begins - _WEEK, 0)), 0),
        id__lt=new_call_id(begins, 0),
    )
    used = Station.objects.filter(where, Exists(before), facility=facility, is_enabled=True)
    heard = set(own.values_list("station", flat=True).distinct())
    return tuple(each.name for each in used.order_by("name") if each.pk not in heard)


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The names of people of the audit trail, by `user/7`."""
    keys = {actor: int(actor.removeprefix("user/")) for actor in set(actors) if actor.removeprefix("user/").isdigit()}
    names = dict(User.objects.filter(pk__in=keys.values()).values_list("pk", "name"))
    return {actor: names[pk] for actor, pk in keys.items() if pk in names}
