"""The time of a call: wall-clock milliseconds that never step back while the call lasts."""

import time

from kinline.core.identity import Instant


class Clock:
    """Wall time read once and carried on by the monotonic clock, so that a corrected system clock bills nobody."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> Instant:
        return Instant(int((self._offset + time.monotonic()) * 1000))


def now() -> Instant:
    """The wall clock, for what belongs to no call."""
    return Instant(time.time_ns() // 1_000_000)
