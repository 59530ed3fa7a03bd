"""When a call is given back without being asked for, and how much: bad sound, and a drop that had to be redialled.

A credit is at most what the call cost and was not given back before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kinline.core.identity import Instant, Side
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.core.reasons.catalogue import CATALOGUE
from kinline.core.reasons.entry import Charging

LEAST_PACKETS: Final = 250
"""Five seconds of sound (20 ms a packet): less is not enough to judge a leg by."""
SET_UP_SECONDS: Final = 60
"""What a drop takes from the family is the beginning of the next call: finding the thread again."""


@dataclass(frozen=True, slots=True)
class CreditRule:
    """What a facility has decided, or the defaults. R below 50, a MOS of 2.58, is "not recommended" by ITU-T G.109."""

    below_mos: float = 2.58
    redial_seconds: int = 120
    """Between the end of a dropped call and the permit of the next; 0: no credit."""
    redials_a_day: int = 3
    """For one resident, so that hanging up each minute makes no call free."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One leg as it was measured."""

    packets: int
    mos: float


@dataclass(frozen=True, slots=True)
class DroppedCall:
    """A call that may have been dropped: what is known of it when the same resident calls the same number again."""

    ended_by: Side | None
    reason: Reason
    ended_at: Instant
    charge: Money
    credited: Money
    set_up_minute: Money
    """What its first minute cost."""


def is_credited(reason: Reason) -> bool:
    """Whether the charge of a call that ended so is given back at once."""
    return CATALOGUE[reason].charging is Charging.CREDITED


def ended_with(reason: Reason, legs: Iterable[Sound], rule: CreditRule) -> Reason:
    """The reason itself, or that the sound was poor, where the talk would be charged and one side could hardly hear."""
    if CATALOGUE[reason].charging is Charging.TALK and any(_is_poor(leg, rule) for leg in legs):
        return Reason.TALK_POOR
    return reason


def redial_credit(first: DroppedCall, again_at: Instant, credited_today: int, rule: CreditRule) -> Money:
    """What is given back of a call that the called side lost and the resident dialled again: its set-up minute.

    A mobile that loses its network ends a call like one who hangs up; that somebody dials again at once tells them
    apart. `credited_today`: how often this resident's calls were so credited today.
    """
    is_drop = first.ended_by is Side.CALLED_PARTY and first.reason is Reason.TALK_HANGUP_CALLED
    is_redial = 0 <= again_at - first.ended_at <= rule.redial_seconds * 1000
    if not is_drop or not is_redial or not rule.redial_seconds or credited_today >= rule.redials_a_day:
        return ZERO
    return at_most(first.set_up_minute, first.charge, first.credited)


def at_most(wanted: Money, charge: Money, credited: Money) -> Money:
    """`wanted`, cut to what of a charge was not given back yet."""
    return max(min(wanted, charge - credited), ZERO)


def _is_poor(leg: Sound, rule: CreditRule) -> bool:
    return leg.packets >= LEAST_PACKETS and leg.mos < rule.below_mos
