"""What families wish, as calls are decided by it and as they read it."""

import json
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import F

from kinline.contacts.models import Block, BlockedBy, QuietHours, SpendingLimit
from kinline.core import policy
from kinline.core.windows import Hours, stretch
from kinline.people.models import Customer


@lru_cache(maxsize=4096)
def quiet_hours(windows: str, time_zone: str) -> policy.QuietHours:
    """Of the JSON that is stored."""
    stretches = (stretch(weekdays, opens, closes) for weekdays, opens, closes in json.loads(windows))
    return policy.QuietHours(Hours.of(window for each in stretches for window in each), ZoneInfo(time_zone))


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that a customer has said."""

    numbers: tuple[str, ...]
    """Their confirmed numbers."""
    blocks: tuple[Block, ...]
    """In force on these, but a facility's own; with resident and facility."""
    quiet: dict[str, QuietHours]
    """By number."""
    limits: tuple[SpendingLimit, ...]
    """That for all together first; with resident."""
    paused_until: int | None


def wishes_of(customer: Customer) -> Wishes:
    """In a fixed number of questions."""
    verified = customer.numbers.filter(is_verified=True).order_by("number")
    numbers = tuple(verified.values_list("number", flat=True))
    blocks = Block.objects.filter(number__in=numbers, lifted_at=None).exclude(blocked_by=BlockedBy.FACILITY)
    limits = SpendingLimit.objects.filter(customer=customer).select_related("resident__facility")
    return Wishes(
        numbers,
        tuple(blocks.select_related("resident__facility", "facility").order_by("-at", "-pk")),
        {hours.number: hours for hours in QuietHours.objects.filter(number__in=numbers)},
        tuple(limits.order_by(F("resident__name").asc(nulls_first=True))),
        customer.calls_paused_until,
    )
