"""What a file of the jail's own records changes: who is booked, moves, or is released.

A file is read as rows of text by column; a mapping, kept for each facility, says what its columns and words mean. The
plan is a value: nothing is done here. Planning again after the plan was carried out changes nothing more.

Nobody is released by mistake: a full list with a line whose resident cannot be told releases nobody, a resident with a
bad line stays, and a plan with more releases than the file may cause is stopped as a whole.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from kinline.core.birth_date import NotABirthDate, birth_date


class Mode(StrEnum):
    FULL = "full"
    """The file lists everybody in custody: who is not in it was released."""
    CHANGES = "changes"
    """Each line says what happened to one resident."""


class Act(StrEnum):
    """What a line of changes says."""

    PRESENT = "present"
    """In custody, as the line has it: booked if unknown, moved if elsewhere. A line without an act says this."""
    RELEASE = "release"


class Problem(StrEnum):
    """Why a line changes nothing."""

    NUMBER = "number"
    NAME = "name"
    UNIT = "unit"
    LANGUAGE = "language"
    ACT = "act"
    BIRTH_DATE = "birth_date"
    PIN = "pin"
    TWICE = "twice"
    RELEASE_UNKNOWN = "release_unknown"
    FORM = "form"
    """The line is not a row: it has too few or too many cells."""


FIELDS: Final = ("resident_number", "name", "first_name", "last_name", "birth_date", "unit", "language", "pin", "act")
MOST_NAME: Final = 120
_NUMBER: Final = re.compile(r"[A-Za-z0-9-]{1,20}", re.ASCII)
_PIN: Final = re.compile(r"[0-9]{4,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FileMapping:
    """What a facility's files mean. `columns`: of our fields, the file's column; a field without one is not in it.
    `units`, `languages`, `acts`: the file's words, in lower case, for ours."""

    columns: Mapping[str, str] = field(default_factory=lambda: {name: name for name in FIELDS})
    units: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    acts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file: text by column. Without `cells` it could not be read. `number` counts from 1."""

    number: int
    cells: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Custody:
    """A resident as we have them. `unit` is a name, or "" for none."""

    resident_number: str
    name: str
    unit: str = ""
    language: str = "en"
    is_here: bool = True
    """False: released, known from before."""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a line has a resident. None: the file does not say."""

    resident_number: str
    name: str
    unit: str | None = None
    language: str | None = None
    pin: str | None = None
    birth_date: date | None = None
    """None, too, when the file has it in part only: what is known stays."""


class Kind(StrEnum):
    BOOK = "book"
    RETURN = "return"
    """Booked again."""
    MOVE = "move"
    CORRECT = "correct"
    """Name, birth date or language."""
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Change:
    """`line` is None for a release that a full list causes by its silence."""

    kind: Kind
    line: int | None
    resident_number: str
    name: str
    before: Custody | None
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class Plan:
    """`releases_withheld`: so many residents are missing from a full list with a line that names nobody we can tell."""

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    unchanged: int
    releases_withheld: int = 0

    @property
    def releases(self) -> int:
        return sum(change.kind is Kind.RELEASE for change in self.changes)

    def is_over(self, releases_at_most: int) -> bool:
        """Whether it would release more than one file may."""
        return self.releases > releases_at_most

    def counts(self) -> dict[Kind, int]:
        return {kind: sum(change.kind is kind for change in self.changes) for kind in Kind}


def plan(
    rows: Sequence[Row],
    here: Mapping[str, Custody],
    units: Sequence[str],
    mapping: FileMapping,
    mode: Mode,
    languages: Sequence[str] = ("en", "es"),
    today: date = date.max,
) -> Plan:
    """What the rows change of those in custody (`here`, by resident number) at a facility with these units. Nobody is
    born `today` or later."""
    changes: list[Change] = []
    faults: list[Fault] = []
    named: set[str] = set()
    is_doubtful = False
    unchanged = 0
    for row in rows:
        number = _number(row, mapping)
        if number is None:
            faults.append(Fault(row.number, Problem.FORM if row.cells is None else Problem.NUMBER))
            is_doubtful = True
            continue
        if number in named:
            faults.append(Fault(row.number, Problem.TWICE))
            continue
        named.add(number)
        read = _read(row, number, units, mapping, mode, languages, today)
        if isinstance(read, Problem):
            faults.append(Fault(row.number, read))
            continue
        before = here.get(number)
        change = _change(row.number, number, read, before)
        if isinstance(change, Problem):
            faults.append(Fault(row.number, change))
        elif change:
            changes += change
        else:
            unchanged += 1
    missing = [each for number, each in here.items() if each.is_here and number not in named]
    if mode is Mode.CHANGES:
        missing = []
    if not is_doubtful:
        changes += [Change(Kind.RELEASE, None, each.resident_number, each.name, each) for each in missing]
    return Plan(tuple(changes), tuple(faults), unchanged, len(missing) if is_doubtful else 0)


