"""How the two people of a demonstration behave: they act on what they hear, never on a clock that knows the server.

Each is a coroutine that follows one phone through one call. A person waits until a prompt is over, unless in a
hurry: then a key is pressed as soon as the prompt is recognised.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle
from typing import Final

from kinline.core.identity import Language
from kinline.core.phrases.assembly import Fragment
from kinline.telephony import sip
from kinline.telephony.media.g711 import Samples
from kinline.telephony.phone.hearing import Heard, Kind, phrases_in, told
from kinline.telephony.phone.phone import Connected, Happening, Incoming, Over, Phone, Recognised, SaidAll

_REACTION: Final = 0.4  # seconds
_LONGEST_SILENCE: Final = 4.0  # seconds that one waits for the other to say something


class Manner(StrEnum):
    """What the family's phone does."""

    ACCEPT = "accept"
    ASK_PRICE = "ask_price"  # and then accept
    REFUSE = "refuse"
    BLOCK = "block"
    SILENT = "silent"  # answers, presses nothing
    MACHINE = "machine"  # an answering machine with its greeting
    NO_ANSWER = "no_answer"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Caller:
    """What the resident knows and wants. `talk`: seconds after which they hang up, None to talk until it is ended."""

    resident_number: str
    pin: str
    number: str
    language: Language
    talk: float | None
    name: Samples
    sentences: tuple[Samples, ...]
    hurried: bool = False

    def __repr__(self) -> str:  # a PIN is never printed
        return f"Caller({self.resident_number!r}, number={self.number!r})"


@dataclass(frozen=True, slots=True)
class CalledParty:
    """How the number that is called behaves. `talk`: as for `Caller`."""

    manner: Manner
    talk: float | None
    sentences: tuple[Samples, ...]
    greeting: Samples
    hurried: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a phone's part in the call ended. `reached`: it rang, or the call was connected to it."""

    over: Over
    reached: bool


async def call_home(phone: Phone, server: sip.Target, station: str, caller: Caller, patience: float) -> Ending:
    """Go off-hook, do as one is told, talk, hang up. Raises `TimeoutError` after `patience` seconds."""
    await phone.dial(server, called="kinline", caller=station)
    conversation = Conversation(phone, caller.sentences)

    def act(fragments: Sequence[Fragment], finished: bool) -> bool:
        """Do what a prompt asks for; False when it asks for nothing yet."""
        for key in reversed(phrases_in(fragments)):
            match key:
                case "language.choice":
                    digit = told(fragments, key, "key", caller.language)
                    if digit:
                        phone.press(digit)
                    return digit is not None
                case "identify.enter_number" | "identify.enter_number_pound":
                    phone.press(caller.resident_number + "#" * key.endswith("_pound"))
                case "identify.enter_pin":
                    phone.press(caller.pin, secret=True)
                case "identify.enter_joined" | "identify.enter_joined_pound":
                    phone.press(caller.resident_number + caller.pin + "#" * key.endswith("_pound"), secret=True)
                case "identify.say_name":
                    if finished:
                        phone.say(caller.name)
                    return finished
                case "dial.enter_number":
                    phone.press(caller.number + "#" * (len(caller.number) < 10))
                case "talk.connected":
                    conversation.begin(caller.talk)
                case _:
                    continue
            return True
        return False

    return await _follow(phone, Attention(act, caller.hurried), conversation, patience)


async def take_call(phone: Phone, called_party: CalledParty, patience: float) -> Ending:
    """Wait for the phone to ring, and behave. Raises `TimeoutError` after `patience` seconds."""
    conversation = Conversation(phone, called_party.sentences)
    asked_price = False

    def act(fragments: Sequence[Fragment], finished: bool) -> bool:
        nonlocal asked_price
        wanted = {Manner.REFUSE: "refuse", Manner.BLOCK: "block"}.get(called_party.manner, "accept")
        if called_party.manner in (Manner.SILENT, Manner.MACHINE):
            return False
        if called_party.manner is Manner.ASK_PRICE and not asked_price:
            wanted = "price"
        digit = told(fragments, "offer.keys", wanted) or told(fragments, "offer.confirm_block", "confirm")
        if digit is None:
            return False
        phone.press(digit)
        if wanted == "price":
            asked_price = True
        elif wanted == "accept":
            conversation.begin(called_party.talk, listening=True)
        return True

    async def ring(happening: Happening) -> None:
        if isinstance(happening, Incoming):
            match called_party.manner:
                case Manner.BUSY:
                    phone.reject(486)
                case Manner.NO_ANSWER:
                    pass
                case _:
                    await asyncio.sleep(_REACTION)
                    await phone.answer()
        elif isinstance(happening, Connected) and called_party.manner is Manner.MACHINE:
            phone.say(called_party.greeting)

    return await _follow(phone, Attention(act, called_party.hurried), conversation, patience, ring)


Act = Callable[[Sequence[Fragment], bool], bool]
"""Does what the pieces of a prompt ask for, True; or not yet. The flag: it has been said to its end."""


class Attention:
    """Which pieces of a prompt have been heard and not been acted on."""

    def __init__(self, act: Act, hurried: bool) -> None:
        self._act = act
        self._hurried = hurried
        self._pieces: list[Fragment] = []

    def hear(self, happening: Happening) -> None:
        match happening:
            case Recognised(fragment=fragment):
                self._pieces.append(fragment)
                if self._hurried and self._act(self._pieces, False):
                    self._pieces.clear()
            case Heard():
                self._act(self._pieces, True)
                self._pieces.clear()


class Conversation:
    """One side of a talk: a sentence, then the other side's turn, until the time is up."""

    def __init__(self, phone: Phone, sentences: tuple[Samples, ...]) -> None:
        self._phone = phone
        self._sentences = sentences
        self._talking: asyncio.Task[None] | None = None
        self._said = asyncio.Event()
        self._answered = asyncio.Event()

    def begin(self, seconds: float | None, *, listening: bool = False) -> None:
        """Talk for so long and hang up; None: until it is ended. `listening`: the other side has the first word."""
        if self._talking is None:
            self._talking = asyncio.ensure_future(self._talk(seconds, listening))

    def hear(self, happening: Happening) -> None:
        match happening:
            case SaidAll():
                self._said.set()
            case Heard(kind=Kind.SPEECH):
                self._answered.set()

    def end(self) -> None:
        if self._talking is not None:
            self._talking.cancel()

    async def _talk(self, seconds: float | None, listening: bool) -> None:
        try:
            async with asyncio.timeout(seconds):
                if listening:
                    await self._listen()
                for sentence in cycle(self._sentences):
                    await asyncio.sleep(_REACTION)
                    self._said.clear()
                    self._phone.say(sentence)
                    await self._said.wait()
                    await self._listen()
        except TimeoutError:
            self._phone.hang_up()

    async def _listen(self) -> None:
        """Until the other side has said something, but not for ever."""
        self._answered.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_SILENCE):
                await self._answered.wait()


async def _follow(
    phone: Phone,
    attention: Attention,
    conversation: Conversation,
    patience: float,
    also: Callable[[Happening], Coroutine[None, None, None]] | None = None,
) -> Ending:
    """Be with a phone until its call is over."""
    reached = False
    try:
        async with asyncio.timeout(patience):
            while True:
                happening = await phone.happenings.get()
                attention.hear(happening)
                conversation.hear(happening)
                if also is not None:
                    await also(happening)
                match happening:
                    case Incoming() | Connected():
                        reached = True
                    case Over():
                        return Ending(happening, reached)
    finally:
        conversation.end()
