"""The rules of stages identify, policy and block, each as one question, in the order in which they are asked."""

from collections.abc import Callable, Iterable
from typing import Final

from kinline.core.identity import Instant
from kinline.core.numbering import E164, Jurisdiction, NumberClass, classify, country_of
from kinline.core.policy.decision import Deny
from kinline.core.policy.facts import USUALLY_BARRED, Block, CallFacts, Level, Rules, Standing, Switch
from kinline.core.policy.limits import minutes_used, opening, span_to
from kinline.core.reasons import Reason
from kinline.core.speech import ClockTime, Count, Span
from kinline.core.windows import closes_at, day_start, is_open, minute_of_day, month_start, week_start

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
    Standing.EXPIRED: Reason.POLICY_CONTACT_EXPIRED,
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
                return Deny.by(rules, "switch", reason)
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
            opens = opening(facts, facts.at)
            if opens is None:
                return Deny.by(rules, "hours", Reason.POLICY_CUTOFF)
            return Deny.by(rules, "hours", reason, retry_at=opens, opens_at=_clock(facts, opens))
    return None


def station_is_allowed(facts: CallFacts) -> Deny | None:
    for rules in facts.rules:
        if rules.own_unit_only and not facts.is_in_own_unit:
            return Deny.by(rules, "own_unit_only", Reason.POLICY_STATION_NOT_ALLOWED)
    return None


def destination_class_is_allowed(facts: CallFacts) -> Deny | None:
    kind = classify(facts.number)
    if kind in NEVER_CALLED:
        return Deny.because(Reason.POLICY_DESTINATION_CLASS, Level.PLATFORM)
    if facts.is_hotline:
        return None
    abroad = kind is NumberClass.INTERNATIONAL
    reason = Reason.POLICY_INTERNATIONAL_OFF if abroad else Reason.POLICY_DESTINATION_CLASS
    said = [rules for rules in facts.rules if rules.barred is not None]
    if not said and kind in USUALLY_BARRED:
        return Deny.because(reason, Level.PLATFORM)
    barring = next((rules for rules in said if rules.barred is not None and kind in rules.barred), None)
    return None if barring is None else Deny.by(barring, "barred", reason)


def destination_is_allowed(facts: CallFacts) -> Deny | None:
    if facts.is_hotline or facts.jurisdiction is None:
        return None
    abroad = facts.jurisdiction is Jurisdiction.INTERNATIONAL
    for rules in facts.rules:
        if rules.destinations is not None and facts.jurisdiction not in rules.destinations:
            reason = Reason.POLICY_INTERNATIONAL_OFF if abroad else Reason.POLICY_DESTINATION_OFF
            return Deny.by(rules, "destinations", reason)
        if abroad and rules.countries is not None and country_of(facts.number) not in rules.countries:
            return Deny.by(rules, "countries", Reason.POLICY_DESTINATION_OFF)
    return None


def number_is_allowed(facts: CallFacts) -> Deny | None:
    if facts.is_hotline:
        return None
    for rules in facts.rules:
        if rules.numbers_blocked and _named(facts.number, rules.numbers_blocked):
            return Deny.by(rules, "numbers_blocked", Reason.POLICY_NUMBER_BLOCKED_FACILITY)
        if rules.numbers_allowed is not None and not _named(facts.number, rules.numbers_allowed):
            return Deny.by(rules, "numbers_allowed", Reason.POLICY_NUMBER_BLOCKED_FACILITY)
    return None


def _named(number: E164, names: tuple[str, ...]) -> bool:
    return any(number.startswith(name[:-1]) if name.endswith("*") else number == name for name in names)


def nobody_kept_apart_is_there(facts: CallFacts) -> Deny | None:
    return Deny.because(Reason.POLICY_KEPT_APART, Level.RESIDENT) if facts.is_kept_apart else None


def number_is_not_forbidden(facts: CallFacts) -> Deny | None:
    return _blocked(facts, "policy")


