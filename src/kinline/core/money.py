"""Money: whole microdollars, exact; rounding happens in one place."""

import re
from dataclasses import dataclass

_MICROS_PER_DOLLAR = 1_000_000
_MICROS_PER_CENT = 10_000
_DOLLARS = re.compile(r"(-?)\$?([0-9]{1,12})(?:\.([0-9]+))?", re.ASCII)


class MoneyError(ValueError):
    """A text or a number that is not an amount of money; the message says what to write instead."""


def round_down(numerator: int, denominator: int) -> int:
    """THE rounding of the house: `numerator / denominator`, down to a whole number (towards minus infinity).

    What a payer owes is thus never rounded up, and what is given back to a payer (a negative amount owed) is never
    rounded towards nothing: both err in the payer's favour, by less than one unit.
    """
    return numerator // denominator


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of United States dollars in whole microdollars (10^-6 dollar); may be negative."""

    micros: int

    def __post_init__(self) -> None:
        if type(self.micros) is not int:
            raise TypeError(f"Money takes whole microdollars as int, not {type(self.micros).__name__}: use Money.parse")

    @classmethod
    def parse(cls, text: str, *, may_be_negative: bool = False) -> "Money":
        """An amount written in dollars: `2.10`, `$2.10`, `0.0575`. Exact, or `MoneyError`."""
        if not isinstance(text, str):
            raise MoneyError(f'an amount is text such as "2.10", not {type(text).__name__}: floats cannot hold money')
        match = _DOLLARS.fullmatch(text.strip())
        if match is None:
            raise MoneyError(f'{text!r} is not an amount: write dollars with digits and a point, such as "2.10"')
        sign, dollars, decimals = match[1], match[2], match[3] or ""
        if len(decimals) > 6:
            raise MoneyError(f"{text!r} is finer than a microdollar: write at most 6 decimals")
        micros = int(dollars) * _MICROS_PER_DOLLAR + int(decimals.ljust(6, "0"))
        if sign and micros and not may_be_negative:
            raise MoneyError(f"{text!r} is negative: write an amount of zero or more")
        return cls(-micros if sign else micros)

    @classmethod
    def of_cents(cls, cents: int) -> "Money":
        return cls(cents * _MICROS_PER_CENT)

    @property
    def cents(self) -> int:
        """Whole cents, by `round_down`."""
        return round_down(self.micros, _MICROS_PER_CENT)

    @property
    def up_to_cents(self) -> "Money":
        """The least amount in whole cents that is not less: what goes back to a payer keeps no fraction from them."""
        return -Money.of_cents((-self).cents)

    def portion(self, numerator: int, denominator: int) -> "Money":
        """`numerator / denominator` of this amount, by `round_down`: a tax, the price of some seconds."""
        return Money(round_down(self.micros * numerator, denominator))

    @property
    def plain(self) -> str:
        """For a file: `1234.50`, as `str` without its sign of dollars and commas."""
        return str(self).replace("$", "").replace(",", "")

    def __add__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.micros + other.micros)

    def __sub__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.micros - other.micros)

    def __mul__(self, times: int) -> "Money":
        if type(times) is not int:
            return NotImplemented
        return Money(self.micros * times)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        return Money(-self.micros)

    def __str__(self) -> str:
        """`$2.10`, `-$0.50`, `$0.0575`: two decimals, more only where they are needed. Exact."""
        dollars, micros = divmod(abs(self.micros), _MICROS_PER_DOLLAR)
        decimals = f"{micros:06d}".rstrip("0").ljust(2, "0")
        return f"{'-' if self.micros < 0 else ''}${dollars:,}.{decimals}"


ZERO = Money(0)
