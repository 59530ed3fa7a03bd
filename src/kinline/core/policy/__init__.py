"""May this call be made? Facts in; out comes `Allow` with its limits or `Deny` with one reason.

The reason is that of the first failing rule in a fixed order: identify, policy, block, fund, tariff, net.
"""

from kinline.core.policy.decision import Allow, Decision, Deny, Limit
from kinline.core.policy.facts import (
    USUALLY_BARRED,
    Arrangement,
    Block,
    CallFacts,
    Level,
    Payer,
    Rules,
    Standing,
    Suspension,
    Switch,
    Usage,
)
from kinline.core.policy.funds import fund
from kinline.core.policy.limits import closing, limit
from kinline.core.policy.rules import RULES
from kinline.core.reasons import Reason

__all__ = [
    "USUALLY_BARRED",
    "Allow",
    "Arrangement",
    "Block",
    "CallFacts",
    "Decision",
    "Deny",
    "Level",
    "Limit",
    "Payer",
    "Rules",
    "Standing",
    "Suspension",
    "Switch",
    "Usage",
    "closing",
    "decide",
]


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
    return Allow(longest, funded.tariff, funded.payer, funded.seconds, closing(facts))
