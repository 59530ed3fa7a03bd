"""A reason in words that one of its audiences can read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, assert_never

from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.core.reasons.catalogue import CATALOGUE
from kinline.core.reasons.catalogue.shared import FOR_RESIDENT, NEUTRAL, NEUTRAL_REMEDY
from kinline.core.reasons.entry import Action, Audience
from kinline.core.reasons.reason import Reason
from kinline.core.speech import ClockTime, Count, Digits, Span, SpokenName, Value


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened, what can be done, and the button that does it (`Action.NONE`: there is none)."""

    text: str
    remedy: str
    action: Action


def explain(
    reason: Reason, audience: Audience, language: Language, values: Iterable[tuple[str, Value]] = ()
) -> Explanation:
    """The reason for an audience, its placeholders filled from `values`; a sentence without its value is left out.

    To the family, protected reasons (an order of no contact, a victim, staff, security) all read the same.
    """
    entry = CATALOGUE[reason]
    if audience is Audience.RESIDENT:
        text, remedy, action = entry.resident, FOR_RESIDENT[entry.retry], Action.NONE
    elif audience is Audience.STAFF:
        text, remedy, action = entry.staff, entry.staff_remedy, Action.NONE
    elif entry.is_protected:
        text, remedy, action = NEUTRAL, NEUTRAL_REMEDY, Action.CONTACT_FACILITY
    else:
        text, remedy, action = entry.family, entry.remedy, entry.action
    known = dict(values)
    return Explanation(
        _filled(text.in_language(language), language, known),
        _filled(remedy.in_language(language), language, known),
        action,
    )


def foresee(reason: Reason, language: Language, values: Iterable[tuple[str, Value]] = ()) -> Explanation:
    """What is in the way of a call that nobody has tried yet, for the family; otherwise like `explain`."""
    told = explain(reason, Audience.FAMILY, language, values)
    entry = CATALOGUE[reason]
    if entry.foreseen is None or entry.is_protected:
        return told
    return replace(told, text=_filled(entry.foreseen.in_language(language), language, dict(values)))


_SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+")
_PLACEHOLDER: Final = re.compile(r"\{(\w+)(?::([^|}]+)\|([^}]+))?\}")


def _filled(text: str, language: Language, values: Mapping[str, Value]) -> str:
    def fill(found: re.Match[str]) -> str:
        value = values[found[1]]
        noun = "" if found[2] is None else f" {found[2] if value == Count(1) else found[3]}"
        return written(value, language) + noun

    return " ".join(
        re.sub(r"\.\.$", ".", _PLACEHOLDER.sub(fill, sentence))  # "6:30 p.m." has brought its own full stop
        for sentence in _SENTENCE_END.split(text)
        if all(found[1] in values for found in _PLACEHOLDER.finditer(sentence))
    )


def written(value: Value, language: Language) -> str:
    """A value as it is read: `$2.10`, `6:30 p.m.`, `las 6:30 p. m.`, `2 hours 5 minutes`."""
    match value:
        case Money():
            return str(value)
        case Count(number):
            return str(number)
        case Digits(digits):
            return digits
        case Span(seconds):
            return _span(seconds, language)
        case ClockTime(minute):
            return _clock(minute, language)
        case SpokenName(_, text):
            return text
    assert_never(value)


_UNITS: Final[dict[Language, tuple[tuple[int, str, str], ...]]] = {
    Language.ENGLISH: (
        (86_400, "day", "days"),
        (3_600, "hour", "hours"),
        (60, "minute", "minutes"),
        (1, "second", "seconds"),
    ),
    Language.SPANISH: (
        (86_400, "día", "días"),
        (3_600, "hora", "horas"),
        (60, "minuto", "minutos"),
        (1, "segundo", "segundos"),
    ),
}


def _span(seconds: int, language: Language) -> str:
    parts = []
    for size, one, many in _UNITS[language]:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {one if count == 1 else many}")
    return " ".join(parts[:2]) or f"0 {_UNITS[language][-1][2]}"


def _clock(minute: int, language: Language) -> str:
    hour, past = divmod(minute, 60)
    shown = f"{hour % 12 or 12}:{past:02d}"
    if language is Language.SPANISH:
        article = "la" if hour % 12 == 1 else "las"
        return f"{article} {shown} {'a. m.' if hour < 12 else 'p. m.'}"
    return f"{shown} {'a.m.' if hour < 12 else 'p.m.'}"
