"""What is stored of facilities: places, wires, prices and rules."""

from kinline.facilities.models.announcements import Announcement
from kinline.facilities.models.places import Agency, Facility, HousingUnit, OpeningHours, Station, StationGroup
from kinline.facilities.models.prices import FreeMinutesRow, PlanRow, TariffRow, TaxRow
from kinline.facilities.models.rules import NumberRule, RuleRow, RuleTrial, Switching
from kinline.facilities.models.stamp import Stamp
from kinline.facilities.models.visiting import VisitingRules
from kinline.facilities.models.wires import Line, Trunk

__all__ = [
    "Agency",
    "Announcement",
    "Facility",
    "FreeMinutesRow",
    "HousingUnit",
    "Line",
    "NumberRule",
    "OpeningHours",
    "PlanRow",
    "RuleRow",
    "RuleTrial",
    "Stamp",
    "Station",
    "StationGroup",
    "Switching",
    "TariffRow",
    "TaxRow",
    "Trunk",
    "VisitingRules",
]
