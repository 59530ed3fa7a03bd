"""All clocks of a user agent in one heap. Cancelling is lazy: an entry is emptied, and swept when half are empty."""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any, TypeAlias

Fire: TypeAlias = Callable[[float], None]


Timer: TypeAlias = list[Any]
"""An entry of the heap: [due, sequence, fire]; fire is None once it ran or was cancelled."""


class Timers:
    """`set` a callable for a time, `run` what is due. `sooner` is told whenever the earliest time moves forward."""

    def __init__(self, sooner: Callable[[float], None] | None = None) -> None:
        self.sooner = sooner
        self._heap: list[Timer] = []
        self._sequence = 0
        self._empty = 0

    def __len__(self) -> int:
        return len(self._heap) - self._empty

    @property
    def next_due(self) -> float | None:
        """When the next timer is due."""
        heap = self._heap
        while heap and heap[0][2] is None:  # most timers are cancelled: waking for them would cost more than they do
            heappop(heap)
            self._empty -= 1
        return heap[0][0] if heap else None

    def set(self, due: float, fire: Fire) -> Timer:
        """`fire(now)` will be called by the first `run` at or after `due`."""
        self._sequence += 1
        timer: Timer = [due, self._sequence, fire]
        heappush(self._heap, timer)
        if self.sooner is not None and self._heap[0] is timer:
            self.sooner(due)
        return timer

    def cancel(self, timer: Timer | None) -> None:
        if timer is None or timer[2] is None:
            return
        timer[2] = None
        self._empty = empty = self._empty + 1
        if empty > 1024 and empty * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2] is not None]
            heapify(self._heap)
            self._empty = 0

    def run(self, now: float) -> None:
        """Fire everything that is due by `now`."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            timer = heappop(heap)
            fire = timer[2]
            if fire is None:
                self._empty -= 1
                continue
            timer[2] = None
            fire(now)
            heap = self._heap  # a sweep may have replaced it
