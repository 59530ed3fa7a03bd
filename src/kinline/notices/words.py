"""The words of a notice, in the language of who reads it, and the values that they take."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from babel.dates import format_date

from kinline.core.contacts import ContactReason, explain_decision
from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.core.reasons import Audience, Reason, explain
from kinline.notices.kinds import Kind

Value: TypeAlias = Money | date | int | str | Reason | ContactReason

GIVEN: Final = frozenset({"name", "site"})
"""Placeholders that every notice may have and nobody has to fill."""
_FOLDER: Final = Path(__file__).parent / "words"
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_LOCALES: Final = {Language.ENGLISH: "en_US", Language.SPANISH: "es_US"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice as it is read."""

    subject: str
    text: str


@cache
def words(kind: Kind, language: Language) -> Letter:
    """As they are written, with their placeholders."""
    subject, _, text = (_FOLDER / f"{kind}.{language}.txt").read_text("utf-8").partition("\n")
    return Letter(subject, text.strip() + "\n")


@cache
def placeholders(kind: Kind, language: Language = Language.ENGLISH) -> frozenset[str]:
    """What the notice must be told, besides what is always given."""
    letter = words(kind, language)
    return frozenset(_PLACEHOLDER.findall(letter.subject + letter.text)) - GIVEN


def letter(kind: Kind, language: Language, values: Mapping[str, Value]) -> Letter:
    """The notice with its values, in the language's way."""
    written = {name: _written(value, language) for name, value in values.items()}
    plain = words(kind, language)
    subject, text = (_PLACEHOLDER.sub(lambda found: written[found[1]], part) for part in (plain.subject, plain.text))
    return Letter(subject, text)


def to_text(values: Mapping[str, Value]) -> str:
    """As it is stored."""
    return json.dumps({name: _stored(value) for name, value in values.items()}, ensure_ascii=False)


def from_text(text: str) -> dict[str, Value]:
    return {name: _read(*stored) for name, stored in json.loads(text).items()}


def _stored(value: Value) -> tuple[str, int | str]:
    match value:
        case Money(micros):
            return "money", micros
        case Reason():
            return "reason", value.value
        case ContactReason():
            return "contact_reason", value.value
        case date():
            return "day", value.isoformat()
        case int():
            return "count", value
        case str():
            return "text", value
    raise TypeError(f"{type(value).__name__} has no place in a notice")


def _read(kind: str, stored: int | str) -> Value:
    match kind:
        case "money":
            return Money(int(stored))
        case "reason":
            return Reason(str(stored))
        case "contact_reason":
            return ContactReason(str(stored))
        case "day":
            return date.fromisoformat(str(stored))
        case _:
            return stored


def _written(value: Value, language: Language) -> str:
    match value:
        case Reason():
            explained = explain(value, Audience.FAMILY, language)
            return f"{explained.text} {explained.remedy}".rstrip()
        case ContactReason():
            decision = explain_decision(value, language)
            return f"{decision.text} {decision.remedy}".rstrip()
        case date():
            return format_date(value, "long", _LOCALES[language])
        case _:
            return " ".join(str(value).split())  # one line: a name cannot add a header or a paragraph
