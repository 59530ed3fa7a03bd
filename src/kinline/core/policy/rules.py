"""The rules of stages identify, policy and block, each as one question, in the order in which they are asked."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import and_
from typing import Final

from kinline.core.identity import Instant
from kinline.core.numbering import NumberClass, classify
from kinline.core.policy.decision import Deny
from kinline.core.policy.facts import USUALLY_BARRED, Block, CallFacts, Level, Rules, Standing, Switch
from kinline.core.policy.limits import minutes_used, span_to
from kinline.core.reasons import Reason
from kinline.core.speech import ClockTime, Count, Span
from kinline.core.windows import ALWAYS, day_start, is_open, minute_of_day, opens_at

_HOUR_MS: Final = 3_600_000

NEVER_CALLED: Final = frozenset(
    {
        NumberClass.CARRIER,
        NumberClass.OPERATOR,
        NumberClass.SERVICE_CODE,
        NumberClass.STAR_CODE,
        NumberClass.UNKNOWN,
    }
)
"""Classes that no rule can allow."""

_CLOSED: Final = {
    Level.UNIT: Reason.POLICY_UNIT_CLOSED,
    Level.STATION: Reason.POLICY_STATION_CLOSED,
}

_STANDINGS: Final = {
    Standing.PENDING: Reason.POLICY_CONTACT_PENDING,
    Standing.REJECTED: Reason.POLICY_CONTACT_REJECTED,
    Standing.UNLISTED: Reason.POLICY_NOT_ON_LIST,
    Standing.LIST_FULL: Reason.POLICY_LIST_FULL,
    Standing.SHARED: Reason.POLICY_NUMBER_SHARED,
}

Rule = Callable[[CallFacts], Deny | None]


def resident_is_known(facts: CallFacts) -> Deny | None:
    if not facts.is_active:
        return Deny.because(Reason.IDENTIFY_NOT_ACTIVE, Level.RESIDENT)
    if not facts.is_here:
        return Deny.because(Reason.IDENTIFY_PIN_NOT_HERE, Level.RESIDENT)
    return Deny.because(Reason.IDENTIFY_IN_USE, Level.RESIDENT) if facts.is_on_call else None


def emergency_numbers_are_never_dialled(facts: CallFacts) -> Deny | None:
    emergency = classify(facts.number) is NumberClass.EMERGENCY
    return Deny.because(Reason.POLICY_EMERGENCY_NUMBER, Level.PLATFORM) if emergency else None


def phones_are_on(facts: CallFacts) -> Deny | None:
    for switch, reason in (
        (Switch.LOCKDOWN, Reason.POLICY_LOCKDOWN),
        (Switch.CUT_OFF, Reason.POLICY_CUTOFF),
    ):
        for rules in facts.rules:
            if rules.switch is switch:
                return Deny.because(reason, rules.level)
    return None


def resident_is_not_suspended(facts: CallFacts) -> Deny | None:
    running = [suspension for suspension in facts.suspensions if facts.at < suspension.until]
    if facts.is_hotline or not running:
        return None
    longest = max(running, key=lambda suspension: suspension.until)
    return Deny.because(
        Reason.POLICY_SUSPENDED,
        longest.level,
        retry_at=longest.until,
        wait=Span(span_to(longest.until, facts.at)),
    )


def phones_are_open(facts: CallFacts) -> Deny | None:
    for rules in facts.rules:
        if rules.hours is not None and not is_open(rules.hours, facts.zone, facts.at):
            reason = _CLOSED.get(rules.level, Reason.POLICY_FACILITY_CLOSED)
            opening = _next_opening(facts, facts.at)
            if opening is None:
                return Deny.because(Reason.POLICY_CUTOFF, rules.level)
            return Deny.because(reason, rules.level, retry_at=opening, opens_at=_clock(facts, opening))
    return None


def station_is_allowed(facts: CallFacts) -> Deny | None:
    for rules in facts.rules:
        if rules.own_unit_only and not facts.is_in_own_unit:
            return Deny.because(Reason.POLICY_STATION_NOT_ALLOWED, rules.level)
    return None


def destination_class_is_allowed(facts: CallFacts) -> Deny | None:
    kind = classify(facts.number)
    if kind in NEVER_CALLED:
        return Deny.because(Reason.POLICY_DESTINATION_CLASS, Level.PLATFORM)
    if facts.is_hotline:
        return None
    said = [(rules.barred, rules.level) for rules in facts.rules if rules.barred is not None]
    barring = next((level for barred, level in said or [(USUALLY_BARRED, Level.PLATFORM)] if kind in barred), None)
    if barring is None:
        return None
    abroad = kind is NumberClass.INTERNATIONAL
    return Deny.because(Reason.POLICY_INTERNATIONAL_OFF if abroad else Reason.POLICY_DESTINATION_CLASS, barring)


def number_is_not_forbidden(facts: CallFacts) -> Deny | None:
    return _blocked(facts, "policy")


def number_is_on_the_list(facts: CallFacts) -> Deny | None:
    if facts.is_hotline or facts.standing is Standing.APPROVED:
        return None
    # What staff refused or have not looked at yet stays closed, even where numbers need no approval.
    decided = facts.standing not in (Standing.UNLISTED, Standing.LIST_FULL)
    requiring = next((rules.level for rules in facts.rules if rules.list_required), None)
    if requiring is None and not decided:
        return None
    return Deny.because(_STANDINGS[facts.standing], Level.CONTACT if decided else requiring or Level.FACILITY)


def privilege_is_verified(facts: CallFacts) -> Deny | None:
    unverified = facts.is_privilege_unverified
    return Deny.because(Reason.OFFER_PRIVILEGED_UNVERIFIED, Level.CONTACT) if unverified else None


def attempts_are_not_too_many(facts: CallFacts) -> Deny | None:
    recent = sorted(at for at in facts.usage.attempts_in_hour if at > facts.at - _HOUR_MS)
    for rules in _counting(facts):
        if rules.attempts_per_hour is not None and len(recent) >= rules.attempts_per_hour:
            # The hour frees an attempt when enough of the earliest ones are an hour old.
            freeing = recent[len(recent) - rules.attempts_per_hour] if rules.attempts_per_hour else facts.at
            again_at = Instant(freeing + _HOUR_MS)
            return Deny.because(
                Reason.POLICY_VELOCITY, rules.level, retry_at=again_at, again_at=_clock(facts, again_at)
            )
    return None


def last_call_is_long_ago(facts: CallFacts) -> Deny | None:
    ended_at = facts.usage.last_call_ended_at
    waits = [(rules.wait_seconds, rules.level) for rules in _counting(facts) if rules.wait_seconds is not None]
    if ended_at is None or not waits:
        return None
    wait, level = max(waits, key=lambda pair: pair[0])
    again_at = Instant(ended_at + wait * 1000)
    if facts.at >= again_at:
        return None
    return Deny.because(Reason.POLICY_TOO_SOON, level, retry_at=again_at, again_at=_clock(facts, again_at))


def calls_of_the_day_are_left(facts: CallFacts) -> Deny | None:
    for rules in _counting(facts):
        if rules.calls_per_day is not None and facts.usage.calls_today >= rules.calls_per_day:
            tomorrow = day_start(facts.zone, facts.at, 1)
            return Deny.because(
                Reason.POLICY_DAILY_CALLS,
                rules.level,
                retry_at=_next_opening(facts, tomorrow) or tomorrow,
                calls=Count(rules.calls_per_day),
            )
    return None


def nobody_wished_no_calls(facts: CallFacts) -> Deny | None:
    return _blocked(facts, "block")


RULES: Final[tuple[Rule, ...]] = (
    resident_is_known,
    emergency_numbers_are_never_dialled,
    phones_are_on,
    resident_is_not_suspended,
    phones_are_open,
    station_is_allowed,
    destination_class_is_allowed,
    number_is_not_forbidden,
    number_is_on_the_list,
    privilege_is_verified,
    attempts_are_not_too_many,
    last_call_is_long_ago,
    calls_of_the_day_are_left,
    minutes_used,
    nobody_wished_no_calls,
)
"""Identify, policy, block: the first that refuses gives the reason. Money, price and network come after."""


def _blocked(facts: CallFacts, stage: str) -> Deny | None:
    holding = [b for b in facts.blocks if b.reason.stage == stage and b.holds(facts.number, facts.at)]
    if not holding:
        return None
    gravest = min(holding, key=_gravity)
    return Deny.because(gravest.reason, gravest.level, retry_at=gravest.until)


_GRAVEST_FIRST: Final = (
    Reason.POLICY_NO_CONTACT_ORDER,
    Reason.POLICY_VICTIM,
    Reason.POLICY_STAFF_NUMBER,
    Reason.POLICY_NUMBER_BLOCKED_SECURITY,
    Reason.POLICY_NUMBER_BLOCKED_FACILITY,
)


def _gravity(block: Block) -> int:
    return _GRAVEST_FIRST.index(block.reason) if block.reason in _GRAVEST_FIRST else len(_GRAVEST_FIRST)


def _counting(facts: CallFacts) -> Iterable[Rules]:
    """The levels whose counts apply: none to a hotline."""
    return () if facts.is_hotline else facts.rules


def _next_opening(facts: CallFacts, at: Instant) -> Instant | None:
    every_level = reduce(and_, (rules.hours for rules in facts.rules if rules.hours is not None), ALWAYS)
    return opens_at(every_level, facts.zone, at)


def _clock(facts: CallFacts, at: Instant) -> ClockTime:
    return ClockTime(minute_of_day(facts.zone, at))
