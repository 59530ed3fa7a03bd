"""The switchboard itself: who may call it, how it stops."""

import asyncio

from telephony.switchboard.conftest import Exchange, hung_up_on, picked_up, until

from kinline import demo
from kinline.demo import SCENARIOS
from kinline.telephony import sip
from kinline.telephony.phone.phone import Over

ORDINARY = SCENARIOS["ordinary"]


async def test_a_line_has_nobody_to_call_here(exchange: Exchange) -> None:
    phone = await exchange.phone("mother")
    credentials = sip.Credentials(demo.MOTHER, demo.line_password(demo.MOTHER))
    target = sip.Target("127.0.0.1", exchange.endpoint.port, credentials=credentials)
    await phone.dial(target, "kinline", demo.MOTHER)
    over = await until(phone, Over)
    assert isinstance(over, Over)
    assert over.status == 403


async def test_stopping_ends_and_settles_the_calls_in_progress(exchange: Exchange) -> None:
    mother = await exchange.family(ORDINARY.number)
    resident = await exchange.dialled(ORDINARY)
    await picked_up(mother)
    mother.press("1")
    await asyncio.sleep(1)
    settled = asyncio.ensure_future(exchange.settled(ORDINARY))
    await asyncio.sleep(0)
    await exchange.board.end_calls(0)
    await asyncio.gather(hung_up_on(resident), hung_up_on(mother))
    facts = await settled
    assert facts["reason"] == "talk.platform_fault"
    assert facts["balance_after_usd"] == facts["balance_before_usd"]


async def test_a_draining_switchboard_takes_no_call(exchange: Exchange) -> None:
    exchange.endpoint.draining = True
    phone = await exchange.phone("station-a1")
    credentials = sip.Credentials("station-a1", demo.station_password("station-a1"))
    await phone.dial(sip.Target("127.0.0.1", exchange.endpoint.port, credentials=credentials), "kinline", "station-a1")
    over = await until(phone, Over)
    assert isinstance(over, Over)
    assert over.status == 503
