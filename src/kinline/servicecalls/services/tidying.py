"""Orders that nobody took, calls whose switchboard was lost, and rows that are of no more use."""

from typing import Final

from django.db.models import Case, F, Q, QuerySet, Value, When

from kinline.core.identity import Instant
from kinline.core.servicecall.course import Kind, Outcome, Stage
from kinline.core.servicecall.limits import DAY
from kinline.servicecalls.models import ServiceCall

CODES_KEPT: Final = DAY
"""Milliseconds: as long as they count in a limit. They hold numbers and addresses of people who may be nobody's."""
OTHERS_KEPT: Final = 90 * DAY
"""Milliseconds: families compare tests of their phones."""


def tidy_up(at: Instant) -> int:
    """End what is overdue and forget what is old; how many."""
    is_old = Q(kind=Kind.CODE, ordered_at__lt=at - CODES_KEPT) | Q(ordered_at__lt=at - OTHERS_KEPT)
    old = ServiceCall.objects.filter(is_old, stage=Stage.OVER)
    return give_up(ServiceCall.objects.all(), at) + old.delete()[0]


def give_up(calls: QuerySet[ServiceCall], at: Instant) -> int:
    """End those of these that are overdue: not taken, or lost with their switchboard."""
    overdue = calls.exclude(stage=Stage.OVER).filter(due_by__lte=at)
    return overdue.update(
        outcome=Case(When(stage=Stage.ORDERED, then=Value(Outcome.NOT_TAKEN)), default=Value(Outcome.BROKEN_OFF)),
        stage=Stage.OVER,
        ended_at=F("due_by"),
        sealed="",
    )
