"""The values of a reason's placeholders as JSON, for the call's row."""

import json
from collections.abc import Iterable

from kinline.core.money import Money
from kinline.core.speech import ClockTime, Count, Digits, Span, SpokenName, Value

Values = tuple[tuple[str, Value], ...]


class NotValues(ValueError):
    """This is not what `to_text` writes."""


def to_text(values: Iterable[tuple[str, Value]]) -> str:
    """`{"wait": ["Span", 60]}`; empty for no values."""
    written = {name: _written(value) for name, value in values}
    return json.dumps(written) if written else ""


def from_text(text: str) -> Values:
    """The opposite of `to_text`. Raises `NotValues`."""
    return tuple((name, _read(value)) for name, value in json.loads(text).items()) if text else ()


def _written(value: Value) -> list[str | int]:
    match value:
        case Money(micros):
            return ["Money", micros]
        case Count(number):
            return ["Count", number]
        case Digits(digits):
            return ["Digits", digits]
        case Span(seconds):
            return ["Span", seconds]
        case ClockTime(minute):
            return ["ClockTime", minute]
        case SpokenName(subject, text):
            return ["SpokenName", subject, text]


def _read(written: list[str | int]) -> Value:
    match written:
        case ["Money", int(micros)]:
            return Money(micros)
        case ["Count", int(number)]:
            return Count(number)
        case ["Digits", str(digits)]:
            return Digits(digits)
        case ["Span", int(seconds)]:
            return Span(seconds)
        case ["ClockTime", int(minute)]:
            return ClockTime(minute)
        case ["SpokenName", str(subject), str(text)]:
            return SpokenName(subject, text)
    raise NotValues(repr(written))
