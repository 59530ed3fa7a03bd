"""What is said of one resident about calling: rows as for places, and a copy with the resident for the decision."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.core.policy import Level, Rules
from kinline.facilities.calling_rules import LATER, calling_rules, stored_rules
from kinline.facilities.models import RuleRow
from kinline.facilities.queries import Course
from kinline.people.models import Resident


@lru_cache(maxsize=10_000)
def resident_course(text: str) -> Course:
    """What is said of one resident in the course of time, from the JSON of their row."""
    stored = json.loads(text)
    changes = stored.pop(LATER, ())
    return Course(
        calling_rules(Level.RESIDENT, stored),
        tuple((Instant(effective), calling_rules(Level.RESIDENT, says)) for effective, says in changes),
    )


def course_of_resident(resident: Resident) -> Course:
    return resident_course(json.dumps(resident.calling_rules))


def say_rules_of(
    resident: Resident, says: Mapping[str, Any], actor: str, why: str, at: Instant, effective: Instant | None = None
) -> Rules:
    """From `effective` on (at once without it, and never earlier) these are the resident's own rules, and no others.
    Raises `WrongCallingRules`."""
    since = max(at, effective or at)
    rules = calling_rules(Level.RESIDENT, says)
    with transaction.atomic():
        resident = Resident.objects.select_for_update().get(pk=resident.pk)
        RuleRow.objects.create(
            level=Level.RESIDENT,
            place=resident.pk,
            says=stored_rules(rules),
            effective=since,
            written_at=at,
            actor=actor,
            why=why,
        )
        before = stored_rules(course_of_resident(resident).at(since))
        rows = RuleRow.objects.filter(level=Level.RESIDENT, place=resident.pk).order_by("effective", "id")
        later = [[row.effective, row.says] for row in rows]
        resident.calling_rules = {**resident.calling_rules, LATER: later}
        resident.save(update_fields=["calling_rules"])
        audit.record(
            actor,
            Action.RULES_SAID,
            f"resident/{resident.pk}",
            at,
            facility=FacilityId(resident.facility_id),
            before=before,
            after={**stored_rules(rules), "effective": since},
            reason=why,
        )
    return rules
