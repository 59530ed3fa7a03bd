"""What is said of one resident about calling: rows as for places, and a copy with the resident for the decision."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.core.policy import FreeCalls, Level, Rules
from kinline.facilities.calling_rules import LATER, calling_rules, stored_rules
from kinline.facilities.models import RuleRow
from kinline.facilities.queries import Course
from kinline.people.models import Resident

FREE: Final = "free_calls"
"""In the JSON of a resident: the calls that they make at nobody's cost, `{"per_week": 2, "per_month": null}`."""


@lru_cache(maxsize=10_000)
def resident_course(text: str) -> Course:
    """What is said of one resident in the course of time, from the JSON of their row."""
    stored = json.loads(text)
    changes = stored.pop(LATER, ())
    stored.pop(FREE, None)
    return Course(
        calling_rules(Level.RESIDENT, stored),
        tuple((Instant(effective), calling_rules(Level.RESIDENT, says)) for effective, says in changes),
    )


@lru_cache(maxsize=10_000)
def resident_free_calls(text: str) -> FreeCalls | None:
    """The resident's own allowance of free calls, from the JSON of their row; few have one."""
    if FREE not in text:
        return None
    stored = json.loads(text).get(FREE)
    return FreeCalls(stored.get("per_week"), stored.get("per_month")) if stored else None


def give_free_calls(
    resident: Resident, per_week: int | None, per_month: int | None, why: str, actor: str, at: Instant
) -> None:
    """So many calls a week and a month at nobody's cost, from the next call on; neither: none any more."""
    with transaction.atomic():
        now = Resident.objects.select_for_update().get(pk=resident.pk)
        before = now.calling_rules.get(FREE)
        given = {name: count for name, count in (("per_week", per_week), ("per_month", per_month)) if count}
        if (before or {}) == given:
            return
        now.calling_rules = {name: said for name, said in now.calling_rules.items() if name != FREE}
        if given:
            now.calling_rules[FREE] = given
        now.save(update_fields=["calling_rules"])
        audit.record(
            actor,
            Action.FREE_CALLS_GIVEN,
            f"resident/{now.pk}",
            at,
            facility=FacilityId(now.facility_id),
            before=before or {},
            after=given,
            reason=why[:300],
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
