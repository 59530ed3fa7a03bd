"""May this call be made? Facts in; out comes `Allow` with its limits or `Deny` with one reason.

The reason is that of the first failing rule in a fixed order: identify, policy, block, fund, tariff, net.
"""

from kinline.core.policy.decision import Allow, Decision, Deny, Ground, Limit
from kinline.core.policy.examination import Examination, Step, examine, obstacles
from kinline.core.policy.facts import (
    USUALLY_BARRED,
    Arrangement,
    Block,
    CallFacts,
    FreeCalls,
    Level,
    Payer,
    QuietHours,
    Rules,
    Separation,
    Standing,
    Suspension,
    Switch,
    Usage,
    kept_apart,
)
from kinline.core.policy.limits import closing, limit, opening
from kinline.core.policy.together import together
from kinline.core.policy.verdict import decide
from kinline.core.policy.wording import place_in_words, question_in_words, rule_in_words, rules_in_words

__all__ = [
    "USUALLY_BARRED",
    "Allow",
    "Arrangement",
    "Block",
    "CallFacts",
    "Decision",
    "Deny",
    "Examination",
    "FreeCalls",
    "Ground",
    "Level",
    "Limit",
    "Payer",
    "QuietHours",
    "Rules",
    "Separation",
    "Standing",
    "Step",
    "Suspension",
    "Switch",
    "Usage",
    "closing",
    "decide",
    "examine",
    "kept_apart",
    "limit",
    "obstacles",
    "opening",
    "place_in_words",
    "question_in_words",
    "rule_in_words",
    "rules_in_words",
    "together",
]
