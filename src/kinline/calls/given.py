"""Talk that cost families nothing because their agency gave it: the figures of the provider's invoice to the agency."""

from collections import defaultdict
from dataclasses import dataclass

from kinline.calls.models import Call, CallState
from kinline.calls.priced import charged
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class GivenTalk:
    """Of one facility in a span of time. `seconds` cost families nothing; `owed` is what the agency's price makes of
    them."""

    facility: FacilityId
    calls: int
    seconds: int
    owed: Money


def given_talk(since: Instant, until: Instant) -> tuple[GivenTalk, ...]:
    """The talk that agencies give and pay for, of calls that began from `since` on and before `until`, by facility."""
    calls, seconds, owed = defaultdict[int, int](int), defaultdict[int, int](int), defaultdict[int, Money](lambda: ZERO)
    paying = Call.objects.filter(
        state=CallState.SETTLED, opened_at__gte=since, opened_at__lt=until, tariff__contains='"agency_price"'
    )
    for call in paying.iterator():
        cost = charged(call)
        if cost is None or not cost.owed_by_agency.micros:
            continue
        calls[call.facility_id] += 1
        seconds[call.facility_id] += cost.free_seconds or cost.seconds
        owed[call.facility_id] += cost.owed_by_agency
    return tuple(
        GivenTalk(FacilityId(facility), count, seconds[facility], owed[facility])
        for facility, count in sorted(calls.items())
    )
