"""Saying rules: each change is a row with the instant from which it holds."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import Instant
from kinline.core.policy import Rules
from kinline.facilities.calling_rules import calling_rules, stored_rules
from kinline.facilities.models import RuleRow
from kinline.facilities.models.places import Ruled
from kinline.facilities.queries.levels import course_of, level_of
from kinline.facilities.services.phones import facility_of


def say_rules(
    place: Ruled, says: Mapping[str, Any], actor: str, why: str, at: Instant, effective: Instant | None = None
) -> Rules:
    """From `effective` on (at once without it, and never earlier) the place says this, and nothing of what it said
    before. Raises `WrongCallingRules`."""
    level, since = level_of(place), max(at, effective or at)
    rules = calling_rules(level, says, place=str(place))
    with transaction.atomic():
        before = course_of(place).at(since)
        RuleRow.objects.create(
            level=level,
            place=place.pk,
            says=stored_rules(rules),
            effective=since,
            written_at=at,
            actor=actor,
            why=why,
        )
        audit.record(
            actor,
            Action.RULES_SAID,
            f"{place._meta.model_name}/{place.pk}",
            at,
            facility=facility_of(place),
            before=stored_rules(before),
            after={**stored_rules(rules), "effective": since},
            reason=why,
        )
    return rules