def number_is_on_the_list(facts: CallFacts) -> Deny | None:
    if facts.is_hotline or facts.standing is Standing.APPROVED:
        return None
    # What staff refused or have not looked at yet stays closed, even where numbers need no approval.
    decided = facts.standing not in (Standing.UNLISTED, Standing.LIST_FULL, Standing.EXPIRED)
    if decided:
        return Deny.because(_STANDINGS[facts.standing], Level.CONTACT)
    requiring = next((rules for rules in facts.rules if rules.list_required), None)
    return None if requiring is None else Deny.by(requiring, "list_required", _STANDINGS[facts.standing])


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
            again = _clock(facts, again_at)
            return Deny.by(rules, "attempts_per_hour", Reason.POLICY_VELOCITY, retry_at=again_at, again_at=again)
    return None


def last_call_is_long_ago(facts: CallFacts) -> Deny | None:
    ended_at = facts.usage.last_call_ended_at
    waits = [(rules.wait_seconds, rules) for rules in _counting(facts) if rules.wait_seconds is not None]
    if ended_at is None or not waits:
        return None
    wait, rules = max(waits, key=lambda pair: pair[0])
    again_at = Instant(ended_at + wait * 1000)
    if facts.at >= again_at:
        return None
    again = _clock(facts, again_at)
    return Deny.by(rules, "wait_seconds", Reason.POLICY_TOO_SOON, retry_at=again_at, again_at=again)


def calls_of_the_day_are_left(facts: CallFacts) -> Deny | None:
    for rules in _counting(facts):
        if rules.calls_per_day is not None and facts.usage.calls_today >= rules.calls_per_day:
            tomorrow = day_start(facts.zone, facts.at, 1)
            return Deny.by(
                rules,
                "calls_per_day",
                Reason.POLICY_DAILY_CALLS,
                retry_at=opening(facts, tomorrow) or tomorrow,
                calls=Count(rules.calls_per_day),
            )
    return None


def calls_of_week_and_month_are_left(facts: CallFacts) -> Deny | None:
    used = facts.usage
    for rules in _counting(facts):
        for rule, calls, made, renewal in (
            ("calls_per_week", rules.calls_per_week, used.calls_this_week, week_start),
            ("calls_per_month", rules.calls_per_month, used.calls_this_month, month_start),
        ):
            if calls is not None and made >= calls:
                renewed_at = renewal(facts.zone, facts.at, 1)
                wait = Span(span_to(renewed_at, facts.at))
                reason = Reason.POLICY_CALLS_USED
                return Deny.by(rules, rule, reason, retry_at=renewed_at, calls=Count(calls), wait=wait)
    return None


def nobody_wished_no_calls(facts: CallFacts) -> Deny | None:
    return _blocked(facts, "block")


def called_party_is_not_at_rest(facts: CallFacts) -> Deny | None:
    quiet = facts.quiet
    if quiet is None or facts.is_hotline or not is_open(quiet.hours, quiet.zone, facts.at):
        return None
    ends_at = closes_at(quiet.hours, quiet.zone, facts.at)
    return Deny.because(Reason.BLOCK_QUIET_HOURS, Level.CALLED_PARTY, retry_at=ends_at)


RULES: Final[tuple[Rule, ...]] = (
    resident_is_known,
    emergency_numbers_are_never_dialled,
    phones_are_on,
    resident_is_not_suspended,
    phones_are_open,
    station_is_allowed,
    destination_class_is_allowed,
    destination_is_allowed,
    number_is_not_forbidden,
    number_is_allowed,
    nobody_kept_apart_is_there,
    number_is_on_the_list,
    privilege_is_verified,
    attempts_are_not_too_many,
    last_call_is_long_ago,
    calls_of_the_day_are_left,
    calls_of_week_and_month_are_left,
    minutes_used,
    nobody_wished_no_calls,
    called_party_is_not_at_rest,
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


def _clock(facts: CallFacts, at: Instant) -> ClockTime:
    return ClockTime(minute_of_day(facts.zone, at))
