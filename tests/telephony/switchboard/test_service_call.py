"""The platform calls a family: real phones, keys and rows."""

import asyncio
from collections.abc import Callable

import numpy as np
from telephony.switchboard.conftest import PATIENCE, Exchange, hung_up_on, picked_up

from kinline import demo
from kinline.calls import queries
from kinline.core.identity import CallId, Language
from kinline.core.numbering import E164
from kinline.core.servicecall.course import Outcome, Stage
from kinline.core.servicecall.findings import KeySignal
from kinline.people.models import CustomerNumber
from kinline.servicecalls import services
from kinline.servicecalls.models import ServiceCall
from kinline.servicecalls.queries import result_of
from kinline.telephony.media.g711 import PCMU
from kinline.telephony.media.listening import level
from kinline.telephony.switchboard.clock import now
from kinline.telephony.switchboard.placing import Placing

CODE = "730482"


async def ordered(exchange: Exchange, number: str = demo.MOTHER, language: Language = Language.ENGLISH) -> int:
    def order() -> int:
        call = services.order_code_call(E164(number), CODE, language, now(), asked_by="user/1", address="")
        return int(call.pk)

    return await exchange.books.ask(order)


async def asked_for(exchange: Exchange, order: Callable[..., ServiceCall]) -> int:
    """Rosa orders a call to her own number."""

    def place() -> int:
        rosa = CustomerNumber.objects.get(number=demo.MOTHER).customer
        return int(order(rosa, E164(demo.MOTHER), Language.ENGLISH, now(), address="").pk)

    return await exchange.books.ask(place)


async def ended(exchange: Exchange, order: int) -> ServiceCall:
    """The order's row, once it is over."""
    async with asyncio.timeout(PATIENCE):
        while (row := await exchange.books.ask(lambda: ServiceCall.objects.get(pk=order))).stage != Stage.OVER:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return row


async def test_a_mother_hears_her_code_after_a_key_and_it_is_written_nowhere(exchange: Exchange) -> None:
    mother = await exchange.family(demo.MOTHER)
    order = await ordered(exchange)
    await exchange.placing.take_up()
    await picked_up(mother)
    await exchange.said("Hello, this is Kinline. To hear your code, press one.")
    mother.press("1")
    await exchange.said("Your code is seven three zero, four eight two.")
    mother.hang_up()
    row = await ended(exchange, order)
    assert (row.outcome, row.sealed) == (Outcome.CODE_SAID, "")
    await exchange.books.flush()
    events = await exchange.books.ask(queries.events_of, CallId(row.call_id or 0))
    assert {"service_call.taken", "prompt", "service_call.over"} <= {event.kind for event in events}
    assert not any(CODE in str(event.fields) or "seven" in str(event.fields) for event in events)
    assert not any(demo.MOTHER in str(event.fields) for event in events)


async def test_a_phone_is_tested_and_what_was_said_is_played_back_and_deleted(exchange: Exchange) -> None:
    mother = await exchange.family(demo.MOTHER)
    order = await asked_for(exchange, services.order_line_test)
    await exchange.placing.take_up()
    await picked_up(mother)
    await exchange.said("Hello, this is Kinline. You asked us to test your phone.")
    mother.press("1")
    await exchange.said("That key arrived. Now press five.")
    mother.press("5")
    await exchange.said("Now say a few words")
    loud: list[float] = []
    mother.ears.append(lambda frame, at: loud.append(level(PCMU.decode(frame))))
    mother.say((8000 * np.sin(np.arange(16_000) * 2 * np.pi * 310 / 8000)).astype(np.int16))
    await exchange.said("If you heard yourself well")
    assert max(loud) > -20  # her own voice came back
    assert len(list((exchange.folder / "names" / "tests").glob("*.wav"))) == 1
    mother.press("1")
    await exchange.said("Your phone and your line are good for calls.")
    row = await ended(exchange, order)
    assert row.outcome == Outcome.TESTED
    result = result_of(row)
    assert result is not None
    assert result.are_keys_right
    assert result.heard_well
    assert result.measurement.keys is KeySignal.EVENT
    assert -14 < (result.measurement.level or 0) < -7  # the sine is 12 dB under the loudest
    assert result.measurement.loss == 0
    assert result.measurement.mos > 4
    assert not list(exchange.folder.rglob("tests/*.wav"))


async def test_a_call_back_connects_a_family_with_customer_service(exchange: Exchange) -> None:
    mother, support = await exchange.family(demo.MOTHER), await exchange.family(demo.SUPPORT)
    order = await asked_for(exchange, services.order_call_back)
    await exchange.placing.take_up()
    await picked_up(mother)
    await exchange.said("Hello, this is customer service of Kinline")
    mother.press("1")
    await picked_up(support)
    heard: list[float] = []
    support.ears.append(lambda frame, at: heard.append(level(PCMU.decode(frame))))
    mother.say((8000 * np.sin(np.arange(8_000) * 2 * np.pi * 310 / 8000)).astype(np.int16))
    async with asyncio.timeout(PATIENCE):
        while not heard or max(heard) < -20:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    support.hang_up()
    await hung_up_on(mother)
    assert (await ended(exchange, order)).outcome == Outcome.CONNECTED


async def test_orders_are_taken_up_by_themselves_and_by_one_switchboard_alone(exchange: Exchange) -> None:
    mother = await exchange.family(demo.MOTHER)
    other = Placing(exchange.equipment, "other", "")
    duties = [asyncio.ensure_future(placing.keep_placing()) for placing in (exchange.placing, other)]
    order = await ordered(exchange, language=Language.SPANISH)
    await picked_up(mother)
    await exchange.said("Hola, le habla Kinline.")
    assert len(exchange.placing.calls) + len(other.calls) == 1
    mother.press("9")
    await hung_up_on(mother)
    assert (await ended(exchange, order)).outcome == Outcome.REFUSED
    for duty in duties:
        duty.cancel()


async def test_an_order_without_a_way_is_left_to_others_first_and_a_busy_phone_is_told(exchange: Exchange) -> None:
    order = await ordered(exchange)
    await exchange.placing.take_up()
    assert not exchange.placing.calls  # no way out from here: another switchboard may have one
    mother = await exchange.family(demo.MOTHER)
    await exchange.placing.take_up()
    await mother.happenings.get()
    mother.reject(486)
    assert (await ended(exchange, order)).outcome == Outcome.BUSY


async def test_stopping_ends_the_calls_and_takes_up_no_more(exchange: Exchange) -> None:
    mother = await exchange.family(demo.MOTHER)
    order = await ordered(exchange)
    await exchange.placing.take_up()
    await picked_up(mother)
    await exchange.said("Hello, this is Kinline.")
    over = asyncio.ensure_future(hung_up_on(mother))
    await exchange.placing.end_calls()
    await over
    assert (await ended(exchange, order)).outcome == Outcome.BROKEN_OFF
    assert not exchange.placing.calls
