"""What can be done to a facility: its prices (only here, since each is held to the law), its phones, rules, notices."""

from kinline.facilities.services.announcing import NotAnnounced, announce, end_announcement
from kinline.facilities.services.free_numbers import end_free_number, make_number_free
from kinline.facilities.services.number_lists import AlreadyListed, list_number, unlist_number
from kinline.facilities.services.phones import facility_of, switch_phones, wake_switchboards
from kinline.facilities.services.places import (
    NewStation,
    NotAPlace,
    change_facility,
    change_station,
    make_agency,
    make_facility,
    make_station,
    make_unit,
    new_station_password,
    rename_unit,
    station_group,
)
from kinline.facilities.services.price_refusals import (
    AlreadyInForce,
    DearerToday,
    InThePast,
    NotAPrice,
    OverCap,
    PlanRefused,
    PriceRefused,
    Problem,
)
from kinline.facilities.services.prices import (
    check_rate,
    check_tax,
    save_free_minutes,
    save_plan,
    save_rate,
    save_tax,
    stop_plan,
)
from kinline.facilities.services.rules import say_rules
from kinline.facilities.services.visiting import say_visiting_rules
from kinline.facilities.services.wires import set_trunk

__all__ = [
    "AlreadyInForce",
    "AlreadyListed",
    "DearerToday",
    "InThePast",
    "NewStation",
    "NotAPlace",
    "NotAPrice",
    "NotAnnounced",
    "OverCap",
    "PlanRefused",
    "PriceRefused",
    "Problem",
    "announce",
    "change_facility",
    "change_station",
    "check_rate",
    "check_tax",
    "end_announcement",
    "end_free_number",
    "facility_of",
    "list_number",
    "make_agency",
    "make_facility",
    "make_number_free",
    "make_station",
    "make_unit",
    "new_station_password",
    "rename_unit",
    "save_free_minutes",
    "save_plan",
    "save_rate",
    "save_tax",
    "say_rules",
    "say_visiting_rules",
    "set_trunk",
    "station_group",
    "stop_plan",
    "switch_phones",
    "unlist_number",
    "wake_switchboards",
]
