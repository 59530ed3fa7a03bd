"""Trying rules before they are said: asked on a page, answered by the worker, which tells how far it is."""

import time
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.calls.simulation import DAY, DAYS, Outcome, simulate
from kinline.core.identity import FacilityId, Instant
from kinline.core.policy import Level
from kinline.facilities.calling_rules import calling_rules
from kinline.facilities.models import RuleTrial

_ABANDONED_AFTER: Final = 60_000
_TELL_EVERY: Final = 0.5
_KEPT: Final = 90 * DAY


def ask(
    level: Level, place: int, says: Mapping[str, Any], actor: str, at: Instant, facility: FacilityId | None
) -> RuleTrial:
    """Try what a level could say on the attempts of the last thirty days. Raises `WrongCallingRules`."""
    calling_rules(level, says)
    trial = RuleTrial.objects.create(
        level=level, place=place, says=dict(says), asked_at=at, actor=actor, since=at - DAYS * DAY, until=at
    )
    audit.record(actor, Action.RULES_TRIED, f"{level}/{place}", at, facility=facility, after=dict(says))
    return trial


def outcome_of(trial: RuleTrial) -> Outcome | None:
    """What it found; None: not known yet."""
    return None if trial.outcome is None else Outcome.from_json(trial.outcome)


def perform_trials(at: Instant) -> int:
    """Answer the trials that wait, and those whose worker fell silent; forget those of long ago. How many."""
    RuleTrial.objects.filter(asked_at__lt=at - _KEPT).delete()
    answered = 0
    while (trial := _taken(at)) is not None:
        trial.outcome = simulate(
            Level(trial.level), trial.place, trial.says, Instant(trial.since), Instant(trial.until), _Telling(trial)
        ).to_json()
        trial.save(update_fields=["outcome"])
        answered += 1
    return answered


def _taken(at: Instant) -> RuleTrial | None:
    """One that nobody else works on."""
    free = Q(worked_on_at=None) | Q(worked_on_at__lt=at - _ABANDONED_AFTER)
    for trial in RuleTrial.objects.filter(free, outcome__isnull=True).order_by("pk"):
        if RuleTrial.objects.filter(free, pk=trial.pk, outcome__isnull=True).update(worked_on_at=at):
            return trial
    return None


class _Telling:
    """Writes how far a trial is, a few times a second at most."""

    def __init__(self, trial: RuleTrial) -> None:
        self._trial = trial
        self._told = 0.0

    def __call__(self, done: int, total: int) -> None:
        if done < total and time.monotonic() - self._told < _TELL_EVERY:
            return
        self._told = time.monotonic()
        now = time.time_ns() // 1_000_000
        RuleTrial.objects.filter(pk=self._trial.pk).update(done=done, total=total, worked_on_at=now)
