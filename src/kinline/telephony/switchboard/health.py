"""How stations and carriers are: told to the books every few seconds, what is new alone."""

import asyncio
from dataclasses import replace
from typing import Final

import structlog
from django.db import Error as DatabaseError

from kinline.core.identity import Instant
from kinline.core.reasons import Reason
from kinline.core.station_health import OF_THE_STATION
from kinline.facilities.models.wires import TrunkKind
from kinline.facilities.queries import StationEntry, TrunkEntry
from kinline.live import services
from kinline.live.services import StationNews, TrunkNews
from kinline.telephony.sip.endpoint import Endpoint
from kinline.telephony.switchboard.books import Books
from kinline.telephony.switchboard.clock import now
from kinline.telephony.switchboard.directory import Directory
from kinline.telephony.switchboard.routes import gateway

log = structlog.get_logger("switchboard")

TELL_EVERY: Final = 5.0
"""Seconds between two looks at who is registered."""
ASK_CARRIERS_EVERY: Final = 6
"""Of those looks, the share at which carriers are asked (OPTIONS): each half minute."""


class Health:
    """Gathers what is new."""

    def __init__(self, endpoint: Endpoint, directory: Directory, books: Books) -> None:
        self.asks_carriers = True
        self._endpoint = endpoint
        self._directory = directory
        self._books = books
        self._news: dict[int, StationNews] = {}
        self._registered: dict[str, float] = {}  # until when, on the loop's clock, by user

    def called(self, station: StationEntry) -> None:
        """The station went off-hook."""
        self._note(StationNews(station.id, seen_at=now(), called_at=now()))

    def ended(self, station: StationEntry, reason: Reason) -> None:
        """A call of the station ended; it counts when the station may be at fault."""
        if reason in OF_THE_STATION:
            self._note(StationNews(station.id, error=reason.value, error_at=now()))

    def _note(self, news: StationNews) -> None:
        known = self._news.get(news.station, StationNews(news.station))
        said = {name: value for name in StationNews.__slots__ if (value := getattr(news, name))}
        self._news[news.station] = replace(known, **said)

    async def keep_telling(self) -> None:
        """Tell every few seconds. Never returns."""
        looks = 0
        while True:
            try:
                await self.tell(ask_carriers=self.asks_carriers and looks % ASK_CARRIERS_EVERY == 0)
            except DatabaseError as error:
                log.error("health.not_told", error=type(error).__name__)
            looks += 1
            await asyncio.sleep(TELL_EVERY)

    async def tell(self, *, ask_carriers: bool = True) -> None:
        """Look who is registered, ask the carriers, and write down what is new."""
        self._look_at_registrations()
        trunks = await self._ask_carriers() if ask_carriers else []
        news, self._news = self._news, {}
        if not news and not trunks:
            return
        try:
            await self._books.ask(services.tell_health, tuple(news.values()), tuple(trunks))
        except DatabaseError:
            for each in news.values():
                self._news.setdefault(each.station, each)
            raise

    def _look_at_registrations(self) -> None:
        until = {user: max(ends) for user, ends in self._endpoint.registrations().items() if ends}
        clock = asyncio.get_running_loop().time()
        for user, ends in until.items():
            station = self._directory.station(user)
            if station is not None and self._registered.get(user) != ends:
                self._note(StationNews(station.id, Instant(now() + int((ends - clock) * 1000)), seen_at=now()))
        for user in self._registered.keys() - until.keys():
            station = self._directory.station(user)
            if station is not None:  # it took its leave, or let the registration run out
                ran_out = now() + int((self._registered[user] - clock) * 1000)
                self._note(StationNews(station.id, Instant(min(now(), ran_out))))
        self._registered = until

    async def _ask_carriers(self) -> list[TrunkNews]:
        asked = [trunk for trunk in self._directory.trunks if trunk.kind is TrunkKind.GATEWAY]
        return list(await asyncio.gather(*map(self._ask, asked)))

    async def _ask(self, trunk: TrunkEntry) -> TrunkNews:
        try:
            seconds = await self._endpoint.ping(gateway(trunk))
        except Exception as error:  # a name that nobody knows, a connection that is refused
            log.info("trunk.unreachable", trunk=trunk.name, error=type(error).__name__)
            seconds = None
        return TrunkNews(trunk.name, now(), None if seconds is None else round(seconds * 1000))
