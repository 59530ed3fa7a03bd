"""All questions in their order, then the limits, then the money: one decision."""

from kinline.core.policy.decision import Allow, Decision, Deny, Limit
from kinline.core.policy.facts import CallFacts, Level
from kinline.core.policy.funds import fund
from kinline.core.policy.limits import closing, limit
from kinline.core.policy.rules import RULES
from kinline.core.reasons import Reason


def decide(facts: CallFacts) -> Decision:
    """The decision on a call, the same for the same facts. Total: every set of facts has an answer."""
    for rule in RULES:
        if (refusal := rule(facts)) is not None:
            return refusal
    longest = limit(facts)
    funded = fund(facts, longest)
    if isinstance(funded, Deny):
        return funded
    if facts.network is not None:
        return Deny.because(facts.network, Level.PLATFORM)
    if funded.payer is None and funded.seconds < longest.seconds:
        longest = Limit(funded.seconds, Reason.TALK_TIME_LIMIT, Level.FACILITY)
    if funded.day_seconds is not None and funded.day_seconds < longest.seconds:
        longest = Limit(funded.day_seconds, Reason.TALK_DAY_LIMIT, Level.CALLED_PARTY)
    return Allow(longest, funded.tariff, funded.payer, funded.seconds, closing(facts))
