"""A commissary's file, line by line: what each asks for, or what is wrong with it."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kinline.core.money import ZERO, Money, MoneyError

COLUMNS: Final = ("resident_number", "amount", "transaction_id")
MOST_BYTES: Final = 1_000_000
MOST_AT_ONCE: Final = Money.of_cents(1_000_00)
"""Of one line: more than that is a slip, such as cents written as dollars."""

_AMOUNT: Final = re.compile(r"\$?[0-9]{1,7}(\.[0-9]{1,2})?", re.ASCII)
_NUMBER: Final = re.compile(r"[A-Za-z0-9-]{1,20}", re.ASCII)
_TRANSACTION: Final = re.compile(r"[A-Za-z0-9._:-]{1,60}", re.ASCII)


class Problem(StrEnum):
    """Why a line was not booked."""

    COLUMNS = "columns"
    RESIDENT_NUMBER = "resident_number"
    AMOUNT = "amount"
    NEGATIVE = "negative"
    TOO_MUCH = "too_much"
    TRANSACTION_ID = "transaction_id"
    TWICE_IN_FILE = "twice_in_file"
    RESIDENT_UNKNOWN = "resident_unknown"
    RESIDENT_LEFT = "resident_left"
    BOOKED_OTHERWISE = "booked_otherwise"

    @property
    def remedy(self) -> str:
        """What is wrong and what to do, in English, for an operator; pages have their own words."""
        return _REMEDIES[self]


_REMEDIES: Final = {
    Problem.COLUMNS: f"write {', '.join(COLUMNS)} on each line, no more and no less",
    Problem.RESIDENT_NUMBER: "the resident number must be 1 to 20 letters, digits or hyphens",
    Problem.AMOUNT: "write the amount in dollars, more than zero, with at most two decimals, such as 12.50",
    Problem.NEGATIVE: "an amount cannot be negative: to take money back, ask for a refund",
    Problem.TOO_MUCH: f"at most {MOST_AT_ONCE} at a time: check it, then split it",
    Problem.TRANSACTION_ID: "the transaction id must be 1 to 60 letters, digits, points, colons or hyphens",
    Problem.TWICE_IN_FILE: "this transaction id stands in the file before, with something else: give it its own",
    Problem.RESIDENT_UNKNOWN: "no resident of this facility has this number: compare it",
    Problem.RESIDENT_LEFT: "this resident is not in custody here any more: give the money back",
    Problem.BOOKED_OTHERWISE: "this transaction id was booked before, with something else: give it its own",
}


class FileProblem(StrEnum):
    """Why nothing of a file can be read."""

    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    HEADER = "header"


class FileRefused(ValueError):
    """The whole file. The message says what to do."""

    def __init__(self, problem: FileProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer that is asked for; `number` counts the file's lines from 1, its header included."""

    number: int
    resident_number: str
    amount: Money
    transaction_id: str
    content: str


@dataclass(frozen=True, slots=True)
class BadLine:
    number: int
    problem: Problem
    content: str


def read(data: bytes) -> Iterator[Line | BadLine]:
    """Every line after the header but empty ones. Raises `FileRefused`, before the first."""
    if len(data) > MOST_BYTES:
        raise FileRefused(FileProblem.TOO_LARGE, f"the file is larger than {MOST_BYTES} bytes: send it in parts")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(FileProblem.NOT_TEXT, "the file is not UTF-8 text: export it as CSV (UTF-8)") from error
    if "\0" in text:
        raise FileRefused(FileProblem.NOT_TEXT, "the file is not text: export it as CSV (UTF-8)")
    reader = csv.reader(io.StringIO(text), strict=False)
    header = [cell.strip().lower() for cell in next(reader, [])]
    if sorted(header) != sorted(COLUMNS):
        raise FileRefused(
            FileProblem.HEADER, f"the first line must name the columns {', '.join(COLUMNS)}, and no others"
        )
    return _lines(reader, header)


def _lines(reader: Iterator[list[str]], header: list[str]) -> Iterator[Line | BadLine]:
    seen: dict[str, tuple[str, Money]] = {}
    while True:
        number = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell larger than any could be
            yield BadLine(number, Problem.COLUMNS, "")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        line = _line(number, header, cells)
        if isinstance(line, Line):
            asked = (line.resident_number, line.amount)
            if seen.setdefault(line.transaction_id, asked) != asked:
                line = BadLine(number, Problem.TWICE_IN_FILE, line.content)
        yield line


def _line(number: int, header: list[str], cells: list[str]) -> Line | BadLine:
    content = ",".join(cells)[:200]
    if len(cells) != len(header):
        return BadLine(number, Problem.COLUMNS, content)
    asked = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    amount, problem = _amount(asked["amount"])
    if not _NUMBER.fullmatch(asked["resident_number"]):
        problem = Problem.RESIDENT_NUMBER
    elif not _TRANSACTION.fullmatch(asked["transaction_id"]):
        problem = Problem.TRANSACTION_ID
    if problem is not None:
        return BadLine(number, problem, content)
    return Line(number, asked["resident_number"], amount, asked["transaction_id"], content)


def _amount(text: str) -> tuple[Money, Problem | None]:
    if text.startswith("-"):
        return ZERO, Problem.NEGATIVE
    if not _AMOUNT.fullmatch(text):
        return ZERO, Problem.AMOUNT
    try:
        amount = Money.parse(text)
    except MoneyError:
        return ZERO, Problem.AMOUNT
    if amount <= ZERO:
        return ZERO, Problem.AMOUNT
    return amount, Problem.TOO_MUCH if amount > MOST_AT_ONCE else None
