"""Lists of contacts that a facility kept before, taken from a file: line by line, bad lines named, nothing lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import transaction

from kinline.contacts.errors import NotAskable
from kinline.contacts.services.asking import request_contact
from kinline.core.contacts import AskProblem, Relationship, Source
from kinline.core.identity import Instant
from kinline.core.numbering import NotANumber, e164
from kinline.facilities.models import Facility
from kinline.people.models import Resident, User

COLUMNS: Final = ("resident_number", "number", "name", "relationship")
MOST_LINES: Final = 500


class LineProblem(StrEnum):
    """Why a line put nothing on a list; besides these, `core.contacts.AskProblem`."""

    FORM = "form"
    RESIDENT = "resident"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What came of a line; `problem` None: it is on the list now."""

    line: int
    text: str
    problem: LineProblem | AskProblem | None


def import_contacts(
    facility: Facility,
    lines: Iterable[tuple[int, Mapping[str, str] | None]],
    user: User,
    at: Instant,
    *,
    is_trial: bool,
) -> tuple[LineAnswer, ...]:
    """Put the contacts of a file on their residents' lists, approved; as a trial, only say what would come of it.
    `lines`: the number of each and its cells by column (`COLUMNS`), None: it has too few or too many."""
    with transaction.atomic():
        residents = {each.resident_number: each for each in Resident.objects.filter(facility=facility)}
        answers = tuple(_answered(number, cells, residents, user, at) for number, cells in lines)
        transaction.set_rollback(is_trial)
    return answers


def _answered(
    line: int, cells: Mapping[str, str] | None, residents: Mapping[str, Resident], user: User, at: Instant
) -> LineAnswer:
    if cells is None:
        return LineAnswer(line, "", LineProblem.FORM)
    known = {column: (cells.get(column) or "").strip() for column in COLUMNS}
    text = ", ".join(known.values())
    resident = residents.get(known["resident_number"])
    if resident is None:
        return LineAnswer(line, text, LineProblem.RESIDENT)
    if not known["name"] or len(known["name"]) > 120:
        return LineAnswer(line, text, LineProblem.NAME)
    try:
        number = e164(known["number"])
    except NotANumber:
        return LineAnswer(line, text, LineProblem.NUMBER)
    relationship = known["relationship"].lower()
    if relationship not in {each.value for each in Relationship}:
        relationship = Relationship.OTHER.value
    try:
        request_contact(resident, number, known["name"], relationship, Source.IMPORT, f"user/{user.pk}", at, user=user)
    except NotAskable as refused:
        return LineAnswer(line, text, refused.problem)
    return LineAnswer(line, text, None)
