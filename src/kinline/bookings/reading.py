"""A file of a jail management system as rows: CSV with a header, or JSON, a list of objects."""

import csv
import io
import json
from enum import StrEnum
from typing import Any, Final

from kinline.core.custody import Row

MOST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 50_000


class FileProblem(StrEnum):
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    HEADER = "header"


class FileRefused(ValueError):
    """Nothing of the file can be read."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def read(name: str, data: bytes) -> list[Row]:
    """Every line but empty ones. A JSON file counts its objects from 1. Raises `FileRefused`."""
    if len(data) > MOST_BYTES:
        raise FileRefused(FileProblem.TOO_LARGE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(FileProblem.NOT_TEXT) from error
    if "\0" in text:
        raise FileRefused(FileProblem.NOT_TEXT)
    rows = _json(text) if name.lower().endswith(".json") or text.lstrip()[:1] in ("[", "{") else _csv(text)
    if len(rows) > MOST_ROWS:
        raise FileRefused(FileProblem.TOO_LARGE)
    return rows


def _json(text: str) -> list[Row]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileRefused(FileProblem.NOT_JSON) from error
    if isinstance(found, dict):
        found = found.get("residents")
    if not isinstance(found, list):
        raise FileRefused(FileProblem.NOT_JSON)
    return rows_of(found)


def rows_of(objects: list[Any]) -> list[Row]:
    """Objects as rows; what is no object of plain values is a row that cannot be read."""
    return [Row(number, _cells(each)) for number, each in enumerate(objects, 1)]


def _cells(found: Any) -> dict[str, str] | None:
    if not isinstance(found, dict) or any(isinstance(value, dict | list) for value in found.values()):
        return None
    return {str(name): "" if value is None else str(value) for name, value in found.items()}


def _csv(text: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text))
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if not any(header) or len(set(header)) != len(header):
            raise FileRefused(FileProblem.HEADER)
        rows: list[Row] = []
        while True:
            number = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return rows
            if any(cell.strip() for cell in cells):
                fits = len(cells) == len(header)
                rows.append(Row(number, dict(zip(header, cells, strict=True)) if fits else None))
    except csv.Error as error:
        raise FileRefused(FileProblem.NOT_TEXT) from error
