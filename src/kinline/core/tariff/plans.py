"""Alternate pricing plans (47 CFR 64.6140): so many minutes of a period for a fixed price, or for less.

A plan of ours is a ceiling: within its minutes a subscriber pays the price by the minute until the plan's price is
reached, and nothing more. So it costs at most the plan's price and never more than the minutes that were used;
nothing is paid in advance, and nothing is lost or owed back when it ends, is cancelled, or the resident is released.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kinline.core.money import ZERO, Money
from kinline.core.tariff.cap import Cap


class Period(StrEnum):
    """What a plan's minutes and price are for: a month at most (47 CFR 64.6140), by the facility's calendar."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class PlanFault(StrEnum):
    """What makes a plan unlawful or pointless."""

    NO_MINUTES = "no_minutes"
    NO_PRICE = "no_price"
    BREAKEVEN_OVER_CAP = "breakeven_over_cap"
    SAVES_NOTHING = "saves_nothing"


@dataclass(frozen=True, slots=True)
class Plan:
    """`minutes` of talk in each `period` for at most `price`, taxes not included."""

    name: str
    price: Money
    minutes: int
    period: Period

    def breakeven(self, per_minute: Money) -> int:
        """The minutes from which on a subscriber pays less than by the minute."""
        return -(-self.price.micros // per_minute.micros) if per_minute > ZERO else 0


def faults_of(plan: Plan, per_minute: Money, cap: Cap | None) -> tuple[PlanFault, ...]:
    """Why a plan cannot be offered beside a price by the minute (additive included) under a cap; none: it can."""
    if plan.minutes < 1:
        return (PlanFault.NO_MINUTES,)
    if plan.price <= ZERO:
        return (PlanFault.NO_PRICE,)
    faults = []
    if cap is not None and plan.price > plan.minutes * cap.per_minute:
        faults.append(PlanFault.BREAKEVEN_OVER_CAP)
    if plan.price >= plan.minutes * per_minute:
        faults.append(PlanFault.SAVES_NOTHING)
    return tuple(faults)


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """What is left of a subscriber's plan in the period: seconds that it covers, and money until they are free."""

    subscription: int
    seconds_left: int
    money_left: Money
    period: str = ""  # its first day, by which what is used of it is counted

    def to_json(self) -> dict[str, int | str]:
        return {
            "subscription": self.subscription,
            "period": self.period,
            "seconds_left": self.seconds_left,
            "money_left": self.money_left.micros,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "PlanStanding":
        match stored:
            case {
                "subscription": int(subscription),
                "seconds_left": int(seconds),
                "money_left": int(money),
                "period": str(period),
            }:
                return cls(subscription, seconds, Money(money), period)
        raise ValueError("this is not a stored plan")


def standing(plan: Plan, subscription: int, seconds_used: int, paid: Money, period: str = "") -> PlanStanding | None:
    """What is left after so much use and pay (taxes not included) in the period; None when its minutes are used up."""
    seconds_left = plan.minutes * 60 - seconds_used
    if seconds_left <= 0:
        return None
    return PlanStanding(subscription, seconds_left, max(plan.price - paid, ZERO), period)
