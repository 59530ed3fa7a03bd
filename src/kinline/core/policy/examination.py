"""Why a decision is as it is: each question in its order, its answer, and what every level says about it."""

from dataclasses import dataclass

from kinline.core.policy.decision import Allow, Decision, Deny, Limit
from kinline.core.policy.facts import CallFacts, Level
from kinline.core.policy.funds import fund
from kinline.core.policy.limits import LONGEST_CALL, limit, limits
from kinline.core.policy.rules import RULES
from kinline.core.policy.verdict import decide
from kinline.core.reasons import Reason


@dataclass(frozen=True, slots=True)
class Step:
    """A question of policy by its name (`phones_are_open`) and its own answer; None: nothing against the call."""

    question: str
    refusal: Deny | None


@dataclass(frozen=True, slots=True)
class Examination:
    """The decision, all that was asked for it in order, and every limit on the talk, the tightest first.

    The first step that refuses is the decision; steps after it say what would be in the way besides.
    """

    facts: CallFacts
    decision: Decision
    steps: tuple[Step, ...]
    limits: tuple[Limit, ...]

    @property
    def is_allowed(self) -> bool:
        return isinstance(self.decision, Allow)


def examine(facts: CallFacts) -> Examination:
    """The decision of `decide` on these facts, with the chain that led to it."""
    return Examination(
        facts,
        decide(facts),
        tuple(Step(rule.__name__, rule(facts)) for rule in RULES),
        tuple(sorted(limits(facts), key=lambda limit: limit.seconds)),
    )


def obstacles(facts: CallFacts) -> tuple[Deny, ...]:
    """Everything that is in the way of a call, in the order in which it is asked: the first is the decision's reason,
    the others would be next. Empty exactly when the call is allowed."""
    found = [refusal for rule in RULES if (refusal := rule(facts)) is not None]
    # A call that the rules do not allow has no length: then the question is only whether anybody could pay for one.
    longest = Limit(LONGEST_CALL, Reason.TALK_TIME_LIMIT, Level.PLATFORM) if found else limit(facts)
    if isinstance(funded := fund(facts, longest), Deny):
        found.append(funded)
    if facts.network is not None:
        found.append(Deny.because(facts.network, Level.PLATFORM))
    return tuple(found)
