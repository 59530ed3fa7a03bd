"""Which lists a number stands on: of staff, of victims, blocked, free."""

from collections.abc import Collection
from typing import Final

from django.db.models import Q

from kinline.facilities.models import Facility, NumberRule
from kinline.facilities.models.rules import Treatment

OF_PEOPLE: Final = (Treatment.STAFF, Treatment.FORMER_STAFF, Treatment.VICTIM)
"""Lists of people whom a decision about a contact must know of."""


def notes_on(facilities: Collection[Facility], numbers: Collection[str]) -> tuple[NumberRule, ...]:
    """Every rule at these facilities, of their agencies or of all, that one of the numbers comes under: one query.
    `concerns` tells which is whose."""
    beginnings = {number[:length] for number in numbers for length in range(1, len(number) + 1)}
    here = Q(facility__in=facilities) | Q(agency__in={facility.agency_id for facility in facilities})
    rules = NumberRule.objects.filter(here | Q(facility=None, agency=None), number__in=beginnings)
    return tuple(rules.order_by("pk"))


def concerns(rule: NumberRule, facility: Facility, number: str) -> bool:
    """Whether a rule is one for this number at this facility."""
    is_here = rule.facility_id in (None, facility.pk) and rule.agency_id in (None, facility.agency_id)
    return is_here and (number == rule.number or (rule.is_prefix and number.startswith(rule.number)))


def is_noted(facility: Facility, number: str) -> bool:
    """Whether the number is on a list of people (`OF_PEOPLE`)."""
    rules = notes_on((facility,), (number,))
    return any(rule.treatment in OF_PEOPLE and concerns(rule, facility, number) for rule in rules)
