"""The terminal phone: lines in, lines out, two of them on a call with each other."""

import asyncio
from pathlib import Path

import soundfile

from kinline.telephony import sip
from kinline.telephony.phone.library import Library
from kinline.telephony.phone.phone import Phone
from kinline.telephony.phone.sound import Devices
from kinline.telephony.phone.terminal import HELP, Terminal
from kinline.telephony.prompts import Prompts


class Desk:
    """A terminal phone with what it has written."""

    def __init__(self, phone: Phone, server: sip.Target, name: str, *, is_station: bool = False) -> None:
        self.lines: list[str] = []
        self.changed = asyncio.Event()
        self.typed: asyncio.Queue[str] = asyncio.Queue()
        self.terminal = Terminal(phone, server, name, is_station=is_station, write=self._write)
        self.serving = asyncio.ensure_future(self.terminal.serve(self._lines()))

    async def reads(self, text: str) -> None:
        async with asyncio.timeout(15):
            while not any(text in line for line in self.lines):
                self.changed.clear()
                await self.changed.wait()

    def types(self, line: str) -> None:
        self.typed.put_nowait(line)

    async def _lines(self):
        while True:
            yield await self.typed.get()

    def _write(self, line: str) -> None:
        self.lines.append(line)
        self.changed.set()


async def test_a_call_is_placed_answered_spoken_heard_and_ended_by_lines(
    library: Library, spoken: Prompts, tmp_path: Path
) -> None:
    mother = await Phone.open("mother", library)
    brother = await Phone.open("brother", library)
    at_brother = sip.Target(brother.endpoint.host, brother.endpoint.port)
    at_mother = sip.Target(mother.endpoint.host, mother.endpoint.port)
    hers = Desk(mother, at_brother, "+15045550123")
    his = Desk(brother, at_mother, "+19855550167")
    recording = tmp_path / "heard.wav"
    with Devices(brother, recording=recording, silent=True):
        hers.types("d +19855550167")
        await his.reads("ringing: +15045550123 calls")
        his.types("a")
        await hers.reads("connected")
        hers.types("12#")
        await his.reads("the far end pressed #")
        hers.types(f"s {spoken.folder / 'en' / 'dial.wait.0.wav'}")
        await his.reads("hears (en): Please wait.")
        his.types("h")
        await hers.reads("the far end hung up")
        for desk in (hers, his):
            desk.types("q")
            await asyncio.wait_for(desk.serving, 5)
    await mother.close()
    await brother.close()
    assert soundfile.info(recording).duration > 0.5


async def test_what_is_no_command_is_answered_with_help_and_mistakes_with_what_to_do(library: Library) -> None:
    phone = await Phone.open("mother", library)
    desk = Desk(phone, sip.Target("127.0.0.1", 9), "+15045550123")
    for line, answer in (("xyz", HELP), ("d", "dial what?"), ("", "")):
        desk.types(line)
        if answer:
            await desk.reads(answer)
    desk.types("q")
    await asyncio.wait_for(desk.serving, 5)
    await phone.close()
