"""How well a call can be heard, in a word."""

from enum import StrEnum
from typing import Final


class Hearing(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    BAD = "bad"


_LEAST: Final = ((Hearing.GOOD, 4.03), (Hearing.FAIR, 3.60), (Hearing.POOR, 3.10))
"""MOS from which a word holds: satisfied users; some, then many dissatisfied (ITU-T G.107 annex B, table B.1)."""


def heard_as(mos: float) -> Hearing:
    """The word for a mean opinion score, 1..4.5."""
    return next((word for word, least in _LEAST if mos >= least), Hearing.BAD)
