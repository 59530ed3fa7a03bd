"""The rules of a facility as a family reads them before it pays: of the same rulebook by which calls are decided."""

from dataclasses import dataclass
from datetime import date, timedelta

from kinline.core.identity import Instant, Language
from kinline.core.policy import Level, Rules, Switch, rules_in_words, together
from kinline.core.windows import Spans, closes_at, is_open, opens_at
from kinline.facilities.models import Facility, VisitingRules
from kinline.facilities.queries.levels import course_of
from kinline.facilities.queries.rulebook import Rulebook

AHEAD = 60
"""Days of which it is said that they are out of turn."""
_DAY_ONE = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Day:
    """A weekday (Monday is 0) or a date out of turn, and its minutes."""

    weekday: int
    spans: Spans
    on: date | None = None


@dataclass(frozen=True, slots=True)
class UnitRules:
    """What a unit adds to the rules of the facility."""

    name: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What agency and facility say together, now. `week` is empty where the phones are always open."""

    rules: Rules
    is_open: bool
    changes_at: Instant | None
    """When they open, or close, next, as far as hours tell."""
    week: tuple[Day, ...]
    out_of_turn: tuple[Day, ...]
    units: tuple[UnitRules, ...]
    visiting: str

    @property
    def is_off(self) -> bool:
        """Staff turned the phones off; nobody knows until when."""
        return self.rules.switch is not Switch.ON


def house_rules(facility: Facility, book: Rulebook, language: Language, at: Instant) -> HouseRules:
    """Of a facility and its rulebook."""
    chains = [station.at(at) for station in book.stations.values()]
    wide = chains[0] if chains else (course_of(facility.agency).at(at), course_of(facility).at(at))
    rules = together(each for each in wide if each.level in (Level.AGENCY, Level.FACILITY))
    units = {each.place: each for chain in chains for each in chain if each.level is Level.UNIT}
    said = [UnitRules(name, rules_in_words(unit, language)) for name, unit in sorted(units.items())]
    hours = rules.hours
    opened = rules.switch is Switch.ON and (hours is None or is_open(hours, book.zone, at))
    changes_at = None
    if hours is not None:
        changes_at = (closes_at if is_open(hours, book.zone, at) else opens_at)(hours, book.zone, at)
    return HouseRules(
        rules=rules,
        is_open=opened,
        changes_at=changes_at,
        week=_week(rules),
        out_of_turn=_out_of_turn(rules, book.local_day(at)),
        units=tuple(unit for unit in said if unit.says),
        visiting=_visiting(facility, language),
    )


def _week(rules: Rules) -> tuple[Day, ...]:
    if rules.hours is None or rules.hours.is_always:
        return ()
    plain = type(rules.hours)(rules.hours.spans)
    monday = 4  # 1970-01-05
    return tuple(Day(weekday, plain.day(monday + weekday)) for weekday in range(7))


def _out_of_turn(rules: Rules, today: date) -> tuple[Day, ...]:
    if rules.hours is None:
        return ()
    dated = ((_DAY_ONE + timedelta(days=day), spans) for day, spans in rules.hours.exceptions)
    coming = (today, today + timedelta(days=AHEAD))
    return tuple(Day(day.weekday(), spans, day) for day, spans in dated if coming[0] <= day <= coming[1])


def _visiting(facility: Facility, language: Language) -> str:
    """In the reader's language, else in another: better than nothing."""
    texts = dict(VisitingRules.objects.filter(facility=facility).values_list("language", "text"))
    return texts.get(language.value) or next(iter(texts.values()), "")
