"""Who looks for a resident is shown no more than the facility allows, and nothing that could be gathered.

Nothing is found by a part of a name. A match is shown as a first name and an initial.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kinline.core.wordsearch import fold

AT_MOST_SHOWN: Final = 5
"""Matches of a name; where there are more, none is shown, as if there were none."""


class SearchBy(StrEnum):
    """What a facility asks of who looks for a resident."""

    NUMBER = "number"
    """Their number; it is enough."""
    NUMBER_AND_NAME = "number_and_name"
    """Their number, and their last name."""
    NAME = "name"
    """Their last name and first name, or their number with the last name."""


@dataclass(frozen=True, slots=True)
class Person:
    """A resident in custody."""

    id: int
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed. Empty: not given."""

    number: str = ""
    first_name: str = ""
    last_name: str = ""


def who_is_shown(by: SearchBy, sought: Sought, people: Iterable[Person]) -> tuple[Person, ...]:
    """Of the facility's residents those that this search may show: none, one, or a handful."""
    number, first, last = fold(sought.number).split(), _words(sought.first_name), _words(sought.last_name)
    found: Sequence[Person] = ()
    if number:
        found = [person for person in people if fold(person.number).split() == number]
        if by is not SearchBy.NUMBER:
            found = [person for person in found if _ends_with(person.name, last)]
    elif by is SearchBy.NAME and first:
        found = [person for person in people if _ends_with(person.name, last) and _words(person.name)[:1] == first[:1]]
    return tuple(found) if len(found) <= AT_MOST_SHOWN else ()


def shown_as(name: str) -> str:
    """`Marcus D.`: enough to know one's own, too little to be gathered."""
    words = name.split()
    return words[0] if len(words) < 2 else f"{words[0]} {words[-1][0]}."


def _ends_with(name: str, last: tuple[str, ...]) -> bool:
    """Whether these whole words are the end of the name, and not all of it."""
    words = _words(name)
    return bool(last) and len(last) < len(words) and words[-len(last) :] == last


def _words(text: str) -> tuple[str, ...]:
    return tuple(fold(text).replace("-", " ").split())
