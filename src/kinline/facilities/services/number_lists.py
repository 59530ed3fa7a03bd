"""Lists of numbers that an agency keeps (staff, former staff, victims), with who put a number there, and why."""

from typing import Any

from django.db import IntegrityError, transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import Instant
from kinline.core.numbering import E164
from kinline.facilities.models import Agency, NumberRule
from kinline.facilities.models.rules import Treatment


class AlreadyListed(ValueError):
    """The list has the number."""


def list_number(agency: Agency, treatment: Treatment, number: E164, why: str, actor: str, at: Instant) -> NumberRule:
    """Put a number on one of the agency's lists: calls of all its facilities are decided by it at once. Raises
    `AlreadyListed`."""
    rule = NumberRule(agency=agency, treatment=treatment, number=number, note=why, put_by=actor, put_at=at)
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
            audit.record(actor, Action.NUMBER_LISTED, f"agency/{agency.pk}", at, after=_told(rule), reason=why)
    except IntegrityError as error:
        raise AlreadyListed(number) from error
    return rule


def unlist_number(rule: NumberRule, why: str, actor: str, at: Instant) -> None:
    """Take a number off its list; the audit keeps that it was there."""
    with transaction.atomic():
        before = _told(rule)
        rule.delete()
        audit.record(actor, Action.NUMBER_UNLISTED, f"agency/{rule.agency_id}", at, before=before, reason=why)


def _told(rule: NumberRule) -> dict[str, Any]:
    return {"list": str(rule.treatment), "number": rule.number, "put_by": rule.put_by, "note": rule.note}
