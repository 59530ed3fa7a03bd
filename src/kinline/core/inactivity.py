"""When an account that nobody uses is written about and given back (47 CFR 64.6130).

The money stays its owner's for ever: there is no fee, and nothing lapses. Not before 180 days without activity, or a
longer period that a state sets, the balance is given back; the owner has been told before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from kinline.core.identity import Instant

DAY: Final = 86_400_000
LEAST_PERIOD: Final = 180
"""Days (47 CFR 64.6130); a state's period can only be longer."""
NOTICE_BEFORE: Final = (90, 30, 5)
"""Days before the period's end at which the owner is told: on days 90, 150 and 175 of 180."""
_TOLD_FOR: Final = NOTICE_BEFORE[-1] * DAY


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that was given: `day` of inactivity, and when."""

    day: int
    at: Instant


@dataclass(frozen=True, slots=True)
class GiveNotice:
    """Tell the owner now; the balance goes back at `refund_at` unless the account is used before."""

    day: int
    refund_at: Instant


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Refund the balance now."""


def due(last_activity: Instant, told: Collection[Told], period: int, at: Instant) -> GiveNotice | GiveBack | None:
    """What an account's inactivity asks for. A notice that was missed is given late, and the refund waits for it."""
    period = max(period, LEAST_PERIOD)
    ends_at = last_activity + period * DAY
    passed = [period - before for before in NOTICE_BEFORE if at >= ends_at - before * DAY]
    given = {each.day for each in told}
    if passed and passed[-1] not in given:
        first = min((each.at for each in told), default=at)
        return GiveNotice(passed[-1], Instant(max(ends_at, first + _TOLD_FOR)))
    if told and at >= max(ends_at, min(each.at for each in told) + _TOLD_FOR):
        return GiveBack()
    return None
