"""The places and residents that have rules: which of them a member of staff may see or rule."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from kinline.core.identity import FacilityId, Instant, Language
from kinline.core.policy import Level, Rules, Switch, place_in_words, rules_in_words
from kinline.facilities.models import Agency, Facility, HousingUnit, RuleRow, Station, StationGroup
from kinline.facilities.models.places import Ruled
from kinline.facilities.queries import Course, course_of, level_of
from kinline.facilities.services import facility_of
from kinline.people.authority import roles_of
from kinline.people.models import PROVIDER_ROLES, Resident, User
from kinline.people.permissions import GRANTS, Permission
from kinline.people.resident_rules import course_of_resident
from kinline.web.staff.access import facilities_where, within

Somebody = User | AnonymousUser
Place = Ruled | Resident

_MODELS: dict[Level, type[HousingUnit] | type[StationGroup] | type[Station]] = {
    Level.UNIT: HousingUnit,
    Level.STATION_GROUP: StationGroup,
    Level.STATION: Station,
}


def place_where(user: Somebody, permission: Permission, level: Level, pk: int) -> Place | None:
    """The place of a level, if the user may do this there; for an agency, in the whole of it."""
    match level:
        case Level.AGENCY:
            roles = roles_of(user).filter(role__in=GRANTS[permission])
            everywhere = Q(role__in=PROVIDER_ROLES) | Q(agency=pk, facility=None)
            return Agency.objects.filter(pk=pk).first() if roles.filter(everywhere).exists() else None
        case Level.FACILITY:
            return facilities_where(user, permission).filter(pk=pk).first()
        case Level.UNIT:
            return HousingUnit.objects.filter(within(user, permission, unit="pk"), pk=pk).first()
        case Level.STATION_GROUP:
            here = facilities_where(user, permission)
            return StationGroup.objects.filter(facility__in=here, pk=pk).first()
        case Level.STATION:
            return Station.objects.filter(within(user, permission), pk=pk).first()
        case Level.RESIDENT:
            return Resident.objects.filter(within(user, permission), pk=pk).first()
        case _:
            return None


def seen_place(user: Somebody, level: Level, pk: int) -> Place | None:
    """Also the levels above a place that they may see: those rule it too."""
    found = place_where(user, Permission.SEE_RULES, level, pk)
    if found is not None or level not in (Level.AGENCY, Level.FACILITY):
        return found
    partly = facilities_where(user, Permission.SEE_RULES, partly=True)
    if level is Level.AGENCY:
        return Agency.objects.filter(facilities__in=partly, pk=pk).first()
    return partly.filter(pk=pk).first()


def level_of_place(place: Place) -> Level:
    return Level.RESIDENT if isinstance(place, Resident) else level_of(place)


def facility_id_of(place: Place) -> FacilityId | None:
    return FacilityId(place.facility_id) if isinstance(place, Resident) else facility_of(place)


def zone_of(place: Place) -> str:
    """The clock of the place; of an agency that of its first facility."""
    if isinstance(place, Agency):
        return str(place.facilities.order_by("pk").values_list("time_zone", flat=True).first() or "UTC")
    if isinstance(place, Facility):
        return place.time_zone
    facility = Facility.objects.filter(pk__in=[facility_id_of(place)])
    return facility.values_list("time_zone", flat=True)[0]


def course_of_place(place: Place) -> Course:
    return course_of_resident(place) if isinstance(place, Resident) else course_of(place)


def rows_of(place: Place) -> list[RuleRow]:
    """Every row that the place ever said, the newest first."""
    return list(RuleRow.objects.filter(level=level_of_place(place), place=place.pk).order_by("-effective", "-id"))


def name_of(place: Place, language: Language) -> str:
    return place_in_words(Rules(level_of_place(place), str(place)), language)


@dataclass(frozen=True, slots=True)
class RuledPlace:
    """A line of the overview: a level, what it says now, and how its switch stands."""

    level: Level
    pk: int
    name: str
    rules: tuple[str, ...]
    switch: str
    switch_reason: str


def overview(facility: Facility, user: Somebody, at: Instant, language: Language) -> Iterator[RuledPlace]:
    """The agency, the facility, and of what is in it all that the user may see, from the widest to the narrowest."""
    mine = within(user, Permission.SEE_RULES)
    units = HousingUnit.objects.filter(within(user, Permission.SEE_RULES, unit="pk"), facility=facility)
    groups = StationGroup.objects.filter(facility=facility)
    stations = Station.objects.filter(mine, facility=facility)
    for places in (
        (facility.agency, facility),
        units.order_by("name"),
        groups.order_by("name"),
        stations.order_by("name"),
    ):
        for place in places:
            yield RuledPlace(
                level_of(place),
                place.pk,
                name_of(place, language),
                rules_in_words(_without_switch(course_of(place).at(at)), language),
                place.switch,
                place.switch_reason,
            )


def _without_switch(rules: Rules) -> Rules:
    return replace(rules, switch=Switch.ON)
