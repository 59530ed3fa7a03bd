"""How amounts are said in any language: how they are rounded, split and grouped, as names of parts.

A language has the same part names as every other, and its own `number` and `clock`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Protocol

Parts = tuple[str, ...]


class Form(StrEnum):
    """What a number stands before, where a language cares."""

    ALONE = ""
    MASCULINE = "m"
    FEMININE = "f"


class Grammar(Protocol):
    """A language, such as the module `english`."""

    @property
    def PARTS(self) -> Mapping[str, str]: ...  # noqa: N802

    def number(self, value: int, form: Form = Form.ALONE) -> Parts: ...

    def clock(self, minute: int) -> Parts: ...


_CENTS_OF_A_DOLLAR: Final = 100
_MICROS_OF_A_TENTH: Final = 1_000
_MICROS_OF_A_CENT: Final = 10_000
_KEY_NAMES: Final = {"*": "star", "#": "pound"}
_SECONDS_OF: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def counted(grammar: Grammar, value: int, unit: str) -> Parts:
    """A number of units: one minute, two minutes; un minuto, una hora."""
    form = Form.FEMININE if unit == "hour" else Form.MASCULINE
    return (*grammar.number(value, form), unit if value == 1 else f"{unit}s")


def money(grammar: Grammar, micros: int, *, is_balance: bool = False) -> Parts:
    """Dollars and cents; under a dollar to a tenth of a cent. Never less than is asked for (47 CFR 64.710: the total
    cost), never more than there is of a balance."""
    sign, all_cents, tenths = _spoken(micros, is_balance=is_balance)
    minus: Parts = ("minus",) if sign < 0 else ()
    if tenths:
        return (*minus, *grammar.number(all_cents), "point", f"digit.{tenths}", "cents")
    dollars, cents = divmod(all_cents, _CENTS_OF_A_DOLLAR)
    if not cents:
        return (*minus, *counted(grammar, dollars, "dollar"))
    if not dollars:
        return (*minus, *counted(grammar, cents, "cent"))
    return (*minus, *counted(grammar, dollars, "dollar"), "and", *counted(grammar, cents, "cent"))


def span(grammar: Grammar, seconds: int) -> Parts:
    """A length of time in its largest unit and the next smaller one, where that is not zero."""
    for index, (unit, size) in enumerate(_SECONDS_OF):
        count, rest = divmod(seconds, size)
        if count:
            smaller, smaller_size = _SECONDS_OF[min(index + 1, len(_SECONDS_OF) - 1)]
            more = rest // smaller_size
            following = ("and", *counted(grammar, more, smaller)) if more else ()
            return (*counted(grammar, count, unit), *following)
    return counted(grammar, 0, "second")


def digits(keys: str) -> Parts:
    """Keys one by one, with a pause between the groups in which people read a number."""
    said: list[str] = []
    for group in grouped(keys):
        said += ["pause", *(f"digit.{_KEY_NAMES.get(key, key)}" for key in group)]
    return tuple(said[1:])


def _spoken(micros: int, *, is_balance: bool) -> tuple[int, int, int]:
    """(sign, cents, tenths of a cent) as they are said: under a dollar to a tenth of a cent, from a dollar to the cent.

    Prices by the minute are a few cents, so that a tenth matters. A balance is rounded down, all else up.
    """

    def of(size: int) -> int:
        return micros // size if is_balance else -(-micros // size)

    tenths = of(_MICROS_OF_A_TENTH)
    sign = -1 if tenths < 0 else 1
    if abs(tenths) < _CENTS_OF_A_DOLLAR * 10:
        return sign, *divmod(abs(tenths), 10)
    return sign, abs(of(_MICROS_OF_A_CENT)), 0


def grouped(keys: str) -> tuple[str, ...]:
    """Digits as people read them: a North American number 3-3-4, up to four as they are, others by threes.

    >>> grouped("+15045550123")
    ('504', '555', '0123')
    """
    digits = keys.removeprefix("+")
    if keys.startswith("+1") and len(digits) == 11:
        digits = digits[1:]
    if len(digits) <= 4:
        return (digits,)
    if len(digits) in (7, 10):
        head, tail = digits[:-4], digits[-4:]
        return (*(head[start : start + 3] for start in range(0, len(head), 3)), tail)
    threes = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    if len(threes[-1]) == 1:  # a digit on its own sounds like a slip
        threes[-2:] = [threes[-2] + threes[-1]]
    return tuple(threes)
