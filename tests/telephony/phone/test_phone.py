"""Two phones call each other over loopback: SIP, RTP, keys and what is heard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from kinline.core.identity import Language
from kinline.core.phrases import assembly
from kinline.core.speech import Say, Utterance
from kinline.telephony import sip
from kinline.telephony.media import fragments
from kinline.telephony.media.g711 import Samples
from kinline.telephony.phone.hearing import Heard, Kind
from kinline.telephony.phone.library import Library
from kinline.telephony.phone.phone import Connected, Happening, Incoming, KeyHeard, Over, Phone, RingsThere, SaidAll
from kinline.telephony.prompts import Prompts

PLEASE_WAIT = (Say.of("dial.wait"),)


@asynccontextmanager
async def two_phones(library: Library) -> AsyncIterator[tuple[Phone, Phone]]:
    mother = await Phone.open("mother", library)
    brother = await Phone.open("brother", library)
    try:
        yield mother, brother
    finally:
        await mother.close()
        await brother.close()


def address_of(phone: Phone) -> sip.Target:
    return sip.Target(phone.endpoint.host, phone.endpoint.port)


async def until(phone: Phone, wanted: type[Happening] | Callable[[Happening], bool]) -> Happening:
    async with asyncio.timeout(15):
        while True:
            happening = await phone.happenings.get()
            if isinstance(happening, wanted) if isinstance(wanted, type) else wanted(happening):
                return happening


async def connected(caller: Phone, called: Phone) -> None:
    await caller.dial(address_of(called), called="+15045550123", caller="+15045550100")
    incoming = await until(called, Incoming)
    assert isinstance(incoming, Incoming)
    assert incoming.caller == "+15045550100"
    await until(caller, RingsThere)
    await called.answer()
    await until(caller, Connected)
    await until(called, Connected)


def spoken_sound(spoken: Prompts, utterance: Utterance) -> Samples:
    return np.concatenate([fragments.read(path) for path in spoken.paths(utterance, Language.ENGLISH)])


async def test_what_one_says_the_other_hears_word_for_word(spoken: Prompts, library: Library) -> None:
    async with two_phones(library) as (mother, brother):
        await connected(mother, brother)
        mother.say(spoken_sound(spoken, PLEASE_WAIT))
        await until(mother, SaidAll)
        heard = await until(brother, Heard)
        assert isinstance(heard, Heard)
        assert heard.text == assembly.words(PLEASE_WAIT, Language.ENGLISH)
        brother.hang_up()
        assert await until(mother, Over) == Over(by_far_end=True)
        assert await until(brother, Over) == Over(by_far_end=False)


async def test_keys_arrive_once_each_and_in_their_order(library: Library) -> None:
    async with two_phones(library) as (mother, brother):
        await connected(mother, brother)
        told: list[str] = []
        mother.on_pressed = lambda keys, at: told.append(keys)
        mother.press("1004#")
        mother.press("4711", secret=True)
        keys = [await until(brother, KeyHeard) for _ in range(9)]
        assert "".join(key.digit for key in keys if isinstance(key, KeyHeard)) == "1004#4711"
        assert told == ["1004#", "••••"]


async def test_a_cut_prompt_is_heard_before_the_end_of_the_call(spoken: Prompts, library: Library) -> None:
    async with two_phones(library) as (mother, brother):
        await connected(mother, brother)
        mother.say(spoken_sound(spoken, (Say.of("offer.recorded"), *PLEASE_WAIT)))
        await until(brother, lambda happening: not isinstance(happening, Connected))
        mother.hang_up()
        heard = await until(brother, Heard)
        assert isinstance(heard, Heard)
        assert heard.kind is Kind.PROMPT
        await until(brother, Over)


@pytest.mark.parametrize("status", [486, 603])
async def test_a_refused_call_tells_the_caller_why(library: Library, status: int) -> None:
    async with two_phones(library) as (mother, brother):
        await mother.dial(address_of(brother), called="+15045550123", caller="+15045550100")
        await until(brother, Incoming)
        brother.reject(status)
        assert await until(mother, Over) == Over(status)
        assert not mother.in_call
        assert not brother.in_call


async def test_a_caller_who_gives_up_stops_the_ringing(library: Library) -> None:
    async with two_phones(library) as (mother, brother):
        await mother.dial(address_of(brother), called="+15045550123", caller="+15045550100")
        await until(brother, Incoming)
        mother.hang_up()
        await until(brother, Over)
        assert not brother.in_call


async def test_a_phone_in_a_call_is_busy_for_a_second_one(library: Library) -> None:
    async with two_phones(library) as (mother, brother):
        await connected(mother, brother)
        sister = await Phone.open("sister", library)
        await sister.dial(address_of(brother), called="+15045550123", caller="+15045550177")
        assert await until(sister, Over) == Over(486)
        assert brother.is_connected
        await sister.close()


async def test_one_call_after_another_can_be_made_from_the_same_phone(library: Library) -> None:
    async with two_phones(library) as (mother, brother):
        for _ in range(2):
            await connected(mother, brother)
            mother.hang_up()
            await until(brother, Over)
            await until(mother, Over)
