"""Who may not call, until when and why; and what was suspended and lifted in a time."""

import json
from dataclasses import dataclass

from django.db.models import Q

from kinline.audit.actions import Action
from kinline.audit.models import AuditEvent
from kinline.core.identity import Instant
from kinline.facilities.models import Facility
from kinline.people.models import Resident, ResidentStatus
from kinline.reports.shift import names_of


@dataclass(frozen=True, slots=True)
class Suspended:
    """Somebody who may not call now."""

    resident: str
    unit: str
    until: Instant
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """A suspension that began or was lifted. `until`: None when it was lifted."""

    at: Instant
    resident: str
    until: Instant | None
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class SuspensionReport:
    now: tuple[Suspended, ...]
    changes: tuple[Change, ...]


def suspension_report(facility: Facility, where: Q, since: Instant, until: Instant, at: Instant) -> SuspensionReport:
    """As far as the reader may see (`where`, by facility and unit); the changes from `since` to `until`."""
    here = Resident.objects.filter(where, facility=facility).select_related("unit")
    suspended = here.filter(status=ResidentStatus.ACTIVE, suspended_until__gt=at).order_by("name", "pk")
    seen = {f"resident/{each.pk}": each for each in here}
    events = [
        event
        for event in AuditEvent.objects.filter(
            facility=facility.pk,
            at__gte=since,
            at__lt=until,
            action__in=(Action.RESIDENT_SUSPENDED, Action.RESIDENT_REINSTATED),
        ).order_by("at", "id")
        if event.subject in seen
    ]
    names = names_of(event.actor for event in events)
    return SuspensionReport(
        tuple(
            Suspended(_named(each), str(each.unit or ""), Instant(each.suspended_until or 0), each.suspension_reason)
            for each in suspended
        ),
        tuple(
            Change(
                Instant(event.at),
                _named(seen[event.subject]),
                _until(event),
                event.reason,
                names.get(event.actor, event.actor),
            )
            for event in events
        ),
    )


def _named(resident: Resident) -> str:
    return f"{resident.name} {resident.resident_number}"


def _until(event: AuditEvent) -> Instant | None:
    said = json.loads(event.after or "{}").get("suspended_until")
    return None if said is None else Instant(int(said))
