"""The board's events: told to whom they concern, as they happen, and to nobody whose session is over."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.test import AsyncClient
from make import a_facility, a_station, a_unit, off_hook

from kinline.core.callflow import Act
from kinline.core.identity import CallId, Instant
from kinline.facilities.models import HousingUnit
from kinline.live.models import Standing
from kinline.live.services import Stand, forget_ended, write_down
from kinline.people.models import Role, StaffRole, User
from kinline.web.staff.live import stream
from kinline.web.staff.live import watch as watching
from kinline.web.staff.session import COOKIE

PATIENCE = 15
EVENTS = "/facility/live/events"


def now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)


class Jail:
    """Two units with a phone each, and whoever watches them."""

    def __init__(self) -> None:
        self.facility = a_facility("Cypress County Jail")
        self.units = [a_unit(self.facility, name) for name in ("A", "B")]
        self.stations = [a_station(self.facility, unit) for unit in self.units]
        self.elsewhere = a_station(a_facility("Lake County Jail"))

    def call(self, station: int, act: Act = Act.IDENTIFY) -> CallId:
        call = off_hook([*self.stations, self.elsewhere][station], now())
        self.stand(call, act)
        return call

    def stand(self, call: CallId, act: Act) -> None:
        write_down([], [Stand(call, act, now())])

    def session(self, role: Role = Role.OFFICER, unit: HousingUnit | None = None) -> str:
        user = User.objects.create_user(f"{role}{User.objects.count()}@jail.example", "x", name=role)
        StaffRole.objects.create(user=user, role=role, agency=self.facility.agency, facility=self.facility, unit=unit)
        client = AsyncClient()
        client.force_login(user)
        session = client.session
        session.update({"second_step_by": user.pk, "opened_at": int(time.time()), "seen_at": int(time.time())})
        session.save()
        return str(session.session_key)


async def ask(question: Callable[..., Any], *arguments: object, **named: object) -> Any:
    return await sync_to_async(question)(*arguments, **named)


@pytest.fixture
async def jail(committed_database: dict[str, str]) -> AsyncIterator[Jail]:
    await ask(_forget_connection)  # the thread that answers `ask` may know the database of another test
    yield await ask(Jail)
    await ask(_forget_connection)


def _forget_connection() -> None:
    if connections.all(initialized_only=True):
        connections.close_all()
        del connections["default"]


class Reader:
    """One browser's stream of events."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream
        self._waiting: list[dict[str, str]] = []

    async def next(self) -> dict[str, str]:
        """The next event: its name, data and id."""
        while not self._waiting:
            chunk = await asyncio.wait_for(anext(self._stream), PATIENCE)
            for block in chunk.decode().strip().split("\n\n"):
                fields: dict[str, str] = {}
                for line in block.splitlines():
                    name, _, value = line.partition(": ")
                    fields[name] = f"{fields[name]}\n{value}" if name in fields else value
                self._waiting.append(fields)
        return self._waiting.pop(0)

    async def until(self, event: str) -> dict[str, str]:
        while (told := await self.next())["event"] != event:
            pass
        return told

    async def is_over(self) -> bool:
        try:
            await asyncio.wait_for(anext(self._stream), PATIENCE)
        except StopAsyncIteration:
            return True
        return False


@asynccontextmanager
async def reading(session: str, **asked: object) -> AsyncIterator[Reader]:
    """A reader of the events after a version (`after`); `seen`: what a browser says it saw last."""
    client = AsyncClient()
    client.cookies[COOKIE] = session
    seen = asked.pop("seen", None)
    headers = {} if seen is None else {"last-event-id": str(seen)}
    response = await client.get(EVENTS, asked, headers=headers)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/event-stream"
    events = aiter(response.streaming_content)
    try:
        yield Reader(events)
    finally:
        await events.aclose()
        del response
        gc.collect()  # as when a browser is gone: nobody reads the events any more
        await asyncio.sleep(0.05)


async def test_a_change_is_told_to_who_watches_its_unit_and_no_other(jail: Jail) -> None:
    everywhere, in_unit_a = await ask(jail.session), await ask(jail.session, Role.OFFICER, jail.units[0])
    async with reading(everywhere) as whole, reading(in_unit_a) as part:
        assert [(await each.next())["event"] for each in (whole, part)] == ["anew", "anew"]
        theirs = await ask(jail.call, 1)
        await ask(jail.call, 2)  # at another jail
        mine = await ask(jail.call, 0, Act.DIAL)
        first, second = await whole.until("call"), await whole.until("call")
        assert f'id="call-{theirs}"' in first["data"]
        assert "Identifying" in first["data"]
        assert f'id="call-{mine}"' in second["data"]
        assert f'id="call-{mine}"' in (await part.until("call"))["data"]
        await ask(jail.stand, mine, Act.END)
        assert (await part.until("over"))["data"] == str(mine)


async def test_who_comes_back_is_told_what_they_missed_and_everything_when_it_is_too_long_ago(jail: Jail) -> None:
    session = await ask(jail.session)
    ended, going_on = await ask(jail.call, 0), await ask(jail.call, 1)
    async with reading(session) as reader:
        seen = (await reader.until("tick"))["id"]
    await ask(jail.stand, ended, Act.END)
    async with reading(session, seen=seen) as reader:
        assert await reader.next() == {"event": "over", "data": str(ended)}
        assert int((await reader.next())["id"]) > int(seen)
    await ask(partial(Standing.objects.filter(pk=ended).update, since=1))
    await ask(forget_ended, now())
    async with reading(session, seen=seen) as reader:
        assert (await reader.next())["event"] == "anew"
        assert f"call-{going_on}" in (await reader.next())["data"]


async def test_a_viewer_holds_no_connection_to_the_database_and_there_are_so_many_of_them(
    jail: Jail, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await ask(jail.session)
    monkeypatch.setattr(watching, "MOST_OF_ONE", 1)
    async with reading(session) as reader:
        await reader.next()
        assert await ask(lambda: connections["default"].connection) is None
        async with reading(session) as another:
            assert await another.next() == {"event": "bye", "data": "full"}
            assert await another.is_over()
    async with reading(session) as again:
        assert (await again.next())["event"] == "anew"


@pytest.mark.parametrize("how", ["signed out", "idle", "role taken", "deactivated"])
async def test_a_board_that_stays_open_ends_with_the_session_and_does_not_prolong_it(
    jail: Jail, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(stream, "LOOK_AT_VIEWER_EVERY", 0.3)
    session = await ask(jail.session)
    seen = int(time.time()) - 60
    await ask(changed, session, seen_at=seen)
    async with reading(session) as reader:
        await reader.until("tick")
        await asyncio.sleep(0.5)
        call = await ask(jail.call, 0)
        assert f"call-{call}" in (await reader.until("call"))["data"]
        assert (await ask(SessionStore(session).load))["seen_at"] == seen
        match how:
            case "signed out":
                await ask(SessionStore(session).flush)
            case "idle":
                await ask(changed, session, seen_at=seen - 3600)
            case "role taken":
                await ask(StaffRole.objects.all().delete)
            case "deactivated":
                await ask(partial(User.objects.update, is_active=False))
        assert await reader.until("bye") == {"event": "bye", "data": "signed-out"}
        assert await reader.is_over()


def changed(session: str, **values: object) -> None:
    stored = SessionStore(session)
    stored.update(values)
    stored.save()
