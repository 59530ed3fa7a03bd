"""One demonstration call from first registration to last BYE: both phones, both people, and the ladder of it all."""

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Final

from kinline.telephony import sip
from kinline.telephony.phone.hearing import Heard
from kinline.telephony.phone.ladder import Ladder, Person
from kinline.telephony.phone.library import Library
from kinline.telephony.phone.people import CalledParty, Caller, Ending, call_home, take_call
from kinline.telephony.phone.phone import Happening, Phone
from kinline.telephony.sip.target import Transport
from kinline.telephony.sip.tls import client_tls

_ANSWERED_WITHIN: Final = 5.0  # seconds
_UNANSWERED: Final = (408, 503)
_LAST_WORDS: Final = 3.0  # seconds that the other phone may take to learn that the call is over


class CannotCall(RuntimeError):
    """The demonstration cannot begin; the text says why and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the switchboard is."""

    host: str
    port: int
    transport: Transport = "udp"

    def target(self, user: str = "", password: str = "") -> sip.Target:
        credentials = sip.Credentials(user, password) if user else None
        return sip.Target(self.host, self.port, self.transport, credentials=credentials)


@dataclass(frozen=True, slots=True)
class Account:
    """A digest user: a station, or the line of a family's number."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Course:
    """What the two phones saw of a call; `family` is None when that phone never rang or has no part."""

    resident: Ending
    family: Ending | None


async def run_call(
    server: Server,
    library: Library,
    ladder: Ladder,
    station: Account,
    caller: Caller,
    line: Account | None,
    called_party: CalledParty,
    patience: float,
) -> Course:
    """Place the call and follow it to its end. Raises `CannotCall`, and `TimeoutError` after `patience` seconds."""
    async with AsyncExitStack() as phones:
        wall = await _open(phones, Person.RESIDENT, server, library, ladder)
        await _register(wall, server, station, "station")
        home: asyncio.Task[Ending] | None = None
        if line is not None:
            family = await _open(phones, Person.FAMILY, server, library, ladder)
            await _register(family, server, line, "line")
            home = asyncio.ensure_future(take_call(family, called_party, patience))
        try:
            resident = await call_home(
                wall, server.target(station.user, station.password), station.user, caller, patience
            )
            return Course(resident, await _ending(home))
        finally:
            ladder.close()
            if home is not None:
                home.cancel()
                with suppress(asyncio.CancelledError):
                    await home


async def _open(phones: AsyncExitStack, person: Person, server: Server, library: Library, ladder: Ladder) -> Phone:
    try:
        phone = await Phone.open(
            person,
            library,
            host="127.0.0.1" if server.host.startswith("127.") else "0.0.0.0",  # noqa: S104 (a phone reaches out)
            trace=ladder.trace(person),
            tls_client=client_tls(verify=False) if server.transport == "tls" else None,
        )
    except OSError as error:
        raise CannotCall(f"no port is free for a phone: {error}") from error
    phones.push_async_callback(phone.close)
    phone.on_pressed = lambda keys, at: ladder.pressed(person, keys, at)

    def overhear(happening: Happening) -> None:
        if isinstance(happening, Heard):
            ladder.heard(person, happening)

    phone.on_happening = overhear
    ladder.ongoing.append(lambda: phone.hearing_since)
    return phone


async def _register(phone: Phone, server: Server, account: Account, kind: str) -> None:
    """A switchboard has no answer to strangers, so this is also how one finds out whether it is there."""
    try:
        async with asyncio.timeout(_ANSWERED_WITHIN):
            await phone.register(server.target(account.user, account.password), account.user)
    except (TimeoutError, sip.SipError) as refused:
        status = refused.status if isinstance(refused, sip.SipError) else _UNANSWERED[0]
        raise CannotCall(
            f"no switchboard answers at {server.host}:{server.port}: start it with script/server"
            if status in _UNANSWERED
            else f"the switchboard refused the {kind} {account.user} (SIP {status}): is the demo seeded? kinline demo"
        ) from refused


async def _ending(home: "asyncio.Task[Ending] | None") -> Ending | None:
    """How it ended for the family; None when their phone did not ring."""
    if home is None:
        return None
    await asyncio.wait([home], timeout=_LAST_WORDS)
    return home.result() if home.done() and not home.cancelled() and home.exception() is None else None
