"""Pages are made in a few threads that stay; nobody is turned away, and what is streamed holds none of them."""

import asyncio
import threading
import time

import pytest
from asgiref.sync import sync_to_async

from kinline.web.threads import Threads

SCOPE = {"type": "http"}


async def nothing() -> dict[str, object]:
    return {}


async def to_nobody(message) -> None:
    pass


async def test_many_at_once_are_served_by_the_same_few_threads() -> None:
    seen: set[str] = set()
    at_once: list[int] = []
    running = 0
    lock = threading.Lock()

    def page() -> None:
        nonlocal running
        with lock:
            running += 1
            at_once.append(running)
            seen.add(threading.current_thread().name)
        time.sleep(0.005)
        with lock:
            running -= 1

    async def application(scope, receive, send) -> None:
        await sync_to_async(page)()
        await send({"type": "http.response.start"})

    threads = Threads(application, at_once=3)
    await asyncio.gather(*(threads(SCOPE, nothing, to_nobody) for _ in range(40)))
    assert len(at_once) == 40
    assert max(at_once) <= 3
    assert len(seen) <= 3


async def test_a_stream_that_goes_on_keeps_no_thread_from_others() -> None:
    ended = asyncio.Event()

    async def application(scope, receive, send) -> None:
        await sync_to_async(time.sleep)(0.001)
        await send({"type": "http.response.start"})
        if scope["path"] == "/board":
            await ended.wait()
            await sync_to_async(time.sleep)(0.001)  # in its turn

    threads = Threads(application, at_once=1)
    board = asyncio.create_task(threads({**SCOPE, "path": "/board"}, nothing, to_nobody))
    for _ in range(5):
        await asyncio.wait_for(threads({**SCOPE, "path": "/"}, nothing, to_nobody), 10)
    assert not board.done()
    ended.set()
    await asyncio.wait_for(board, 10)


async def test_a_page_that_fails_gives_its_thread_back() -> None:
    async def application(scope, receive, send) -> None:
        raise ZeroDivisionError

    threads = Threads(application, at_once=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(threads(SCOPE, nothing, to_nobody), 10)
