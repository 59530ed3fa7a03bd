"""What can be asked of facilities: the directory for the wire, the rulebook for a decision."""

from kinline.facilities.queries.directory import (
    Directory,
    LineEntry,
    StationEntry,
    TrunkEntry,
    alarms,
    directory,
    stamp,
    station_by_address,
    station_by_user,
    trunks,
)
from kinline.facilities.queries.levels import Course, Off, StationRules, course_of, level_of
from kinline.facilities.queries.number_notes import OF_PEOPLE, concerns, is_noted, notes_on
from kinline.facilities.queries.price_list import PriceLine, PriceList, plans_on, price_list
from kinline.facilities.queries.rulebook import PlanOffer, Rulebook, rulebook

__all__ = [
    "OF_PEOPLE",
    "Course",
    "Directory",
    "LineEntry",
    "Off",
    "PlanOffer",
    "PriceLine",
    "PriceList",
    "Rulebook",
    "StationEntry",
    "StationRules",
    "TrunkEntry",
    "alarms",
    "concerns",
    "course_of",
    "directory",
    "is_noted",
    "level_of",
    "notes_on",
    "plans_on",
    "price_list",
    "rulebook",
    "stamp",
    "station_by_address",
    "station_by_user",
    "trunks",
]
