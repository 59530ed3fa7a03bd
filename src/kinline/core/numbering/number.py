"""A telephone number inside the house: always E.164, made in one place."""

import re
from typing import NewType

E164 = NewType("E164", str)
"""A number in international form with its plus sign: `+15045550123`. Made by `parse_dialled` or `e164` only."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_PUNCTUATION = re.compile(r"[\s().\-/]+")


class NotANumber(ValueError):
    """A text that is not a telephone number; the message says what to write instead."""


def e164(text: str) -> E164:
    """The number that a person or a file wrote: `+15045550123`, `(504) 555-0123`, `1 504 555 0123`.

    Without a plus sign it is read as a number of the North American plan. Raises `NotANumber`.
    """
    bare = _PUNCTUATION.sub("", text.strip())
    if not bare.startswith("+"):
        bare = f"+1{bare}" if len(bare) == 10 else f"+{bare}" if len(bare) == 11 and bare[0] == "1" else ""
    if not _E164.fullmatch(bare) or (bare.startswith("+1") and len(bare) != 12):
        raise NotANumber(f"{masked(text)} is not a telephone number: write ten digits, or + and the country code")
    return E164(bare)


def masked(number: str) -> str:
    """The number as logs may show it: all but its last four digits hidden."""
    return f"...{number[-4:]}" if len(number) > 4 else "..."
