"""The services of the apps, asked from the event loop: a few threads, each with its own database connection."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kinline.calls import services
from kinline.calls.services import Entry

log = structlog.get_logger()
Answer = TypeVar("Answer")

# SQLite has one writer: more threads only wait for each other's lock.
_SQLITE_THREADS = 1
_POSTGRESQL_THREADS = 6
_NOTE_EVERY = 0.5
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
        self._writer: asyncio.Task[None] | None = None

    async def ask(self, service: Callable[..., Answer], *arguments: object) -> Answer:
        """The answer of a service, asked once more on a new connection when that was lost; its errors pass through."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _with_connection, service, arguments)

    def note(self, entry: Entry) -> None:
        """Add an entry to a call's events; it is written within half a second, or at `flush`."""
        if len(self._notes) >= _NOTES_KEPT:  # the database is away for long: keep calls, lose the oldest remarks
            del self._notes[: _NOTES_KEPT // 10]
            log.warning("notes.dropped", kept=len(self._notes))
        self._notes.append(entry)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._write_soon())

    async def flush(self) -> None:
        """Write what was noted so far."""
        notes, self._notes = self._notes, []
        if not notes:
            return
        try:
            await self.ask(services.note, notes)
        except (OperationalError, InterfaceError) as error:
            self._notes[:0] = notes
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

    async def _write_soon(self) -> None:
        while self._notes:
            await asyncio.sleep(_NOTE_EVERY)
            await self.flush()


def _with_connection(service: Callable[..., Answer], arguments: Sequence[object]) -> Answer:
    try:
        return service(*arguments)
    except (OperationalError, InterfaceError):
        # The services are idempotent, so asking again is safe whether or not the first one was committed.
        connections.close_all()
        close_old_connections()
        return service(*arguments)
