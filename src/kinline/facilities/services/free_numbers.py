"""Numbers that every resident of a facility may call at nobody's cost: hotlines, and the number of a test call."""

from typing import Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.core.numbering import NotANumber, NumberClass, classify, e164, is_short_code
from kinline.facilities.models import Facility, NumberRule
from kinline.facilities.models.rules import Treatment
from kinline.facilities.services.places import NotAPlace

_KINDS: Final = frozenset({NumberClass.GEOGRAPHIC, NumberClass.TOLL_FREE})
"""Those that cost us little or nothing to reach."""


def make_number_free(
    facility: Facility, number: str, note: str, actor: str, at: Instant, short_code: str = ""
) -> NumberRule:
    """It needs no contact, nobody pays, and it counts in no limit; `short_code` is what residents may dial for it. One
    that is free already stays as it is. Raises `NotAPlace`, also for a code that stands for another number."""
    try:
        written = e164(number)
    except NotANumber as error:
        raise NotAPlace("number") from error
    if classify(written) not in _KINDS:
        raise NotAPlace("number")
    free = NumberRule.objects.filter(facility=facility, treatment=Treatment.FREE)
    with transaction.atomic():
        Facility.objects.select_for_update().get(pk=facility.pk)  # two of the staff give a code one after the other
        if known := free.filter(number=written).first():
            return known
        if short_code and (not is_short_code(short_code) or free.filter(short_code=short_code).exists()):
            raise NotAPlace("short_code")
        terms = {"number": written, "note": note[:200], "short_code": short_code}
        rule = NumberRule.objects.create(facility=facility, treatment=Treatment.FREE, put_by=actor, put_at=at, **terms)
        _write_down(Action.FREE_NUMBER_MADE, facility.pk, actor, at, after=terms)
    return rule


def end_free_number(rule: NumberRule, actor: str, at: Instant) -> None:
    """It is a number as any other again."""
    with transaction.atomic():
        ended, _ = NumberRule.objects.filter(pk=rule.pk, treatment=Treatment.FREE).delete()
        if ended and rule.facility_id is not None:
            terms = {"number": rule.number, "note": rule.note, "short_code": rule.short_code}
            _write_down(Action.FREE_NUMBER_ENDED, rule.facility_id, actor, at, before=terms)


def _write_down(
    action: Action,
    facility: int,
    actor: str,
    at: Instant,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    subject = f"facility/{facility}"
    audit.record(actor, action, subject, at, facility=FacilityId(facility), before=before, after=after)
