"""Who may call in, answered from memory: the stations, lines and trunks of the installation."""

import asyncio

import structlog
from django.db import Error as DatabaseError

from kinline.facilities import queries
from kinline.facilities.digest import REALM
from kinline.facilities.queries import LineEntry, StationEntry, TrunkEntry
from kinline.telephony.sip import Account
from kinline.telephony.switchboard.books import Books

log = structlog.get_logger("switchboard")

REFRESH = 3.0
"""Seconds until a change made by staff is seen here."""


class Directory:
    """The `Authority` of the switchboard's endpoint, kept fresh from the database."""

    def __init__(self) -> None:
        self._entries: queries.Directory | None = None
        self._trunk_addresses: dict[str, str] = {}
        self._trunk_accounts: dict[str, Account] = {}

    def account(self, user: str) -> Account | None:
        """The digest secrets of a station, a line or a trunk: a carrier may show us what we show it."""
        if self._entries is None:
            return None
        entry: StationEntry | LineEntry | None = self._entries.stations.get(user) or self._entries.lines.get(user)
        if entry is None:
            return self._trunk_accounts.get(user)
        if not entry.secrets.md5:
            return None
        return Account(user, entry.secrets.md5, entry.secrets.sha256)

    def trusted(self, address: str) -> str | None:
        """The station or the trunk that lives at an IP address."""
        if self._entries is None:
            return None
        station = self._entries.addresses.get(address)
        return station.user if station else self._trunk_addresses.get(address)

    def station(self, user: str) -> StationEntry | None:
        """The station whose calls were authenticated as `user`."""
        return self._entries.stations.get(user) if self._entries else None

    def line(self, user: str) -> LineEntry | None:
        """The line whose calls were authenticated as `user`."""
        return self._entries.lines.get(user) if self._entries else None

    def is_trunk(self, identity: str) -> bool:
        """Whether calls of this identity come from a carrier that we trust."""
        return identity in self._trunk_accounts or identity in self._trunk_addresses.values()

    @property
    def trunks(self) -> tuple[TrunkEntry, ...]:
        """In the order in which they are tried."""
        return self._entries.trunks if self._entries else ()

    async def refresh(self, books: Books) -> None:
        """Read all anew if anything changed."""
        if self._entries is not None and await books.ask(queries.stamp) == self._entries.stamp:
            return
        self._entries = await books.ask(queries.directory)
        self._trunk_addresses = {trunk.host: f"trunk {trunk.name}" for trunk in self._entries.trunks if trunk.host}
        self._trunk_accounts = {
            trunk.user: Account.of(trunk.user, REALM, trunk.password)
            for trunk in self._entries.trunks
            if trunk.user and trunk.password
        }
        log.info("directory.read", stations=len(self._entries.stations), trunks=len(self._entries.trunks))

    async def keep_fresh(self, books: Books) -> None:
        """Refresh every few seconds; what is known stays good while the database is away. Never returns."""
        while True:
            await asyncio.sleep(REFRESH)
            try:
                await self.refresh(books)
            except DatabaseError as error:
                log.error("directory.not_read", error=type(error).__name__)
