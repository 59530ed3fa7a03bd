"""Lines of a file that people open in a spreadsheet (RFC 4180)."""

import csv
import io
from collections.abc import Iterable


def line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(str(cell)) for cell in cells])
    return text.getvalue()


def _harmless(cell: str) -> str:
    """What a spreadsheet would take for a formula gets an apostrophe before it; numbers of phones are none."""
    is_number = cell.lstrip("+-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell[:1] in ("=", "@", "+", "-", "\t", "\r") and not is_number else cell
