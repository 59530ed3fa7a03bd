"""Lines of a file that people open in a spreadsheet (RFC 4180)."""

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse


def line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(str(cell)) for cell in cells])
    return text.getvalue()


def attached(text: str, name: str) -> HttpResponse:
    """The answer to who asked for the file."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=disposition)


def _harmless(cell: str) -> str:
    """What a spreadsheet would take for a formula gets an apostrophe before it; numbers of phones are none."""
    is_number = cell.lstrip("+-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell[:1] in ("=", "@", "+", "-", "\t", "\r") and not is_number else cell
