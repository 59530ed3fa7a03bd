"""What the levels of places say, one under the other, and from when on: read once for each stamp."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from kinline.core.identity import Instant, StationId
from kinline.core.policy import Level, Rules, Switch
from kinline.core.reasons import Reason
from kinline.core.windows import Hours, Window
from kinline.facilities.calling_rules import calling_rules
from kinline.facilities.models import (
    Agency,
    Facility,
    HousingUnit,
    OpeningHours,
    RuleRow,
    Station,
    StationGroup,
    Switching,
)
from kinline.facilities.models.places import Ruled


@dataclass(frozen=True, slots=True)
class Course:
    """What one level says in the course of time: its rules, and the instants from which later ones hold."""

    first: Rules
    changes: tuple[tuple[Instant, Rules], ...] = ()

    def at(self, at: Instant) -> Rules:
        index = bisect_right(self.changes, at, key=lambda change: change[0])
        return self.changes[index - 1][1] if index else self.first


@dataclass(frozen=True, slots=True)
class Off:
    """Why running calls must end: talk.lockdown or talk.cutoff; and when, after a time signal."""

    reason: Reason
    ends_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class StationRules:
    """What agency, facility, unit, group and station say at one station, the widest level first."""

    unit: int | None
    courses: tuple[Course, ...]
    off: Off | None
    """Whether its phones are turned off now, at whatever level."""
    changes: tuple[Instant, ...]
    """When something at some level changes, in order."""
    chains: tuple[tuple[Rules, ...], ...]
    """What all say before the first change, and from each change on."""

    def at(self, at: Instant) -> tuple[Rules, ...]:
        """The rules in force at an instant."""
        return self.chains[bisect_right(self.changes, at)]

    @classmethod
    def of(cls, unit: int | None, courses: tuple[Course, ...], off: Off | None) -> "StationRules":
        changes = tuple(sorted({at for course in courses for at, _ in course.changes}))
        before_all = Instant(-1)
        chains = tuple(tuple(course.at(at) for course in courses) for at in (before_all, *changes))
        return cls(unit, courses, off, changes, chains)


LEVELS: Mapping[type[Ruled], Level] = {
    Agency: Level.AGENCY,
    Facility: Level.FACILITY,
    HousingUnit: Level.UNIT,
    StationGroup: Level.STATION_GROUP,
    Station: Level.STATION,
}


def level_of(place: Ruled) -> Level:
    return LEVELS[type(place)]


def course_of(place: Ruled) -> Course:
    """What a place says, without those above and below it."""
    hours = Hours.of(Window(row.weekday, row.opens, row.closes) for row in _windows(place))
    rows = RuleRow.objects.filter(level=level_of(place), place=place.pk).order_by("effective", "id")
    return _course(place, hours, rows)


def station_rules(facility: Facility) -> Mapping[StationId, StationRules]:
    """Of every station of a facility."""
    units = {unit.pk: unit for unit in HousingUnit.objects.filter(facility=facility)}
    groups = {group.pk: group for group in StationGroup.objects.filter(facility=facility)}
    stations = list(Station.objects.filter(facility=facility))
    places: list[Ruled] = [facility.agency, facility, *units.values(), *groups.values(), *stations]
    windows: dict[tuple[Level, int], list[Window]] = defaultdict(list)
    for open_ in OpeningHours.objects.filter(facility=facility):
        of_unit = (Level.UNIT, open_.unit_id) if open_.unit_id else (Level.FACILITY, facility.pk)
        key = (Level.STATION, open_.station_id) if open_.station_id else of_unit
        windows[key].append(Window(open_.weekday, open_.opens, open_.closes))
    here = _here(places)
    rows: dict[tuple[Level, int], list[RuleRow]] = defaultdict(list)
    for row in RuleRow.objects.filter(here).order_by("effective", "id"):
        rows[Level(row.level), row.place].append(row)
    switchings = {(Level(each.level), each.place): each for each in Switching.objects.filter(here).order_by("at", "id")}
    courses = {
        (level_of(place), place.pk): _course(
            place,
            Hours.of(windows[level_of(place), place.pk]),
            rows[level_of(place), place.pk],
        )
        for place in places
    }
    found = {}
    for station in stations:
        above: list[Ruled | None] = [
            facility.agency,
            facility,
            units.get(station.unit_id or 0),
            groups.get(station.group_id or 0),
            station,
        ]
        chain = [place for place in above if place is not None]
        found[StationId(station.pk)] = StationRules.of(
            station.unit_id, tuple(courses[level_of(each), each.pk] for each in chain), _off(chain, switchings)
        )
    return found


def _course(place: Ruled, hours: Hours, rows: Iterable[RuleRow]) -> Course:
    level, switch = level_of(place), Switch(place.switch)
    first = calling_rules(level, place.calling_rules, switch, hours if hours.spans else None, str(place))
    later = ((Instant(row.effective), calling_rules(level, row.says, switch, None, str(place))) for row in rows)
    return Course(first, tuple(later))


def _off(chain: Sequence[Ruled], switchings: Mapping[tuple[Level, int], Switching]) -> Off | None:
    """The gravest switch; of several that end calls, the first end."""
    off = [place for place in chain if Switch(place.switch) is not Switch.ON]
    if not off:
        return None
    locked = any(Switch(place.switch) is Switch.LOCKDOWN for place in off)
    ends = [_ends_at(switchings.get((level_of(place), place.pk)), Switch(place.switch)) for place in off]
    at_once = [end for end in ends if end is None]
    return Off(Reason.TALK_LOCKDOWN if locked else Reason.TALK_CUTOFF, None if at_once else min(e for e in ends if e))


def _ends_at(last: Switching | None, switch: Switch) -> Instant | None:
    if last is None or last.switch != switch or not last.signal_seconds:
        return None
    return Instant(last.at + last.signal_seconds * 1000)


def _here(places: Iterable[Ruled]) -> Q:
    by_level: dict[Level, list[int]] = defaultdict(list)
    for place in places:
        by_level[level_of(place)].append(place.pk)
    where = Q(pk__in=[])
    for level, keys in by_level.items():
        where |= Q(level=level, place__in=keys)
    return where


def _windows(place: Ruled) -> Iterable[OpeningHours]:
    match place:
        case Facility():
            return OpeningHours.objects.filter(facility=place, unit=None, station=None)
        case HousingUnit():
            return OpeningHours.objects.filter(unit=place)
        case Station():
            return OpeningHours.objects.filter(station=place)
    return ()
