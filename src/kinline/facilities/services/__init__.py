"""What can be done to a facility: its prices (only here, since each is held to the law), its phones, rules, notices."""

from kinline.facilities.services.announcing import NotAnnounced, announce, end_announcement
from kinline.facilities.services.phones import facility_of, switch_phones, wake_switchboards
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
from kinline.facilities.services.rules import say_rules

__all__ = [
    "AlreadyInForce",
    "InThePast",
    "NotAPrice",
    "NotAnnounced",
    "OverCap",
    "PlanRefused",
    "PriceRefused",
    "Problem",
    "announce",
    "check_rate",
    "end_announcement",
    "facility_of",
    "save_free_minutes",
    "save_plan",
    "save_rate",
    "save_tax",
    "say_rules",
    "stop_plan",
    "switch_phones",
    "wake_switchboards",
]
