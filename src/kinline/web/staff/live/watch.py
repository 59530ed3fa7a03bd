"""One reader of the database for all who watch a board from this process: it looks several times a second while there
is anybody, and keeps in memory what boards show. No viewer holds a connection.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

import structlog
from django.db import Error as DatabaseError
from django.db import connections

from kinline.core.identity import CallId
from kinline.live import queries
from kinline.live.queries import OnBoard

log = structlog.get_logger("web")
Answer = TypeVar("Answer")

LOOK_EVERY = 0.25
"""Seconds. One read of one row, unless something has changed."""
MOST_VIEWERS = 200
MOST_OF_ONE = 6
"""Boards that one person may have open: as many as a browser keeps connections to one host."""
_KEPT = 2000
"""Ended calls remembered for viewers who were away."""


class Watch:
    """What is on the board, as of `version`; `moved` is set when there is something to look at."""

    def __init__(self) -> None:
        self.version = 0
        self.forgotten = 0
        """Of what changed up to this version, not everything is remembered."""
        self.calls: dict[CallId, OnBoard] = {}
        self.moved = asyncio.Event()
        self.is_closing = False
        self._loop = asyncio.get_running_loop()
        self._viewers: Counter[int] = Counter()
        self._reader: asyncio.Task[None] | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._looking = asyncio.Lock()
        self._answers: dict[tuple[object, ...], tuple[float, object]] = {}

    def has_room(self, user: int) -> bool:
        return self._viewers.total() < MOST_VIEWERS and self._viewers[user] < MOST_OF_ONE

    @contextmanager
    def watched_by(self, user: int) -> Iterator[None]:
        """Look for changes while anybody watches."""
        self._viewers[user] += 1
        if self._reader is None:
            self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="board")
            self._reader = asyncio.ensure_future(self._read())
        try:
            yield
        finally:
            self._viewers[user] -= 1
            if not self._viewers.total():
                self._stop()

    def close(self) -> None:
        """Send everybody away, from whatever thread. Their browsers come back to the next process."""
        self.is_closing = True
        self._loop.call_soon_threadsafe(self._tell_viewers)

    def _tell_viewers(self) -> None:
        moved, self.moved = self.moved, asyncio.Event()
        moved.set()

    async def ask(self, question: Callable[..., Answer], *arguments: object) -> Answer:
        """The answer of a question to the database, in the one thread that has a connection."""
        if self._thread is None:
            raise RuntimeError("nobody watches")
        return await asyncio.get_running_loop().run_in_executor(self._thread, _connected, question, arguments)

    async def lately(self, seconds: float, question: Callable[..., Answer], *arguments: object) -> Answer:
        """As `ask`, with an answer that may be so old: many ask the same."""
        clock, key = asyncio.get_running_loop().time(), (question, *arguments)
        asked_at, answer = self._answers.get(key, (-seconds, None))
        if clock - asked_at >= seconds:
            answer = await self.ask(question, *arguments)
            self._answers[key] = clock, answer
        return cast("Answer", answer)

    async def look(self) -> None:
        """Take in what has changed by now."""
        async with self._looking:
            at, forgotten, changed = await self.ask(_changed_since, self.version)
            if at == self.version:
                return
            if at < self.version:  # another database stands in its place
                self.calls.clear()
                self.forgotten = at
            self.forgotten = max(self.forgotten, forgotten)
            for call in changed:
                self.calls[call.call_id] = call
            self.version = at
            self._forget()
            self._tell_viewers()

    def _forget(self) -> None:
        over = [call for call in self.calls.values() if call.is_over]
        for call in sorted(over, key=lambda call: call.version)[:-_KEPT]:
            self.forgotten = max(self.forgotten, call.version)
            del self.calls[call.call_id]

    async def _read(self) -> None:
        while True:
            try:
                await self.look()
            except DatabaseError as error:
                log.warning("board.not_read", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY)

    def _stop(self) -> None:
        reader, thread = self._reader, self._thread
        self._reader = self._thread = None
        if reader is not None:
            reader.cancel()
        if thread is not None:
            thread.submit(connections.close_all)
            thread.shutdown(wait=False)
        self.calls.clear()
        self._answers.clear()
        self.version = self.forgotten = 0


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def watch() -> Watch:
    """The one of this process (of its event loop)."""
    return _watches.setdefault(asyncio.get_running_loop(), Watch())


def close_boards() -> None:
    """The process is about to stop."""
    for each in list(_watches.values()):
        each.close()


def _changed_since(version: int) -> tuple[int, int, list[OnBoard]]:
    """The version that is told of, the one up to which there are gaps, and what changed."""
    at = queries.version()
    if at == version:
        return at, 0, []
    since = version if 0 < version < at else -1
    return at, queries.forgotten(), [call for call in queries.changed_since(since) if call.version <= at]


def _connected(question: Callable[..., Answer], arguments: tuple[object, ...]) -> Answer:
    try:
        return question(*arguments)
    except DatabaseError:
        with contextlib.suppress(DatabaseError):
            connections.close_all()
        raise
