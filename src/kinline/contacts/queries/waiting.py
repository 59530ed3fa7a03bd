"""How long requests wait at a facility."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from django.db.models import Q, QuerySet

from kinline.contacts.models import ContactDecision
from kinline.core.contacts import DAY, Act, WaitingTime, WaitsFor, waiting_time
from kinline.core.identity import FacilityId, Instant
from kinline.facilities.models import Facility

DAYS: Final = 90
"""How far back decisions tell how long the next one takes."""


def expected_waiting(facility: FacilityId | int, at: Instant) -> WaitingTime | None:
    """By the requests that staff decided in the last 90 days; None: they decided none."""
    return waiting_times([facility], at).get(facility)


def waiting_times(facilities: Collection[FacilityId | int] | QuerySet[Facility], at: Instant) -> dict[int, WaitingTime]:
    """As `expected_waiting`, of each facility of which it can be told."""
    decided = ContactDecision.objects.filter(
        facility__in=facilities,
        at__gt=at - DAYS * DAY,
        at__lte=at,
        decided_on=WaitsFor.REQUEST.value,
        waited__isnull=False,
    ).exclude(act=Act.WITHDRAW.value)
    waits: defaultdict[int, list[int]] = defaultdict(list)
    for facility, waited in decided.values_list("facility", "waited"):
        waits[facility].append(waited or 0)
    return {facility: found for facility, each in waits.items() if (found := waiting_time(each))}


def waits_longer_than_usual(usual: Mapping[int, WaitingTime], at: Instant) -> Q:
    """Contacts whose request waits longer than nine of ten did at their facility. Where nothing was decided, none."""
    overdue = Q(pk__in=())
    for facility, waited in usual.items():
        overdue |= Q(resident__facility=facility, waiting_since__lt=at - waited.ninety)
    return overdue & Q(waits_for=WaitsFor.REQUEST.value, frozen_at=None)
