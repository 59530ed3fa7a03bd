"""`kinline phone`: a small telephone in the terminal, by lines, so that it works over ssh."""

import argparse
import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

from kinline.configuration import Configuration, configuration
from kinline.telephony import sip
from kinline.telephony.phone import sound
from kinline.telephony.phone.hearing import Heard
from kinline.telephony.phone.library import Library
from kinline.telephony.phone.phone import (
    Connected,
    Happening,
    Incoming,
    KeyHeard,
    Over,
    Phone,
    Recognised,
    RingsThere,
    SaidAll,
)
from kinline.telephony.prompts import Prompts
from kinline.telephony.sip.tls import client_tls

HELP: Final = """\
  d NUMBER   dial (a station just goes off-hook: d)      a   answer
  0-9 * #    press keys                                  h   hang up
  s FILE     say a sound file                            q   quit"""
_KEYS: Final = frozenset("0123456789*#")
_ANSWERED_WITHIN: Final = 5.0  # seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--station", metavar="USER", help="register as this station")
    who.add_argument("--line", metavar="NUMBER", help="register as the phone of this number, such as +15045550123")
    parser.add_argument("--password", help="SIP password (that of the demo cast, unless given)")
    parser.add_argument("--server", metavar="HOST[:PORT]", help="the switchboard (this installation's)")
    parser.add_argument("--transport", choices=("udp", "tcp", "tls"), default="udp")
    parser.add_argument("--say", type=Path, metavar="FILE", help="say this sound file when a call is connected")
    parser.add_argument("--record", type=Path, metavar="FILE.wav", help="write what is heard into a file")
    parser.add_argument("--no-sound", action="store_true", help="leave microphone and loudspeaker alone")


def run(arguments: argparse.Namespace) -> int:
    """Be a phone until told to quit or the input ends."""
    try:
        return asyncio.run(_be_a_phone(configuration(), arguments))
    except OSError as error:
        print(f"kinline phone: {error}", file=sys.stderr)
        return 2


async def _be_a_phone(settings: Configuration, arguments: argparse.Namespace) -> int:
    user = arguments.station or arguments.line
    server = _server(settings, arguments, user)
    phone = await Phone.open(
        user,
        Library(Prompts(settings.prompts, settings.names)),
        host="127.0.0.1" if server.host.startswith("127.") else "0.0.0.0",  # noqa: S104 (a phone reaches out)
        tls_client=client_tls(verify=False) if arguments.transport == "tls" else None,
    )
    terminal = Terminal(phone, server, user, is_station=bool(arguments.station), greeting=arguments.say)
    try:
        async with asyncio.timeout(_ANSWERED_WITHIN):
            await phone.register(server, user)
    except (TimeoutError, sip.SipError) as refused:
        status = getattr(refused, "status", 408)
        why = f"SIP {status}" if status not in (408, 503) else "no answer: start it with script/server"
        print(f"kinline phone: {user} could not register at {server.host}:{server.port}: {why}", file=sys.stderr)
        await phone.close()
        return 2
    print(f"registered as {user} at {server.host}:{server.port}\n{HELP}", flush=True)
    with sound.Devices(phone, recording=arguments.record, silent=arguments.no_sound) as devices:
        if devices.name:
            print(f"sound: {devices.name}")
        try:
            await terminal.serve(_lines_of(sys.stdin))
        finally:
            await phone.close()
    return 0


def _server(settings: Configuration, arguments: argparse.Namespace, user: str) -> sip.Target:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    port = settings.sips_port if arguments.transport == "tls" else settings.sip_port
    if arguments.server:
        host, _, given = arguments.server.partition(":")
        port = int(given) if given.isdigit() else port
    credentials = sip.Credentials(user, arguments.password or _demo_password(arguments))
    return sip.Target(host, port, arguments.transport, credentials=credentials)


def _demo_password(arguments: argparse.Namespace) -> str:
    import django

    django.setup()
    from kinline.demo import line_password, station_password

    return station_password(arguments.station) if arguments.station else line_password(arguments.line)


async def _lines_of(stream: TextIO) -> AsyncIterator[str]:
    """The lines of a terminal, pipe or file. A thread reads them, which dies with the program and holds nothing up."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            for line in stream:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    while line := await lines.get():
        yield line


class Terminal:
    """Lines in, lines out: commands to a phone, and what happens to it."""

    def __init__(
        self,
        phone: Phone,
        server: sip.Target,
        user: str,
        *,
        is_station: bool,
        greeting: Path | None = None,
        write: Callable[[str], None] = lambda line: print(line, flush=True),
    ) -> None:
        self._phone = phone
        self._server = server
        self._user = user
        self._is_station = is_station
        self._greeting = greeting
        self._write = write
        self._began = time.time()

    async def serve(self, lines: AsyncIterator[str]) -> None:
        """Read commands until `q` or the end of the input."""
        telling = asyncio.ensure_future(self._tell_all())
        try:
            async for line in lines:
                if not await self.command(line.strip()):
                    return
        finally:
            telling.cancel()

    async def command(self, line: str) -> bool:
        """Do what a line says; False when it was to quit."""
        word, _, rest = line.partition(" ")
        match word:
            case "":
                pass
            case "q":
                return False
            case "d" | "dial":
                await self._dial(rest.strip())
            case "a":
                await self._phone.answer()
            case "h":
                self._phone.hang_up()
            case "s":
                self._say(Path(rest.strip()))
            case keys if set(keys) <= _KEYS:
                self._phone.press(keys)
            case _:
                self._write(HELP)
        return True

    def told(self, happening: Happening) -> str | None:
        """What happened, as a line; None for what needs none."""
        match happening:
            case Incoming(caller=caller):
                return f"ringing: {caller or 'unknown'} calls (a answers)"
            case RingsThere(status=status):
                return f"it rings there ({status})"
            case Connected():
                return "connected"
            case Heard(text=text, language=language):
                return f"hears{f' ({language})' if language else ''}: {text}"
            case KeyHeard(digit=digit):
                return f"the far end pressed {digit}"
            case Over(status=0, by_far_end=by_far_end):
                return "the far end hung up" if by_far_end else "hung up"
            case Over(status=status):
                return f"call failed ({status})"
            case Recognised() | SaidAll():
                return None

    async def _tell_all(self) -> None:
        while True:
            happening = await self._phone.happenings.get()
            if line := self.told(happening):
                self._write(f"{time.time() - self._began:8.1f}  {line}")
            if isinstance(happening, Connected) and self._greeting is not None:
                self._say(self._greeting)

    async def _dial(self, number: str) -> None:
        if self._phone.in_call:
            self._write("hang up first (h)")
        elif not number and not self._is_station:
            self._write("dial what? d NUMBER")
        else:
            await self._phone.dial(self._server, called=number or "kinline", caller=self._user)

    def _say(self, path: Path) -> None:
        try:
            self._phone.say(path)
        except OSError as error:
            self._write(str(error))
