"""What can be done to a facility: its prices (only here, since each is held to the law), its phones."""

from kinline.facilities.services.phones import switch_phones
from kinline.facilities.services.prices import (
    AlreadyInForce,
    InThePast,
    NotAPrice,
    OverCap,
    PlanRefused,
    PriceRefused,
    Problem,
    check_rate,
    save_free_minutes,
    save_plan,
    save_rate,
    save_tax,
    stop_plan,
)

__all__ = [
    "AlreadyInForce",
    "InThePast",
    "NotAPrice",
    "OverCap",
    "PlanRefused",
    "PriceRefused",
    "Problem",
    "check_rate",
    "save_free_minutes",
    "save_plan",
    "save_rate",
    "save_tax",
    "stop_plan",
    "switch_phones",
]
