"""What of a record leaves the house when the public asks for it: numbers and names of people outside are masked."""

import re
from enum import StrEnum
from typing import Final

_BLACK: Final = "█"


class NumberAs(StrEnum):
    """How a number of the public is written."""

    HIDDEN = "hidden"
    AREA = "area"
    """Its country and area alone: as much as tells local calls from distant ones."""
    WHOLE = "whole"


class NameAs(StrEnum):
    """How a name of somebody outside is written."""

    HIDDEN = "hidden"
    INITIALS = "initials"
    WHOLE = "whole"


def redacted_number(number: str, how: NumberAs) -> str:
    """`+1504███████`. What is no number of the North American plan keeps nothing but that it was abroad."""
    if not number or how is NumberAs.WHOLE:
        return number
    if how is NumberAs.HIDDEN:
        return _BLACK * 4
    if re.fullmatch(r"\+1[0-9]{10}", number, re.ASCII):
        return number[:5] + _BLACK * 7
    return _BLACK * 4


def redacted_name(name: str, how: NameAs) -> str:
    """`R. D.` or nothing to read. How long a name was does not show."""
    if not name.strip() or how is NameAs.WHOLE:
        return name
    if how is NameAs.HIDDEN:
        return _BLACK * 4
    return " ".join(f"{word[0].upper()}." for word in name.split())
