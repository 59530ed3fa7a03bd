"""How well a call could be heard, as one word. A call is as good as its worse side."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from kinline.core.crediting import LEAST_PACKETS, Sound

GOOD_MOS: Final = 4.03
"""R 80, "satisfied" (ITU-T G.109)."""
FAIR_MOS: Final = 3.1
"""R 60; below it "nearly all users dissatisfied" (ITU-T G.109)."""


class Heard(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


def heard(legs: Iterable[Sound]) -> Heard | None:
    """None: no leg carried enough sound to be judged."""
    judged = [leg.mos for leg in legs if leg.packets >= LEAST_PACKETS]
    if not judged:
        return None
    worst = min(judged)
    return Heard.GOOD if worst >= GOOD_MOS else Heard.FAIR if worst >= FAIR_MOS else Heard.POOR