def _number(row: Row, mapping: FileMapping) -> str | None:
    number = _cell(row, "resident_number", mapping)
    return number if number and _NUMBER.fullmatch(number) else None


def _cell(row: Row, name: str, mapping: FileMapping) -> str | None:
    """The text of a field; None when the file has no such column."""
    column = mapping.columns.get(name)
    found = None if column is None or row.cells is None else row.cells.get(column)
    return None if found is None else " ".join(found.split())


def _read(
    row: Row,
    number: str,
    units: Sequence[str],
    mapping: FileMapping,
    mode: Mode,
    languages: Sequence[str],
    today: date,
) -> Wanted | Problem | None:
    """How the line has the resident; None: released."""
    act = _word(_cell(row, "act", mapping), mapping.acts, tuple(Act)) or Act.PRESENT
    if act not in tuple(Act):
        return Problem.ACT
    if act == Act.RELEASE:
        return None if mode is Mode.CHANGES else Problem.ACT
    name = _name(row, mapping)
    if not name or len(name) > MOST_NAME:
        return Problem.NAME
    unit = _word(_cell(row, "unit", mapping), mapping.units, units)
    if unit and unit not in units:
        return Problem.UNIT
    language = _word(_cell(row, "language", mapping), mapping.languages, languages) or None
    if language is not None and language not in languages:
        return Problem.LANGUAGE
    pin = _cell(row, "pin", mapping) or None
    if pin is not None and not _PIN.fullmatch(pin):
        return Problem.PIN
    try:
        born = birth_date(_cell(row, "birth_date", mapping) or "", today)
    except NotABirthDate:
        return Problem.BIRTH_DATE
    return Wanted(number, name, unit, language, pin, born)


def _word(text: str | None, known: Mapping[str, str], ours: Sequence[str]) -> str | None:
    """Our word for the file's, or the file's own when there is none."""
    if text is None:
        return None
    mapped = known.get(text.lower())
    if mapped is not None:
        return mapped
    return next((each for each in ours if each.lower() == text.lower()), text)


def _name(row: Row, mapping: FileMapping) -> str:
    """In the order in which it is spoken; `Reyes, Daniel` is turned."""
    name = _cell(row, "name", mapping)
    if name:
        last, comma, first = name.partition(",")
        return f"{first.strip()} {last.strip()}".strip() if comma else name
    return f"{_cell(row, 'first_name', mapping) or ''} {_cell(row, 'last_name', mapping) or ''}".strip()


def _change(line: int, number: str, wanted: Wanted | None, before: Custody | None) -> list[Change] | Problem:
    if wanted is None:
        if before is None:
            return Problem.RELEASE_UNKNOWN
        return [Change(Kind.RELEASE, line, number, before.name, before)] if before.is_here else []
    if before is None:
        return [Change(Kind.BOOK, line, number, wanted.name, None, wanted)]
    if not before.is_here:
        return [Change(Kind.RETURN, line, number, wanted.name, before, wanted)]
    changes = []
    if wanted.unit is not None and wanted.unit != before.unit:
        changes.append(Change(Kind.MOVE, line, number, wanted.name, before, wanted))
    is_corrected = (
        wanted.name != before.name
        or wanted.language not in (None, before.language)
        or wanted.birth_date not in (None, before.birth_date)
    )
    if is_corrected:
        changes.append(Change(Kind.CORRECT, line, number, wanted.name, before, wanted))
    return changes
