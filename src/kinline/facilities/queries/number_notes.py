"""Which lists a number stands on: of staff, of victims, blocked, free."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from django.db.models import Q

from kinline.facilities.models import Facility, NumberRule
from kinline.facilities.models.rules import Treatment

OF_PEOPLE: Final = (Treatment.STAFF, Treatment.VICTIM)
"""Lists of people whom a decision about a contact must know of."""


def notes_on(facility: Facility, numbers: Collection[str]) -> Mapping[str, tuple[NumberRule, ...]]:
    """The rules of the facility, or of all, for each of the numbers that has any, in one query."""
    beginnings = {number[:length] for number in numbers for length in range(1, len(number) + 1)}
    here = Q(facility=facility) | Q(facility=None)
    found: dict[str, list[NumberRule]] = defaultdict(list)
    for rule in NumberRule.objects.filter(here, number__in=beginnings).order_by("pk"):
        for number in numbers:
            if number == rule.number or (rule.is_prefix and number.startswith(rule.number)):
                found[number].append(rule)
    return {number: tuple(rules) for number, rules in found.items()}


def is_noted(facility: Facility, number: str) -> bool:
    """Whether the number is on a list of people (`OF_PEOPLE`)."""
    return any(rule.treatment in OF_PEOPLE for rule in notes_on(facility, (number,)).get(number, ()))
