"""Takes up the calls that families asked the platform to place, and keeps those in progress on this process."""

import asyncio
import secrets
import time
from contextlib import suppress
from typing import Final

import structlog
from django.db import Error as DatabaseError

from kinline.core.identity import CallId, new_call_id
from kinline.core.reasons import Reason
from kinline.servicecalls import services
from kinline.servicecalls.services import Waiting
from kinline.telephony.sip import Identity
from kinline.telephony.switchboard.clock import now
from kinline.telephony.switchboard.equipment import Equipment
from kinline.telephony.switchboard.service_call import PlacedCall, spoken_folder

log = structlog.get_logger("switchboard")

LOOK: Final = 0.5
"""Seconds between looks for orders: one question to an index that is nearly always empty."""
AT_ONCE: Final = 20
"""Service calls on this process: so many leave room for the calls of residents."""
LEFT_TO_OTHERS: Final = 3000
"""Milliseconds in which an order that has no way out from here may be taken up by a switchboard that has one: a phone
is registered with one of them alone."""
LEFT_BEHIND: Final = 600.0
"""Seconds after which no test can need what was said in it."""
END_WITHIN: Final = 3.0
"""Seconds that calls in progress have to be written down when the switchboard stops."""


class Placing:
    """See the module. `shown`: the number that families see; empty: the trunk's own."""

    def __init__(self, equipment: Equipment, switchboard: str, shown: str) -> None:
        self._equipment = equipment
        self._switchboard = switchboard
        self._identity = Identity(shown or "anonymous", display="Kinline", asserted=bool(shown))
        self._calls: dict[CallId, PlacedCall] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def calls(self) -> tuple[PlacedCall, ...]:
        """In progress, in the order in which they began."""
        return tuple(self._calls.values())

    async def keep_placing(self) -> None:
        """Take up orders as they come. Never returns."""
        self._sweep()
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self.take_up()
            except DatabaseError as error:
                log.error("service_call.orders_not_read", error=type(error).__name__)

    def _sweep(self) -> None:
        """Delete what was said in tests that another process, killed since, has left."""
        for left in spoken_folder(self._equipment).glob("*.wav"):
            with suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > LEFT_BEHIND:
                    left.unlink()

    async def take_up(self) -> None:
        """Take up what waits, as far as it has a way out from here."""
        if self._equipment.endpoint.draining or len(self._calls) >= AT_ONCE:
            return
        for order in await self._equipment.books.ask(services.waiting, now()):
            has_way = bool(self._equipment.routes.to(order.number))
            if (has_way or now() - order.ordered_at > LEFT_TO_OTHERS) and len(self._calls) < AT_ONCE:
                await self._take(order)

    async def _take(self, order: Waiting) -> None:
        call_id = new_call_id(now(), secrets.randbits(21))
        taken = await self._equipment.books.ask(services.take, order.id, self._switchboard, call_id, now())
        if taken is None:
            return
        call = PlacedCall(call_id, taken, self._switchboard, self._identity, self._equipment, self._released)
        self._calls[call_id] = call
        self._empty.clear()
        call.begin()

    def _released(self, call: PlacedCall) -> None:
        self._calls.pop(call.id, None)
        if not self._calls:
            self._empty.set()

    async def end_calls(self) -> None:
        """Take up no more, and end those in progress."""
        self._equipment.endpoint.draining = True
        for call in self.calls:
            call.cut_off(Reason.TALK_PLATFORM_FAULT)
        try:
            async with asyncio.timeout(END_WITHIN):
                await self._empty.wait()
        except TimeoutError:
            log.error("service_call.left", calls=len(self._calls))  # the worker gives them up
