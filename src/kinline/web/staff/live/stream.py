"""`/facility/live/events`: the board's changes as server-sent events, from what one `Watch` keeps in memory.

The last event of a batch has the version it brings the reader to as its id, so that a browser which comes back
(Last-Event-ID) is told what it missed. Once a minute the reader is looked at anew: whoever signed out, was idle or lost
the role is sent away.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import Error as DatabaseError
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from kinline.core.identity import Instant
from kinline.live.queries import OnBoard
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.live.notices import faulty_stations, notices
from kinline.web.staff.live.place import watched
from kinline.web.staff.live.rows import as_html
from kinline.web.staff.live.viewer import Viewer, still
from kinline.web.staff.live.watch import Watch, watch

LOOK_AT_VIEWER_EVERY = 60.0
REFRESH_EVERY = 15.0
"""Seconds: prices go on though nothing happens, and a connection that died shows."""


@require_safe
@staff_page(Permission.WATCH_CALLS)
def events(request: HttpRequest) -> HttpResponseBase:
    """The changes after `after` (or Last-Event-ID), as they come; everything when that is too long ago."""
    viewer = watched(request)
    if not isinstance(request, ASGIRequest):  # a server that cannot hold connections open: the page is reloaded by hand
        return HttpResponse(_event("bye", "unavailable"), content_type="text/event-stream")
    asked = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else -1
    stream = _events(viewer, after, request.session.session_key or "", request.META.get("REMOTE_ADDR", ""))
    response = StreamingHttpResponse(stream, content_type="text/event-stream")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _events(viewer: Viewer, after: int, session: str, address: str) -> AsyncGenerator[str, None]:
    await sync_to_async(connections.close_all)()  # those of the thread that looked who this is: it waits with us
    board = watch()
    if not board.has_room(viewer.user):
        yield _event("bye", "full")
        return
    with board.watched_by(viewer.user):
        async with aclosing(_told(board, viewer, after, session, address)) as told:
            async for text in told:
                yield text


async def _told(board: Watch, viewer: Viewer, after: int, session: str, address: str) -> AsyncGenerator[str, None]:
    clock = asyncio.get_running_loop().time
    with suppress(DatabaseError):
        await board.look()
    look_again, refresh, said = clock() + LOOK_AT_VIEWER_EVERY, clock() + REFRESH_EVERY, ""
    while not board.is_closing:
        moved, version, calls = board.moved, board.version, viewer.of(board.calls.values())
        if after < board.forgotten or after > version:
            yield _event("anew") + _rows((call for call in calls if not call.is_over), viewer) + _tick(version)
        elif after < version:
            yield _rows((call for call in calls if call.version > after), viewer) + _tick(version)
        after = version
        if clock() >= look_again:
            looked = await _looked_at(board, viewer, session, address)
            if looked is None:
                yield _event("bye", "signed-out")
                return
            viewer, look_again = looked, clock() + LOOK_AT_VIEWER_EVERY
        if clock() >= refresh:
            yield _rows((call for call in calls if call.is_talk), viewer) + _tick(version)
            before, said = said, await _notices(board, viewer, said)
            if said != before:
                yield _event("notices", said)
            refresh = clock() + REFRESH_EVERY
        with suppress(TimeoutError):
            await asyncio.wait_for(moved.wait(), max(0.0, min(look_again, refresh) - clock()))


async def _looked_at(board: Watch, viewer: Viewer, session: str, address: str) -> Viewer | None:
    """Who the viewer is by now; while the database is away, who they were."""
    try:
        return await board.ask(still, viewer, session, address)
    except DatabaseError:
        return viewer


async def _notices(board: Watch, viewer: Viewer, said: str) -> str:
    try:
        faulty = await board.lately(REFRESH_EVERY, faulty_stations, viewer.facility)
        return await board.ask(notices, viewer, faulty)
    except DatabaseError:
        return said


def _rows(calls: Iterable[OnBoard], viewer: Viewer) -> str:
    at = _now()
    with translation.override(viewer.language):
        return "".join(
            _event("over", str(call.call_id)) if call.is_over else _event("call", as_html(call, viewer, at))
            for call in sorted(calls, key=lambda call: call.call_id)
        )


def _tick(version: int) -> str:
    """The last event of a batch carries the version: a break before it loses nothing."""
    return _event("tick", str(_now()), version)


def _event(name: str, data: str = "", version: int | None = None) -> str:
    """An event as it goes over the wire."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}" + (f"id: {version}\n" if version is not None else "") + "\n"


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
