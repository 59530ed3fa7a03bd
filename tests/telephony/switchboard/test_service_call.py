"""The platform calls a family: real phones, keys and rows."""

import asyncio

from telephony.switchboard.conftest import PATIENCE, Exchange, hung_up_on, picked_up

from kinline import demo
from kinline.calls import queries
from kinline.core.identity import CallId, Language
from kinline.core.numbering import E164
from kinline.core.servicecall.course import Outcome, Stage
from kinline.servicecalls import services
from kinline.servicecalls.models import ServiceCall
from kinline.telephony.switchboard.clock import now
from kinline.telephony.switchboard.placing import Placing

CODE = "730482"


async def ordered(exchange: Exchange, number: str = demo.MOTHER, language: Language = Language.ENGLISH) -> int:
    def order() -> int:
        call = services.order_code_call(E164(number), CODE, language, now(), asked_by="user/1", address="")
        return int(call.pk)

    return await exchange.books.ask(order)


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
