"""Money: whole microdollars, exact; rounding happens in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of United States dollars in whole microdollars (10^-6 dollar); may be negative."""

    micros: int
