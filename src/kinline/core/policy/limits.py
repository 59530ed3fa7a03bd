"""How long the call may last, and which level decides it."""

from collections.abc import Callable, Iterator
from functools import reduce
from operator import and_
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from kinline.core.identity import Instant
from kinline.core.policy.decision import Deny, Ground, Limit
from kinline.core.policy.facts import CallFacts, Level, Rules
from kinline.core.reasons import Reason
from kinline.core.speech import Count, Span
from kinline.core.windows import ALWAYS, closes_at, day_start, month_start, opens_at, week_start

LONGEST_CALL: Final = 4 * 3600
"""Seconds; where no level limits a call, so that no hold and no forgotten call is without end."""

Renewal: TypeAlias = Callable[[ZoneInfo, Instant, int], Instant]


def limit(facts: CallFacts) -> Limit:
    """The tightest of all limits, the widest level among equals, of a call that the rules allow: at least a second."""
    return min(limits(facts), key=lambda limit: limit.seconds)


def closing(facts: CallFacts) -> Instant | None:
    """When the phones close next, by the first level that does; None: not within the longest call."""
    closings = [closes_at(rules.hours, facts.zone, facts.at) for rules in facts.rules if rules.hours is not None]
    soon = [at for at in closings if at is not None and at <= facts.at + 1000 * LONGEST_CALL]
    return min(soon, default=None)


def opening(facts: CallFacts, at: Instant) -> Instant | None:
    """The first instant from `at` on at which the phones of every level are open; None: they never are together."""
    every_level = reduce(and_, (rules.hours for rules in facts.rules if rules.hours is not None), ALWAYS)
    return opens_at(every_level, facts.zone, at)


def minutes_used(facts: CallFacts) -> Deny | None:
    if facts.is_hotline:
        return None
    for rules in facts.rules:
        for rule, allowance, left, renewal in _allowances(rules, facts):
            if left <= 0:
                renewed_at = renewal(facts.zone, facts.at, 1)
                return Deny.by(
                    rules,
                    rule,
                    Reason.POLICY_MINUTES_USED,
                    retry_at=renewed_at,
                    minutes=Count(allowance // 60),
                    wait=Span(span_to(renewed_at, facts.at)),
                )
    return None


def span_to(later: Instant, at: Instant) -> int:
    """Seconds until `later` as a person would say them: whole minutes, from an hour on; up, so as not to be early."""
    seconds = -(-(later - at) // 1000)
    for unit, least in ((86_400, 2 * 86_400), (3_600, 6 * 3_600), (60, 60)):
        if seconds >= least:
            return -(-seconds // unit) * unit
    return seconds


def limits(facts: CallFacts) -> Iterator[Limit]:
    """Every limit on the call, the platform's first, then level by level."""
    yield Limit(LONGEST_CALL, Reason.TALK_TIME_LIMIT, Level.PLATFORM)
    for rules in facts.rules:
        if not facts.is_hotline:
            if rules.maximum_seconds is not None:
                yield _limit(rules, "maximum_seconds", rules.maximum_seconds)
            for rule, _, left, _ in _allowances(rules, facts):
                yield _limit(rules, rule, left)
        if rules.hours is not None and (closing := closes_at(rules.hours, facts.zone, facts.at)) is not None:
            yield _limit(rules, "hours", max((closing - facts.at) // 1000, 1), Reason.TALK_SCHEDULE_END)


def _limit(rules: Rules, rule: str, seconds: int, reason: Reason = Reason.TALK_TIME_LIMIT) -> Limit:
    return Limit(seconds, reason, rules.level, Ground(rules, rule))


def _allowances(rules: Rules, facts: CallFacts) -> Iterator[tuple[str, int, int, Renewal]]:
    """For each allowance of the level: its rule, its seconds, those left of it, and how to tell when it begins anew."""
    used = facts.usage
    for rule, allowance, seconds_used, renewal in (
        ("seconds_per_day", rules.seconds_per_day, used.seconds_today, day_start),
        ("seconds_per_week", rules.seconds_per_week, used.seconds_this_week, week_start),
        ("seconds_per_month", rules.seconds_per_month, used.seconds_this_month, month_start),
    ):
        if allowance is not None:
            yield rule, allowance, allowance - seconds_used, renewal
