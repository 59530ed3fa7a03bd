"""The services of the apps, asked from the event loop: a few threads, each with its own database connection.

What is only told (notes of the time lines, where calls stand) is gathered and written a few times a second.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kinline.calls.services import Entry
from kinline.core.identity import CallId
from kinline.live import services as live
from kinline.live.services import Stand

log = structlog.get_logger()
Answer = TypeVar("Answer")

# SQLite has one writer: more threads only wait for each other's lock.
_SQLITE_THREADS = 1
_POSTGRESQL_THREADS = 6
_WRITE_EVERY = 0.25
"""Seconds; with the quarter of a second after which a board looks again, staff see a change within half a second."""
_NOTES_KEPT = 100_000


class Books:
    """Runs services in threads and gathers notes into batches."""

    def __init__(self) -> None:
        threads = _SQLITE_THREADS if connection.vendor == "sqlite" else _POSTGRESQL_THREADS
        self._connections: list[BaseDatabaseWrapper] = []
        self._threads = ThreadPoolExecutor(
            threads, thread_name_prefix="books", initializer=lambda: self._connections.append(connections["default"])
        )
        self._notes: list[Entry] = []
        self._stands: dict[CallId, Stand] = {}
        self._writer: asyncio.Task[None] | None = None

    async def ask(self, service: Callable[..., Answer], *arguments: object) -> Answer:
        """The answer of a service, asked once more on a new connection when that was lost; its errors pass through."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _with_connection, service, arguments)

    def stand(self, stand: Stand) -> None:
        """Tell where a call stands; of several, the latest is written, as soon as a note would be."""
        self._stands[stand.call_id] = stand
        self._write_soon()

    def note(self, entry: Entry) -> None:
        """Add an entry to a call's events; it is written within a quarter of a second, or at `flush`."""
        if len(self._notes) >= _NOTES_KEPT:  # the database is away for long: keep calls, lose the oldest remarks
            del self._notes[: _NOTES_KEPT // 10]
            log.warning("notes.dropped", kept=len(self._notes))
        self._notes.append(entry)
        self._write_soon()

    async def flush(self) -> None:
        """Write what was noted and told so far."""
        notes, self._notes = self._notes, []
        stands, self._stands = self._stands, {}
        if not notes and not stands:
            return
        try:
            await self.ask(live.write_down, notes, tuple(stands.values()))
        except (OperationalError, InterfaceError) as error:
            self._notes[:0] = notes
            self._stands = stands | self._stands
            log.warning("notes.not_written", error=type(error).__name__, waiting=len(self._notes))

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.cancel()
        await self.flush()
        self._threads.shutdown(wait=True)
        await asyncio.to_thread(self._disconnect)

    def _disconnect(self) -> None:
        """Close the connections of threads that are no more."""
        for opened in self._connections:
            opened.inc_thread_sharing()
            opened.close()
        self._connections.clear()

    def _write_soon(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._write())

    async def _write(self) -> None:
        while self._notes or self._stands:
            await asyncio.sleep(_WRITE_EVERY)
            await self.flush()


def _with_connection(service: Callable[..., Answer], arguments: Sequence[object]) -> Answer:
    try:
        return service(*arguments)
    except (OperationalError, InterfaceError):
        # The services are idempotent, so asking again is safe whether or not the first one was committed.
        connections.close_all()
        close_old_connections()
        return service(*arguments)
