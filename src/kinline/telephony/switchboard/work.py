"""What every call on the switchboard works with, whatever its course: its clock, timers, services and time line."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from kinline.calls.services import Entry
from kinline.core.callflow.events import Timer
from kinline.core.identity import CallId, Instant
from kinline.telephony.switchboard.books import Books
from kinline.telephony.switchboard.clock import Clock

Answer = TypeVar("Answer")


class Work:
    """Of one call. Every method runs on the event loop; only what is awaited waits."""

    def __init__(self, call_id: CallId, books: Books, on_timer: Callable[[Timer], None]) -> None:
        self.clock = Clock()
        self._call_id = call_id
        self._books = books
        self._on_timer = on_timer
        self._timers: dict[Timer, asyncio.TimerHandle] = {}
        self._turn = asyncio.Lock()  # the services of one call are asked one after the other
        self._tasks: set[asyncio.Task[None]] = set()

    def set_timer(self, timer: Timer, due: Instant) -> None:
        """Tell `on_timer` when it is due; one that runs is moved."""
        self.cancel_timer(timer)
        seconds = max(0, due - self.clock.now()) / 1000
        self._timers[timer] = asyncio.get_running_loop().call_later(seconds, self._fire, timer)

    def cancel_timer(self, timer: Timer) -> None:
        if running := self._timers.pop(timer, None):
            running.cancel()

    def stop_timers(self) -> None:
        for timer in tuple(self._timers):
            self.cancel_timer(timer)

    def _fire(self, timer: Timer) -> None:
        self._timers.pop(timer, None)
        self._on_timer(timer)

    async def in_turn(self, service: Callable[..., Answer], *arguments: object) -> Answer:
        """The answer of a service, asked when all that this call asked before it is answered."""
        async with self._turn:
            return await self._books.ask(service, *arguments)

    def note(self, kind: str, /, **fields: object) -> None:
        """Add an entry to the call's time line."""
        self._books.note(Entry(self._call_id, self.clock.now(), kind, fields))

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Do this beside everything else; it ends by itself."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
