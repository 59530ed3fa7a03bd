"""Who pays for the call, and for how much of it."""

from dataclasses import dataclass, replace
from typing import Final

from kinline.core.money import ZERO
from kinline.core.policy.decision import Deny, Limit
from kinline.core.policy.facts import Arrangement, CallFacts, Level, Payer
from kinline.core.reasons import Reason
from kinline.core.tariff import FREE, Tariff, affordable_seconds, charge
from kinline.core.windows import day_start

_LEAST_SECONDS: Final = 60
"""A payer must be able to pay for a minute beyond the free ones, however short the call may be. A minute within a plan
whose ceiling is reached costs nothing, so anybody can pay for it."""

_EMPTY: Final = {
    Arrangement.PREPAID: Reason.FUND_INSUFFICIENT,
    Arrangement.DEDICATED: Reason.FUND_INSUFFICIENT,
    Arrangement.RESIDENT_DEBIT: Reason.FUND_RESIDENT_DEBIT_EMPTY,
    Arrangement.DIRECT_BILL: Reason.FUND_CREDIT_LIMIT,
    # No call is refused for want of a bill alone while prepaid and debit are offered (47 CFR 64.6050).
    Arrangement.COLLECT: Reason.FUND_COLLECT_NOT_BILLABLE,
}


@dataclass(frozen=True, slots=True)
class Funded:
    """`payer` (None: free) can pay for `seconds` of talk, and lets no more than `day_seconds` be talked today (None:
    as much as the call may last)."""

    tariff: Tariff
    payer: Payer | None
    seconds: int
    day_seconds: int | None = None


def fund(facts: CallFacts, limit: Limit) -> Funded | Deny:
    """The first payer who can pay for the call; when none can, why the first of them cannot."""
    if facts.is_free or facts.is_hotline or has_free_call(facts):
        return Funded(FREE, None, limit.seconds)
    if isinstance(facts.tariff, Tariff) and facts.tariff.is_free:
        return Funded(facts.tariff, None, limit.seconds)
    answers = [_pays(payer, facts, limit) for payer in facts.payers]
    if (funded := next((answer for answer in answers if isinstance(answer, Funded)), None)) is not None:
        return funded
    if isinstance(facts.tariff, Tariff) and facts.tariff.free_seconds >= min(_LEAST_SECONDS, limit.seconds):
        # Nobody can pay for more than the resident's free minutes, so these are the call.
        return Funded(facts.tariff, None, min(facts.tariff.free_seconds, limit.seconds))
    return answers[0] if answers else Deny.because(Reason.FUND_NO_ACCOUNT, Level.CALLED_PARTY)


def has_free_call(facts: CallFacts) -> bool:
    """Whether the call is one of the free calls that the resident was given."""
    return facts.free_calls is not None and facts.free_calls.is_left(facts.usage)


def _pays(payer: Payer, facts: CallFacts, limit: Limit) -> Funded | Deny:
    tariff = facts.tariff
    if payer.obstacle is not None:
        return Deny.because(payer.obstacle, Level.PLATFORM)
    if isinstance(tariff, Reason):
        return Deny.because(tariff, Level.PLATFORM)
    if payer.plan is not None:
        tariff = replace(tariff, plan=payer.plan)
    needed = charge(tariff, tariff.free_seconds + _LEAST_SECONDS).total
    if payer.spendable >= needed:
        return _within_the_day(payer, tariff, facts, limit)
    reason = _EMPTY[payer.arrangement]
    if reason is Reason.FUND_COLLECT_NOT_BILLABLE:
        return Deny.because(reason, Level.PLATFORM)
    if reason is Reason.FUND_CREDIT_LIMIT:
        return Deny.because(reason, Level.PLATFORM, limit=payer.credit_limit)
    if reason is Reason.FUND_INSUFFICIENT and payer.elsewhere >= needed:
        return Deny.because(Reason.FUND_WRONG_WALLET, Level.PLATFORM, elsewhere=payer.elsewhere)
    return Deny.because(reason, Level.PLATFORM, balance=max(payer.available, ZERO), needed=needed)


def _within_the_day(payer: Payer, tariff: Tariff, facts: CallFacts, limit: Limit) -> Funded | Deny:
    """What the payer can pay for, as far as their own limit for a day lets it."""
    seconds = affordable_seconds(tariff, payer.spendable, limit.seconds)
    if payer.day_rest is None:
        return Funded(tariff, payer, seconds)
    if payer.day_rest < charge(tariff, min(tariff.free_seconds + _LEAST_SECONDS, limit.seconds)).total:
        tomorrow = day_start(facts.zone, facts.at, 1)
        return Deny.because(Reason.FUND_DAY_LIMIT, Level.CALLED_PARTY, retry_at=tomorrow)
    in_the_day = affordable_seconds(tariff, payer.day_rest, limit.seconds)
    return Funded(tariff, payer, min(seconds, in_the_day), in_the_day)
