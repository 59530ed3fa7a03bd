"""A commissary's file, line by line: what each asks for, or what is wrong with it."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kinline.core.money import ZERO, Money, MoneyError
from kinline.core.reasons import Text

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
    def remedy(self) -> Text:
        """What is wrong and what to do."""
        return _REMEDIES[self]


class FileProblem(StrEnum):
    """Why nothing of a file can be read."""

    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    HEADER = "header"

    @property
    def remedy(self) -> Text:
        """What is wrong and what to do."""
        return _FILE_REMEDIES[self]


_REMEDIES: Final = {
    Problem.COLUMNS: Text(
        "Each line needs resident_number, amount and transaction_id, no more and no less.",
        "Cada línea necesita resident_number, amount y transaction_id, ni más ni menos.",
    ),
    Problem.RESIDENT_NUMBER: Text(
        "The resident number must be 1 to 20 letters, digits or hyphens.",
        "El número del residente debe tener de 1 a 20 letras, dígitos o guiones.",
    ),
    Problem.AMOUNT: Text(
        "Write the amount in dollars, more than zero, with at most two decimals, such as 12.50.",
        "Escriba la cantidad en dólares, más que cero, con dos decimales como máximo, por ejemplo 12.50.",
    ),
    Problem.NEGATIVE: Text(
        "An amount cannot be negative. To take money back, ask for a refund.",
        "Una cantidad no puede ser negativa. Para recuperar dinero, pida un reembolso.",
    ),
    Problem.TOO_MUCH: Text(
        f"This is more than {MOST_AT_ONCE} at a time. Check it, then split it.",
        f"Esto es más de {MOST_AT_ONCE} por vez. Revíselo y luego divídalo.",
    ),
    Problem.TRANSACTION_ID: Text(
        "The transaction id must be 1 to 60 letters, digits, points, colons or hyphens.",
        "El identificador de la transacción debe tener de 1 a 60 letras, dígitos, puntos, dos puntos o guiones.",
    ),
    Problem.TWICE_IN_FILE: Text(
        "This transaction id stands in the file before, with something else. Give it its own.",
        "Este identificador ya está antes en el archivo, con otros datos. Dele uno propio.",
    ),
    Problem.RESIDENT_UNKNOWN: Text(
        "No resident of this facility has this number. Compare it.",
        "Ningún residente de este centro tiene este número. Compárelo.",
    ),
    Problem.RESIDENT_LEFT: Text(
        "This resident is not in custody here any more. Give the money back.",
        "Este residente ya no está bajo custodia aquí. Devuelva el dinero.",
    ),
    Problem.BOOKED_OTHERWISE: Text(
        "This transaction id was booked before, with something else. Give it its own.",
        "Este identificador ya se registró antes, con otros datos. Dele uno propio.",
    ),
}
_FILE_REMEDIES: Final = {
    FileProblem.TOO_LARGE: Text(
        "The file is too large. Send it in parts of at most 1 MB.",
        "El archivo es demasiado grande. Envíelo en partes de 1 MB como máximo.",
    ),
    FileProblem.NOT_TEXT: Text(
        "The file is not UTF-8 text. Export it as CSV (UTF-8).",
        "El archivo no es texto UTF-8. Expórtelo como CSV (UTF-8).",
    ),
    FileProblem.HEADER: Text(
        "The first line must name the columns resident_number, amount and transaction_id, and no others.",
        "La primera línea debe nombrar las columnas resident_number, amount y transaction_id, y ninguna otra.",
    ),
}


class FileRefused(ValueError):
    """The whole file; nothing of it was booked."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.remedy.english)
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
        raise FileRefused(FileProblem.TOO_LARGE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(FileProblem.NOT_TEXT) from error
    if "\0" in text:
        raise FileRefused(FileProblem.NOT_TEXT)
    reader = csv.reader(io.StringIO(text), strict=False)
    header = [cell.strip().lower() for cell in next(reader, [])]
    if sorted(header) != sorted(COLUMNS):
        raise FileRefused(FileProblem.HEADER)
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
