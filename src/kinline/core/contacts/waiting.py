"""How long a request is expected to wait: as long as others at the facility did."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WaitingTime:
    """Milliseconds. Half of the requests were decided within `median`, nine of ten within `ninety`."""

    median: int
    ninety: int
    requests: int

    @property
    def seconds(self) -> int:
        return self.median // 1000

    @property
    def ninety_seconds(self) -> int:
        return self.ninety // 1000


def waiting_time(waits: Sequence[int]) -> WaitingTime | None:
    """Of the waits of decided requests, in any order; None: there were none to tell from. Nearest rank: each figure is
    a wait that was really seen."""
    if not waits:
        return None
    ordered = sorted(waits)
    return WaitingTime(ordered[_rank(len(ordered), 50)], ordered[_rank(len(ordered), 90)], len(ordered))


def _rank(count: int, percent: int) -> int:
    return -(-count * percent // 100) - 1
