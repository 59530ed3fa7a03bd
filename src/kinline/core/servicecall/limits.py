"""How often a family may be called on request: what keeps the platform from being used to trouble somebody, or to earn
from calls to a number (traffic pumping)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kinline.core.identity import Instant

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` in any stretch of `period` milliseconds."""

    most: int
    period: int


class Counted(StrEnum):
    """What calls are counted for."""

    NUMBER = "number"
    ACCOUNT = "account"
    ADDRESS = "address"
    """The network address that asked: many homes may share one."""


LIMITS: Final = {
    Counted.NUMBER: (Limit(3, 15 * MINUTE), Limit(10, DAY)),
    Counted.ACCOUNT: (Limit(6, HOUR), Limit(15, DAY)),
    Counted.ADDRESS: (Limit(10, HOUR), Limit(40, DAY)),
}
REFUSED_FOR: Final = DAY
"""Milliseconds without any such call after somebody pressed: I did not ask for this."""


def next_at(ordered: Sequence[Instant], limits: Sequence[Limit], at: Instant) -> Instant:
    """When one more may be ordered, `at` or later, after those that were ordered at these times."""
    allowed = at
    for limit in limits:
        within = sorted(time for time in ordered if time > at - limit.period)
        if len(within) >= limit.most:
            allowed = max(allowed, Instant(within[-limit.most] + limit.period))
    return allowed
