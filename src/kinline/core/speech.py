"""What is said to a person: phrases of the catalogue by key, with values; `phrases.assembly` makes words of them."""

from dataclasses import dataclass
from typing import TypeAlias

from kinline.core.money import Money


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number spoken as a number: `15` is "fifteen"."""

    number: int


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits and keys spoken one by one: a telephone number, a resident ID, a key to press."""

    digits: str


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in whole seconds: "fifteen minutes", "one minute and thirty seconds"."""

    seconds: int


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day at the facility, `minute` of the day 0..1439: "6 30 p.m."."""

    minute: int


@dataclass(frozen=True, slots=True)
class SpokenName:
    """A name of which there is a recording (`subject` such as `resident/42`, `facility/1`); `text`: as written."""

    subject: str
    text: str


Value: TypeAlias = Money | Count | Digits | Span | ClockTime | SpokenName


@dataclass(frozen=True, slots=True)
class Say:
    """One phrase of the catalogue, by key, with the values its placeholders take."""

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, key: str, /, **values: Value) -> "Say":
        return cls(key, tuple(sorted(values.items())))


Utterance: TypeAlias = tuple[Say, ...]
"""What is said in one go: phrases one after the other."""
