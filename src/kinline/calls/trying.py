"""May this resident call this number at this time? Asked without a call, answered by the code that authorises calls."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from kinline.calls.facts import call_facts, called_number
from kinline.calls.stored import QUESTION, STAMP_AND_NOTED, Stored, gather_by
from kinline.core.identity import CallId, FacilityId, Instant, Language, ResidentId, StationId
from kinline.core.numbering import E164
from kinline.core.policy import (
    CallFacts,
    Deny,
    Examination,
    Level,
    examine,
    place_in_words,
    question_in_words,
    rule_in_words,
    rules_in_words,
)
from kinline.core.reasons import Audience, Reason, explain
from kinline.core.windows import day_start, month_start, week_start
from kinline.facilities.models import Station
from kinline.facilities.queries import rulebook, stamp
from kinline.people.models import Resident

_NO_CALL: Final = CallId(0)

_SUPPOSED: Final = QUESTION.format(
    attempt=f"""'open', '', '', %(resident)s, s.id, s.facility_id, %(day)s, %(week)s, %(month)s, {STAMP_AND_NOTED}
  FROM facilities_station s WHERE s.id = %(station)s"""
)


class NoStation(LookupError):
    """The resident's facility has no phone from which they could call."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The answer; `examination` is None when what was dialled is no number, and nothing else was asked."""

    station: StationId
    number: E164 | None
    refusal: Deny | None
    examination: Examination | None

    @property
    def is_allowed(self) -> bool:
        return self.refusal is None


def may(resident: Resident, dialled: str, at: Instant, station: Station | None = None) -> Tried:
    """What `authorise` would answer if the resident dialled so at that time, with the chain that leads there.

    Without a station it is the first of the resident's unit, else of the facility. Raises `NoStation`. What is known
    of contacts, blocks, money and switches is as it is now; rules and what was used up are those of `at`.
    """
    phone = station or _phone_of(resident)
    facts = supposed_facts(phone, ResidentId(resident.pk), dialled, at, stamp())
    if isinstance(facts, Reason):
        return Tried(StationId(phone.pk), None, Deny.because(facts, Level.PLATFORM), None)
    examination = examine(facts)
    decision = examination.decision
    return Tried(StationId(phone.pk), facts.number, decision if isinstance(decision, Deny) else None, examination)


def supposed_facts(phone: Station, resident: ResidentId, dialled: str, at: Instant, as_of: int) -> CallFacts | Reason:
    """What `authorise` would decide on if the resident dialled so at that time; or why what is dialled is no number.
    `as_of` is the stamp of the rules. Raises `Resident.DoesNotExist`."""
    rules = rulebook(FacilityId(phone.facility_id), as_of)
    stored = _suppose(StationId(phone.pk), resident, dialled, at, rules.zone)
    if stored is None:
        raise Resident.DoesNotExist
    number = called_number(stored, dialled)
    return number if isinstance(number, Reason) else call_facts(_NO_CALL, stored, number, at)


def dialled(number: str) -> str:
    """What would be pressed for a number as a person writes it: `+1 504 555 0123`, `(504) 555-0123`, `*77`."""
    pressed = "".join(key for key in number if key.isdigit() or key in "*#+")
    if pressed.startswith("+1"):
        return pressed[2:]
    return f"011{pressed[1:]}" if pressed.startswith("+") else pressed


def _suppose(station: StationId, resident: ResidentId, dialled: str, at: Instant, zone: ZoneInfo) -> Stored | None:
    """What `gather` would find if the resident dialled now from a station; None when there is no such resident."""
    periods = {"day": day_start(zone, at), "week": week_start(zone, at), "month": month_start(zone, at)}
    return gather_by(_SUPPOSED, resident, dialled, at, {"call": _NO_CALL, "until": at, "station": station, **periods})


def _phone_of(resident: Resident) -> Station:
    phones = Station.objects.filter(facility=resident.facility_id, is_enabled=True).order_by("pk")
    phone = phones.filter(unit=resident.unit_id).first() or phones.first()
    if phone is None:
        raise NoStation(resident.facility_id)
    return phone


@dataclass(frozen=True, slots=True)
class StepInWords:
    question: str
    is_passed: bool
    why: str


@dataclass(frozen=True, slots=True)
class LevelInWords:
    """What one level says, rule by rule."""

    level: Level
    place: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InWords:
    """The whole answer for staff, in one language: what pages, the API and the command show."""

    is_allowed: bool
    reason: str
    """`policy.unit_closed`; empty when allowed."""
    answer: str
    rule: str
    """The rule that decides, with its place: "Unit B: hours Mon-Sun 08:00-21:00"; empty when it is no level's rule."""
    longest_seconds: int | None
    steps: tuple[StepInWords, ...]
    chain: tuple[LevelInWords, ...]


def in_words(tried: Tried, language: Language) -> InWords:
    """The answer as staff read it."""
    examination, refusal = tried.examination, tried.refusal
    limit = examination.limits[0] if examination is not None and refusal is None else None
    ground = refusal.ground if refusal is not None else limit.ground if limit is not None else None
    return InWords(
        is_allowed=refusal is None,
        reason="" if refusal is None else refusal.reason.value,
        answer=_ALLOWED[language] if refusal is None else _why(refusal, language),
        rule="" if ground is None else rule_in_words(ground, language),
        longest_seconds=None if limit is None else limit.seconds,
        steps=tuple(
            StepInWords(
                question_in_words(step.question, language),
                step.refusal is None,
                "" if step.refusal is None else _why(step.refusal, language, with_rule=True),
            )
            for step in (() if examination is None else examination.steps)
        ),
        chain=tuple(
            LevelInWords(rules.level, place_in_words(rules, language), rules_in_words(rules, language))
            for rules in (() if examination is None else examination.facts.rules)
        ),
    )


_ALLOWED = {
    Language.ENGLISH: "Yes. The call would be placed.",
    Language.SPANISH: "Sí. La llamada se haría.",
}


def _why(refusal: Deny, language: Language, *, with_rule: bool = False) -> str:
    text = explain(refusal.reason, Audience.STAFF, language, refusal.values).text
    if with_rule and refusal.ground is not None:
        return f"{text} {rule_in_words(refusal.ground, language)}."
    return text
