"""What is ruled about money that goes back: longer periods of states, and where a facility's residents get theirs."""

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.core.inactivity import LEAST_PERIOD
from kinline.facilities.models import Facility
from kinline.refunds.models import ReleaseRule, StatePeriod, Way


@transaction.atomic
def set_state_period(state: str, days: int, source: str, actor: str, at: Instant) -> None:
    """A state wants unused money to stay for so many days; `source` says where it is written. 180 or less: nothing
    longer than 47 CFR 64.6130, and its row is gone."""
    before = StatePeriod.objects.select_for_update().filter(state=state).first()
    if days > LEAST_PERIOD:
        StatePeriod.objects.update_or_create(state=state, defaults={"days": days, "source": source[:200]})
    else:
        StatePeriod.objects.filter(state=state).delete()
    audit.record(
        actor,
        Action.STATE_PERIOD_SET,
        f"state/{state}",
        at,
        before=None if before is None else {"days": before.days, "source": before.source},
        after={"days": max(days, LEAST_PERIOD), "source": source[:200]},
    )


@transaction.atomic
def set_release_way(facility: Facility, way: Way, actor: str, at: Instant) -> None:
    """How residents of a facility get their own money when they leave, from now on."""
    before = ReleaseRule.objects.select_for_update().filter(facility=facility).first()
    ReleaseRule.objects.update_or_create(facility=facility, defaults={"way": way})
    audit.record(
        actor,
        Action.RELEASE_RULE_SET,
        f"facility/{facility.pk}",
        at,
        facility=FacilityId(facility.pk),
        before=None if before is None else {"way": before.way},
        after={"way": way.value},
    )
