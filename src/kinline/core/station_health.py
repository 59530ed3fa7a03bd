"""When a station counts as faulty: a phone that fell silent, or on which calls fail too often."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kinline.core.identity import Instant
from kinline.core.reasons import Reason

SILENT_AFTER: Final = 15 * 60  # seconds after the end of a registration that was not renewed
FAILURES_LEAST: Final = 3  # of a day
FAILURES_SHARE: Final = 4  # one call in so many

OF_THE_STATION: Final = frozenset({Reason.NET_STATION_FAULT, Reason.TALK_MEDIA_DEAD, Reason.TALK_ONE_WAY})
"""Why a call failed of which the station, its wire or its switch may be guilty."""


class StationFault(StrEnum):
    SILENT = "silent"
    """It used to register, and has not been heard of for long."""
    SOUND = "sound"
    """Many of its calls had no sound."""


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What is known of a station; `calls` and `failures` of today."""

    registered_until: Instant | None  # None: it never registered
    seen_at: Instant | None
    calls: int
    failures: int  # for a reason of `OF_THE_STATION`


def station_faults(facts: StationFacts, at: Instant) -> tuple[StationFault, ...]:
    """All that is wrong with a station now; nothing of one that never registers, such as an analogue gateway."""
    found = []
    heard = max(facts.registered_until or 0, facts.seen_at or 0)
    if facts.registered_until is not None and at - heard > SILENT_AFTER * 1000:
        found.append(StationFault.SILENT)
    if facts.failures >= FAILURES_LEAST and facts.failures * FAILURES_SHARE >= facts.calls:
        found.append(StationFault.SOUND)
    return tuple(found)
