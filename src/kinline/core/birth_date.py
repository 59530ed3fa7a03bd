"""Birth dates as jail records write them: `1990-05-31` or `05/31/1990`, and often only in part (`1982-02-XX`)."""

import re
from datetime import date
from typing import Final

EARLIEST: Final = date(1900, 1, 1)
_ISO: Final = re.compile(r"(?P<y>[0-9]{4}|X{4})(-(?P<m>[0-9]{1,2}|X{1,2})(-(?P<d>[0-9]{1,2}|X{1,2}))?)?", re.ASCII)
_AMERICAN: Final = re.compile(r"((?P<m>[0-9]{1,2}|X{1,2})/)?((?P<d>[0-9]{1,2}|X{1,2})/)?(?P<y>[0-9]{4}|X{4})", re.ASCII)
_MIDNIGHT: Final = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?\Z", re.ASCII)
"""What databases write behind a day."""


class NotABirthDate(ValueError):
    """It is no day, or none on which somebody in custody `today` was born."""


def birth_date(text: str, today: date) -> date | None:
    """The day that a record names; None: it names only a part of it, or nothing, and the day stays unknown.
    Raises `NotABirthDate`."""
    written = text.strip().upper()
    if end := _MIDNIGHT.search(written):
        written = written[: end.start()]
    if not written:
        return None
    found = _ISO.fullmatch(written) or _AMERICAN.fullmatch(written)
    if found is None:
        raise NotABirthDate(text)
    year, month, day = (_part(found[name]) for name in ("y", "m", "d"))
    if (month or 1) > 12 or (day or 1) > 31 or (year and not EARLIEST.year <= year <= today.year):
        raise NotABirthDate(text)
    if not (year and month and day):
        return None
    try:
        born = date(year, month, day)
    except ValueError as error:
        raise NotABirthDate(text) from error
    return born_before(born, today)


def born_before(born: date, today: date) -> date:
    """The same day. Raises `NotABirthDate` for one that is not in a lifetime before `today`."""
    if not EARLIEST <= born < today:
        raise NotABirthDate(born.isoformat())
    return born


def _part(text: str | None) -> int | None:
    """None: not known, written as X, as zeros, or not at all."""
    return None if text is None or "X" in text else int(text) or None
