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
from kinline.facilities.queries.rulebook import Rulebook, StationRules, rulebook

__all__ = [
    "Directory",
    "LineEntry",
    "Rulebook",
    "StationEntry",
    "StationRules",
    "TrunkEntry",
    "directory",
    "rulebook",
    "stamp",
    "station_by_address",
    "station_by_user",
    "trunks",
]
