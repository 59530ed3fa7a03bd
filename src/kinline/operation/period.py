"""Days and moments on the command line."""

import argparse
from datetime import UTC, date, datetime, time, tzinfo

from kinline.core.identity import Instant


def add_moment(parser: argparse.ArgumentParser, name: str, purpose: str) -> None:
    """An option that takes a day, or a moment with its zone; `instant` reads what it gave."""
    parser.add_argument(name, type=moment, metavar="DAY", help=f"{purpose} (2026-11-01; days are those of UTC)")


def moment(text: str) -> date | datetime:
    """A day, or a moment with its zone (ISO 8601)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        forms = "a day (2026-11-01) nor a moment with its zone (2026-11-01T08:00-06:00)"
        raise argparse.ArgumentTypeError(f"{text!r} is neither {forms}")
    return found


def instant(given: date | datetime | None, zone: tzinfo = UTC) -> Instant | None:
    """The moment, or the beginning of the day in a zone."""
    if given is None:
        return None
    if not isinstance(given, datetime):
        given = datetime.combine(given, time(), zone)
    return Instant(int(given.timestamp() * 1000))
