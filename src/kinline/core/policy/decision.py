"""The answer to "may this call be made?": allowed within limits, or refused for one reason."""

from dataclasses import dataclass
from typing import TypeAlias

from kinline.core.identity import Instant
from kinline.core.policy.facts import Level, Payer, Rules
from kinline.core.reasons import Reason
from kinline.core.speech import Value
from kinline.core.tariff import Tariff


@dataclass(frozen=True, slots=True)
class Ground:
    """The rule on which an answer rests: a field of what one level says."""

    rules: Rules
    rule: str

    @property
    def says(self) -> object:
        """The value of the rule; its type is that of the field."""
        return getattr(self.rules, self.rule)


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest talk, why it ends there (`talk.time_limit`, `schedule_end`, `day_limit`), whose rule it is."""

    seconds: int
    reason: Reason
    decided_by: Level
    ground: Ground | None = None  # None: no level says so, but the platform


@dataclass(frozen=True, slots=True)
class Allow:
    """The call may be made. `funded_seconds` is what the payer's money reaches for, at most the limit."""

    limit: Limit
    tariff: Tariff
    payer: Payer | None  # None: the call is free
    funded_seconds: int
    closes_at: Instant | None = None  # when the phones close, if that is within the longest call

    @property
    def is_free(self) -> bool:
        return self.payer is None


@dataclass(frozen=True, slots=True)
class Deny:
    """The call is refused. `values` fill the placeholders of the reason's texts; it may succeed from `retry_at` on.

    `ground` is the rule that refuses; None where it is no level's rule, but a state of the resident, number or money.
    """

    reason: Reason
    decided_by: Level
    values: tuple[tuple[str, Value], ...] = ()
    retry_at: Instant | None = None
    ground: Ground | None = None

    @classmethod
    def because(cls, reason: Reason, decided_by: Level, /, retry_at: Instant | None = None, **values: Value) -> "Deny":
        return cls(reason, decided_by, tuple(sorted(values.items())), retry_at)

    @classmethod
    def by(cls, rules: Rules, rule: str, reason: Reason, /, retry_at: Instant | None = None, **values: Value) -> "Deny":
        """Refused by a rule of a level."""
        return cls(reason, rules.level, tuple(sorted(values.items())), retry_at, Ground(rules, rule))


Decision: TypeAlias = Allow | Deny
