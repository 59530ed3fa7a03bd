"""What can be asked of facilities: the directory for the wire, the rulebook for a decision."""

from kinline.facilities.queries.directory import (
    Directory,
    LineEntry,
    StationEntry,
    TrunkEntry,
    directory,
    stamp,
    station_by_address,
    station_by_user,
    trunks,
)
from kinline.facilities.queries.price_list import PriceLine, PriceList, plans_on, price_list
from kinline.facilities.queries.rulebook import PlanOffer, Rulebook, StationRules, rulebook

__all__ = [
    "Directory",
    "LineEntry",
    "PlanOffer",
    "PriceLine",
    "PriceList",
    "Rulebook",
    "StationEntry",
    "StationRules",
    "TrunkEntry",
    "directory",
    "plans_on",
    "price_list",
    "rulebook",
    "stamp",
    "station_by_address",
    "station_by_user",
    "trunks",
]
