"""Numbers by their last digits: as whole numbers written backwards, which both databases index alike."""

from typing import Final

_DIGITS: Final = 15
"""The most that a number has (E.164)."""
SHORTEST: Final = 4
"""Last digits that are enough to search by."""


def digits(text: str) -> str:
    return "".join(each for each in text if each.isascii() and each.isdigit())


def backwards(number: str) -> int | None:
    """Its digits from the last on, filled up with zeros; None: it has none."""
    last = digits(number)[-_DIGITS:]
    return int(last[::-1].ljust(_DIGITS, "0")) if last else None


def ending_in(last: str) -> tuple[int, int]:
    """From where (included) to where (excluded) the numbers with these last digits lie."""
    first = backwards(last) or 0
    return first, first + 10 ** (_DIGITS - min(len(last), _DIGITS))


def in_full(text: str) -> str | None:
    """The whole number that was typed, in E.164; None: these are only last digits."""
    typed = digits(text)
    if text.strip().startswith("+"):
        return f"+{typed}"
    if len(typed) == 10:
        return f"+1{typed}"
    return f"+{typed}" if len(typed) == 11 and typed.startswith("1") else None
