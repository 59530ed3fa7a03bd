"""A switchboard in the test's own process: real sockets, sound and database, and prompts of one silent frame."""

import asyncio
import time
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kinline import demo
from kinline.calls import queries
from kinline.core.identity import CallId, Language
from kinline.core.numbering import E164
from kinline.core.phrases.assembly import words
from kinline.core.speech import Utterance
from kinline.facilities.digest import REALM
from kinline.telephony import sip
from kinline.telephony.media.embedded import EmbeddedEngine
from kinline.telephony.phone.library import Library
from kinline.telephony.phone.phone import Connected, Happening, Incoming, Over, Phone
from kinline.telephony.prompts import Prompts
from kinline.telephony.sip.endpoint import Endpoint
from kinline.telephony.sip.registrar import Registrar
from kinline.telephony.switchboard.board import Switchboard
from kinline.telephony.switchboard.books import Books
from kinline.telephony.switchboard.directory import Directory
from kinline.telephony.switchboard.equipment import Equipment
from kinline.telephony.switchboard.menu import AccountLine
from kinline.telephony.switchboard.placing import Placing
from kinline.telephony.switchboard.routes import Routes

RTP_PORTS = (41000, 41999)
PATIENCE = 20


class BriefPrompts(Prompts):
    """Every utterance takes 20 ms, so that a call is over in a moment; what was said is kept in words."""

    def __init__(self, folder: Path, names: Path) -> None:
        super().__init__(folder, names)
        self.said: list[str] = []

    def paths(self, utterance: Utterance, language: Language) -> list[Path]:
        self.said.append(words(utterance, language))
        path = self.folder / "brief.wav"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            with wave.open(str(path), "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(8000)
                sound.writeframes(bytes(320))
        return [path]


@dataclass
class Exchange:
    """The switchboard, and whoever telephones in a test."""

    board: Switchboard
    books: Books
    endpoint: Endpoint
    folder: Path
    equipment: Equipment
    prompts: BriefPrompts
    directory: Directory
    placing: Placing
    phones: list[Phone] = field(default_factory=list)

    async def phone(self, name: str) -> Phone:
        phone = await Phone.open(name, Library(Prompts(self.folder / "unknown", self.folder)), rtp_ports=RTP_PORTS)
        self.phones.append(phone)
        return phone

    async def family(self, number: str) -> Phone:
        phone = await self.phone(number)
        await phone.register(self._target(number, demo.line_password(number)), number)
        return phone

    async def off_hook(self, station: str) -> Phone:
        """A wall phone whose call the switchboard has answered."""
        phone = await self.phone(station)
        await phone.dial(self._target(station, demo.station_password(station)), "kinline", station)
        await until(phone, Connected)
        return phone

    async def calls_account(self, number: str) -> Phone:
        """A registered phone that has called the account number and been answered."""
        phone = await self.family(number)
        await phone.dial(self._target(number, demo.line_password(number)), demo.ACCOUNT_NUMBER, number)
        await until(phone, Connected)
        return phone

    async def dialled(self, scenario: demo.Scenario) -> Phone:
        """A wall phone on which the resident of a scenario has pressed everything, up to the number."""
        phone = await self.off_hook(scenario.station)
        ended = "" if len(scenario.dialled) >= 10 else "#"
        phone.press("1" + scenario.resident_number)
        phone.press(scenario.pin, secret=True)
        phone.press(scenario.dialled + ended)
        return phone

    async def settled(self, scenario: demo.Scenario) -> dict[str, object]:
        """The facts of the scenario's latest call, once it is in the books."""
        async with asyncio.timeout(PATIENCE):
            while True:
                facts = await self.books.ask(_latest, scenario.station)
                if facts is not None and facts["state"] == "settled":
                    return facts
                await asyncio.sleep(0.05)

    async def said(self, beginning: str, times: int = 1) -> str:
        """The last utterance that begins so, once so many are said."""
        async with asyncio.timeout(PATIENCE):
            while len(said := self._begun(beginning)) < times:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return said[-1]

    def _begun(self, beginning: str) -> list[str]:
        return [words for words in self.prompts.said if words.startswith(beginning)]

    def _target(self, user: str, password: str) -> sip.Target:
        return sip.Target("127.0.0.1", self.endpoint.port, credentials=sip.Credentials(user, password))


async def until(phone: Phone, kind: type[Happening]) -> Happening:
    """The next happening of a kind; what comes before it is passed over."""
    async with asyncio.timeout(PATIENCE):
        while not isinstance(happening := await phone.happenings.get(), kind):
            pass
    return happening


async def picked_up(phone: Phone) -> None:
    await until(phone, Incoming)
    await phone.answer()


async def hung_up_on(phone: Phone) -> None:
    await until(phone, Over)


def _latest(station: str) -> dict[str, object] | None:
    from kinline.calls.models import Call

    call = Call.objects.filter(station__sip_user=station).order_by("-opened_at").first()
    return None if call is None else dict(queries.call_facts(CallId(call.pk)))


@pytest.fixture
def seeded(committed_database: dict[str, str]) -> dict[str, str]:
    demo.seed()
    return committed_database


@pytest.fixture
async def exchange(seeded: dict[str, str], tmp_path: Path) -> AsyncIterator[Exchange]:
    books, directory = Books(), Directory()
    await directory.refresh(books)
    endpoint = await Endpoint.open("127.0.0.1", 0, realm=REALM, authority=directory, registrar=Registrar())
    engine = EmbeddedEngine("127.0.0.1", *RTP_PORTS)
    prompts = BriefPrompts(tmp_path / "prompts", tmp_path / "names")
    routes = Routes(directory, endpoint.targets)
    equipment = Equipment(endpoint, engine, books, prompts, routes, tmp_path / "recordings")
    line = AccountLine(E164(demo.ACCOUNT_NUMBER), E164(demo.SUPPORT))
    board = Switchboard(equipment, directory, line)
    endpoint.agent.on_call = board.on_call
    placing = Placing(equipment, board.id, demo.ACCOUNT_NUMBER)
    exchange = Exchange(board, books, endpoint, tmp_path, equipment, prompts, directory, placing)
    started = time.monotonic()
    try:
        yield exchange
    finally:
        for phone in exchange.phones:
            await phone.close()
        await placing.end_calls()
        await board.drain(0)
        await endpoint.close(0.2)
        await engine.close()
        assert time.monotonic() - started < 4 * PATIENCE
