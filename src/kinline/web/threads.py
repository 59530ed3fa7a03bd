"""A few threads that stay, in which pages are made, each with its own connection to the database.

Django gives each request a thread of its own, and with it a new connection: a hundred families at once would be a
hundred connections, and more until the old ones are collected. PostgreSQL refuses at some point, and long before that
so many threads are slower than few. Who finds no thread free waits for one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from asgiref.sync import ThreadSensitiveContext

AT_ONCE: Final = 16
"""Pages that are made at the same time in a process."""

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Threads:
    """An ASGI application around another one.

    A thread is free again when the answer begins: what is streamed after that (a live board, a file that is written
    while it is read) keeps none from anybody, and does its rare work in that thread in its turn.
    """

    def __init__(self, application: Application, at_once: int = AT_ONCE) -> None:
        self._application = application
        self._threads = [ThreadPoolExecutor(1, thread_name_prefix=f"page-{number}") for number in range(at_once)]
        self._free: asyncio.LifoQueue[ThreadPoolExecutor] = asyncio.LifoQueue()
        for thread in self._threads:
            self._free.put_nowait(thread)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        thread = await self._free.get()
        is_held = True

        def give_back() -> None:
            nonlocal is_held
            if is_held:
                is_held = False
                self._free.put_nowait(thread)

        async def sent(message: Message) -> None:
            give_back()
            await send(message)

        try:
            async with ThreadSensitiveContext(executor=thread):
                await self._application(scope, receive, sent)
        finally:
            give_back()
