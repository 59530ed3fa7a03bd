"""How long requests wait at a facility."""

from typing import Final

from kinline.contacts.models import ContactDecision
from kinline.core.contacts import DAY, Act, WaitingTime, WaitsFor, waiting_time
from kinline.core.identity import FacilityId, Instant

DAYS: Final = 90
"""How far back decisions tell how long the next one takes."""


def expected_waiting(facility: FacilityId | int, at: Instant) -> WaitingTime | None:
    """By the requests that staff decided in the last 90 days; None: they decided none."""
    decided = ContactDecision.objects.filter(
        facility=facility, at__gt=at - DAYS * DAY, at__lte=at, decided_on=WaitsFor.REQUEST.value, waited__isnull=False
    ).exclude(act=Act.WITHDRAW.value)
    return waiting_time([waited or 0 for waited in decided.values_list("waited", flat=True)])
