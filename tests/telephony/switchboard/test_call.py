"""One call carried out: sound, sessions, timers and books, as the two people and the auditor meet them."""

import asyncio
from pathlib import Path

import soundfile
from telephony.switchboard.conftest import Exchange, hung_up_on, picked_up, until

from kinline.calls import services
from kinline.core.reasons import Reason
from kinline.demo import SCENARIOS
from kinline.telephony.phone.phone import Incoming, Over
from kinline.telephony.switchboard.clock import now

ORDINARY = SCENARIOS["ordinary"]
PRIVILEGED = SCENARIOS["privileged"]


async def test_an_accepted_call_is_recorded_charged_and_forgotten(exchange: Exchange) -> None:
    mother = await exchange.family(ORDINARY.number)
    resident = await exchange.dialled(ORDINARY)
    await picked_up(mother)
    mother.press("1")
    await asyncio.sleep(2.2)
    mother.hang_up()
    await hung_up_on(resident)

    facts = await exchange.settled(ORDINARY)
    assert (facts["disposition"], facts["reason"]) == ("completed", "talk.hangup_called")
    assert facts["billed_seconds"] in (1, 2)
    sound = soundfile.info(exchange.folder / "recordings" / Path(str(facts["recording"])))
    assert sound.channels == 2
    assert abs(sound.duration - 2) < 1
    assert await _is_empty(exchange)


async def test_a_privileged_call_leaves_no_recording_and_nothing_to_listen_to(exchange: Exchange) -> None:
    attorney = await exchange.family(PRIVILEGED.number)
    resident = await exchange.dialled(PRIVILEGED)
    await picked_up(attorney)
    attorney.press("1")
    await asyncio.sleep(1.2)
    resident.hang_up()
    await hung_up_on(attorney)

    facts = await exchange.settled(PRIVILEGED)
    assert facts["disposition"] == "completed"
    assert not facts["recording"]
    assert not list((exchange.folder / "recordings").rglob("*.wav"))


async def test_who_hangs_up_before_anything_is_asked_leaves_an_abandoned_attempt(exchange: Exchange) -> None:
    resident = await exchange.off_hook(ORDINARY.station)
    resident.hang_up()
    facts = await exchange.settled(ORDINARY)
    assert (facts["disposition"], facts["reason"]) == ("abandoned", "identify.abandoned")
    assert await _is_empty(exchange)


async def test_a_number_that_no_trunk_reaches_fails_without_a_charge(exchange: Exchange) -> None:
    resident = await exchange.dialled(ORDINARY)  # the mother's phone is not registered
    await hung_up_on(resident)
    facts = await exchange.settled(ORDINARY)
    assert (facts["disposition"], facts["reason"]) == ("failed", "net.no_trunk")
    assert facts["billed_seconds"] == 0


async def test_a_resident_who_hangs_up_while_it_rings_stops_the_ringing(exchange: Exchange) -> None:
    mother = await exchange.family(ORDINARY.number)
    resident = await exchange.dialled(ORDINARY)
    await until(mother, Incoming)
    resident.hang_up()
    assert isinstance(await until(mother, Over), Over)
    facts = await exchange.settled(ORDINARY)
    assert (facts["disposition"], facts["reason"]) == ("abandoned", "ring.abandoned")


async def test_a_call_that_staff_cut_off_ends_for_both_with_the_next_heartbeat(exchange: Exchange) -> None:
    mother = await exchange.family(ORDINARY.number)
    resident = await exchange.dialled(ORDINARY)
    await picked_up(mother)
    mother.press("1")
    await asyncio.sleep(0.5)
    (call,) = exchange.board.calls
    await exchange.books.ask(services.cut_off, call.id, Reason.TALK_CUTOFF, "staff/1", "fight on the unit", now())
    await exchange.board.beat()
    await asyncio.gather(hung_up_on(resident), hung_up_on(mother))
    assert (await exchange.settled(ORDINARY))["reason"] == "talk.cutoff"


async def _is_empty(exchange: Exchange) -> bool:
    """Nothing of any call is left: no call, no leg, no session."""
    for _ in range(100):
        if not exchange.board.calls and not exchange.endpoint.agent.sessions:
            return True
        await asyncio.sleep(0.05)
    return False
