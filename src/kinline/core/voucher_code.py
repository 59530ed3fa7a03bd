"""The code on a prepaid card: 15 random digits and one that tells when it was typed wrong.

The check digit is Damm's (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004): it catches every single wrong
digit and every two neighbours that were swapped.
"""

import re
from typing import Final

RANDOM_DIGITS: Final = 15
LENGTH: Final = RANDOM_DIGITS + 1

_TABLE: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_SEPARATORS: Final = re.compile(r"[\s.\-]+")
_DIGITS: Final = re.compile(rf"[0-9]{{{LENGTH}}}", re.ASCII)


def with_check_digit(digits: str) -> str:
    """A code from `RANDOM_DIGITS` digits."""
    return f"{digits}{_remainder(digits)}"


def read(text: str) -> str | None:
    """The code in what somebody typed, spaces and hyphens or not; None: a digit is wrong, missing or too many."""
    code = _SEPARATORS.sub("", text)
    return code if _DIGITS.fullmatch(code) and _remainder(code) == 0 else None


def grouped(code: str) -> str:
    """As it is printed: `1234 5678 9012 3456`."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _remainder(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = int(_TABLE[interim][int(digit)])
    return interim
