"""The switchboard: takes calls from stations, keeps those in progress, and tells the books that they live."""

import asyncio
import os
import secrets
import socket

import structlog
from django.db import Error as DatabaseError

from kinline.calls import services
from kinline.core.identity import CallId, new_call_id
from kinline.core.reasons import Reason
from kinline.facilities import queries
from kinline.telephony.sip.incoming import IncomingCall
from kinline.telephony.switchboard.call import LiveCall
from kinline.telephony.switchboard.callers import caller_of, is_called
from kinline.telephony.switchboard.clock import now
from kinline.telephony.switchboard.directory import Directory
from kinline.telephony.switchboard.equipment import Equipment
from kinline.telephony.switchboard.health import Health
from kinline.telephony.switchboard.menu import AccountLine, MenuCall

log = structlog.get_logger()

HEARTBEAT = 5.0
"""Seconds between signs of life: a crash loses at most this much of a call's time, and half of what is promised."""
WATCH = 0.25
"""Seconds between looks at two numbers that change when calls in progress may have to end."""
SETTLE_WITHIN = 8.0
"""Seconds that the calls in progress have to be settled when the switchboard stops."""
MENUS_AT_ONCE = 100
"""Families in the account menu: so many leave room for the calls, whatever somebody does with that number."""


class Switchboard:
    """The calls in progress on this process."""

    def __init__(self, equipment: Equipment, directory: Directory, account_line: AccountLine | None = None) -> None:
        self.id = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._equipment = equipment
        self._directory = directory
        self._account_line = account_line
        self.health = Health(equipment.endpoint, directory, equipment.books)
        self._menus: dict[CallId, MenuCall] = {}
        self._calls: dict[CallId, LiveCall] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def on_call(self, incoming: IncomingCall) -> None:
        """A station went off-hook, or a family calls the account number. Lines and trunks reach nobody else here."""
        station = self._directory.station(incoming.remote_identity)
        if station is not None:
            call = LiveCall(self._new_id(), station, self.id, self._equipment, self._released)
            self._calls[call.id] = call
            self._empty.clear()
            self.health.called(station)
            call.begin(incoming)
        elif self._account_line is not None and is_called(self._account_line.number, incoming):
            self._open_menu(incoming, self._account_line)
        else:
            log.info("call.not_a_station", user=incoming.remote_identity)
            incoming.reject(403)

    def _open_menu(self, incoming: IncomingCall, line: AccountLine) -> None:
        if len(self._menus) >= MENUS_AT_ONCE:
            log.warning("menu.too_many", menus=len(self._menus))
            return incoming.reject(486)
        caller = caller_of(incoming, self._directory)
        menu = MenuCall(self._new_id(), line, caller, self._equipment, self._left_menu)
        self._menus[menu.id] = menu
        self._empty.clear()
        menu.begin(incoming)

    @staticmethod
    def _new_id() -> CallId:
        return new_call_id(now(), secrets.randbits(21))

    def _released(self, call: LiveCall) -> None:
        self._calls.pop(call.id, None)
        self.health.ended(call.station, call.reason)
        self._check_empty()

    def _left_menu(self, menu: MenuCall) -> None:
        self._menus.pop(menu.id, None)
        self._check_empty()

    def _check_empty(self) -> None:
        if not self._calls and not self._menus:
            self._empty.set()

    @property
    def calls(self) -> tuple[LiveCall, ...]:
        """In progress, in the order in which they began."""
        return tuple(self._calls.values())

    @property
    def menus(self) -> tuple[MenuCall, ...]:
        """The visits of the account menu in progress."""
        return tuple(self._menus.values())

    async def keep_alive(self) -> None:
        """Beat every few seconds. Never returns."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self.beat()
            except DatabaseError as error:
                log.error("switchboard.heartbeat_failed", error=type(error).__name__, calls=len(self._calls))

    async def beat(self) -> None:
        """Tell the books which calls live here and how they sound, and do what they ask of them: to end those that must
        not go on, to protect those that became privileged, to announce something."""
        alive = tuple(call.id for call in self._calls.values() if not call.is_ended)
        for order in await self._equipment.books.ask(services.heartbeat, self.id, alive, now()):
            if call := self._calls.get(order.call_id):
                call.obey(order)
        for call in self.calls:
            call.measure()

    async def keep_watch(self) -> None:
        """Beat as soon as staff turned phones off or ended a call: they end within a second. Never returns."""
        seen: tuple[int, ...] = ()
        while True:
            await asyncio.sleep(WATCH)
            if not self._calls:
                continue
            try:
                alarms = await self._equipment.books.ask(queries.alarms)
                if alarms != seen:
                    await self.beat()
                    seen = alarms
            except DatabaseError as error:
                log.error("switchboard.watch_failed", error=type(error).__name__, calls=len(self._calls))

    async def drain(self, patience: float) -> None:
        """Take no more calls, end those in progress as `end_calls` does, and close the books."""
        self._equipment.endpoint.draining = True
        await self.end_calls(patience)
        await self._equipment.books.close()

    async def end_calls(self, patience: float) -> None:
        """Wait `patience` seconds for the calls in progress, then end and settle them."""
        if not await self._emptied(patience):
            for call in self.calls:
                call.cut_off(Reason.TALK_PLATFORM_FAULT)
            for menu in self.menus:
                menu.cut_off(Reason.TALK_PLATFORM_FAULT)
            if not await self._emptied(SETTLE_WITHIN):
                log.error("switchboard.calls_left", calls=len(self._calls))  # the reaper settles them

    async def _emptied(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True
