"""How much a number without an account may owe for collect calls from a facility."""

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.facilities.models import Facility

MOST = Money.parse("100.00")


@transaction.atomic
def set_collect_allowance(facility: FacilityId, allowance: Money, actor: str, at: Instant, reason: str) -> None:
    """From the next call on; nothing: no collect calls. Whether the actor may is for the caller to know.

    Raises `ValueError` for less than nothing, or more than a hundred dollars.
    """
    if not ZERO <= allowance <= MOST:
        raise ValueError(f"an allowance is from nothing to {MOST}")
    found = Facility.objects.select_for_update().get(pk=facility)
    before, found.collect_allowance = Money(found.collect_allowance), allowance.micros
    if before == allowance:
        return
    found.save(update_fields=["collect_allowance"])
    audit.record(
        actor,
        Action.COLLECT_ALLOWANCE_SET,
        f"facility/{facility}",
        at,
        facility=facility,
        before={"collect_allowance": str(before)},
        after={"collect_allowance": str(allowance)},
        reason=reason,
    )
