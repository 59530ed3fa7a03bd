"""Rules tried on the past: what the simulation foretells is what happens when the rules are really said."""

from typing import Any

import pytest
from calls.test_trying import MOTHER, STRANGER, Wing, rules
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import DAY, MINUTE, NOON, hung_up

from kinline.audit.models import AuditEvent
from kinline.calls.models import Call
from kinline.calls.simulation import Otherwise, Outcome, simulate
from kinline.calls.trials import ask, outcome_of, perform_trials
from kinline.core.callflow.events import Authorised
from kinline.core.identity import CallId, FacilityId, Instant
from kinline.core.policy import Level
from kinline.facilities.calling_rules import WrongCallingRules
from kinline.facilities.models import RuleTrial

pytestmark = pytest.mark.django_db

Attempt = tuple[int, str, int]
"""Minutes after the one before, the number, and minutes of talk."""

attempts = st.lists(
    st.tuples(
        st.sampled_from([20, 45, 300, 1440]), st.sampled_from([MOTHER, MOTHER, STRANGER]), st.sampled_from([1, 9, 14])
    ),
    min_size=1,
    max_size=6,
)
MONDAY = Instant(NOON - 11 * DAY)
"""So that a week and a month begin among the attempts."""


@pytest.fixture
def wing() -> Wing:
    return Wing()


def carried_out(wing: Wing, tried: list[Attempt]) -> list[tuple[int, int]]:
    """When each attempt that was allowed was made, and how many seconds of talk it had."""
    at, made = int(MONDAY), []
    for minutes, number, talk in tried:
        at += minutes * MINUTE
        answer = wing.asks(number, Instant(at))
        call = CallId(Call.objects.latest("id").pk)
        if isinstance(answer, Authorised):
            seconds = min(talk * 60, answer.permit.limit_seconds)
            hung_up(call, seconds, Instant(at))
            made.append((at, seconds))
        else:
            Call.objects.filter(pk=call).update(state="settled", ended_at=at, settled_at=at)
    return made


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    says=rules,
    level=st.sampled_from(["facility", "unit", "resident"]),
    tried=attempts,
)
def test_what_is_foretold_is_what_happens(wing: Wing, says: dict[str, Any], level: str, tried: list[Attempt]) -> None:
    place = {"facility": wing.jail, "unit": wing.unit, "resident": wing.resident}[level]
    # The facility says all of it but for what it said before, so that the other rules are never wider.
    says = {"maximum_seconds": 900, "barred": ["premium"], **says} if level == "facility" else says
    until = Instant(NOON + 30 * DAY)
    with transaction.atomic():
        was = carried_out(wing, tried)
        outcome = simulate(Level(level), place.pk, says, MONDAY, until)
        transaction.set_rollback(True)
    with transaction.atomic():
        wing.say(level, says, at=Instant(MONDAY - 1))
        is_now = dict(carried_out(wing, tried))
        transaction.set_rollback(True)
    lost = {each.at for each in outcome.differences if each.otherwise is Otherwise.REFUSED}
    sooner = {each.at: each.seconds for each in outcome.differences if each.otherwise is Otherwise.SHORTER}
    gained = {each.at for each in outcome.differences if each.otherwise is Otherwise.ALLOWED}
    assert outcome.unexplained == 0
    assert outcome.attempts == len(tried)
    foretold = {at: seconds - sooner.get(at, 0) for at, seconds in was if at not in lost}
    assert {at: seconds for at, seconds in is_now.items() if at not in gained} == foretold
    assert gained <= set(is_now)


def test_a_wider_rule_would_have_allowed_what_was_refused(wing: Wing) -> None:
    wing.say("unit", {"calls_per_day": 1}, at=Instant(MONDAY - 1))
    carried_out(wing, [(60, MOTHER, 5), (60, MOTHER, 5), (60, MOTHER, 5)])
    told: list[tuple[int, int]] = []
    outcome = simulate(
        Level.UNIT, wing.unit.pk, {"calls_per_day": 2}, MONDAY, NOON, lambda done, total: told.append((done, total))
    )
    assert outcome.counts == {Otherwise.REFUSED: 0, Otherwise.ALLOWED: 1, Otherwise.SHORTER: 0}
    (difference,) = outcome.differences
    assert (difference.reason, difference.number) == ("policy.daily_calls", MOTHER)
    assert told[-1] == (3, 3)


def test_what_something_else_refused_stays_refused(wing: Wing) -> None:
    carried_out(wing, [(60, "+15045550999", 5)])  # nobody would pay
    assert Call.objects.get().reason == "fund.no_account"
    outcome = simulate(Level.UNIT, wing.unit.pk, {"calls_per_day": 0}, MONDAY, NOON)
    assert (outcome.attempts, sum(outcome.counts.values())) == (1, 0)


def test_a_trial_is_answered_by_the_worker_and_kept(wing: Wing) -> None:
    carried_out(wing, [(60, MOTHER, 5)])
    trial = ask(Level.UNIT, wing.unit.pk, {"calls_per_day": 0}, "user/1", NOON, FacilityId(wing.jail.pk))
    assert outcome_of(trial) is None
    assert perform_trials(NOON) == 1
    assert perform_trials(NOON) == 0
    trial = RuleTrial.objects.get()
    assert (trial.done, trial.total) == (1, 1)
    outcome = outcome_of(trial)
    assert outcome is not None
    assert Outcome.from_json(outcome.to_json()) == outcome
    assert outcome.counts[Otherwise.REFUSED] == 1
    event = AuditEvent.objects.get(action="rules.tried")
    assert (event.subject, event.facility) == (f"unit/{wing.unit.pk}", wing.jail.pk)
    with pytest.raises(WrongCallingRules):
        ask(Level.UNIT, wing.unit.pk, {"loudness": 1}, "user/1", NOON, None)
