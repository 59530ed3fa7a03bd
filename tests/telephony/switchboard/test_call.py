"""One call carried out: sound, sessions, timers and books, as the two people and the auditor meet them."""

import asyncio
from datetime import datetime
from functools import partial
from pathlib import Path

import soundfile
from telephony.switchboard.conftest import Exchange, hung_up_on, picked_up, until

from kinline.calls import queries, services
from kinline.contacts.models import PrivilegeKind
from kinline.contacts.services import enter_privileged, verify_privileged
from kinline.core.identity import CallId, Instant
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.demo import SCENARIOS
from kinline.facilities.models import HousingUnit
from kinline.facilities.models.places import Switch
from kinline.facilities.services import announce, switch_phones
from kinline.live.models import Standing
from kinline.people.models import User
from kinline.recordings.models import RecordingState
from kinline.recordings.queries import recording_of
from kinline.telephony.phone.phone import Incoming, Over, Phone
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


async def test_a_call_that_staff_cut_off_ends_for_both_without_waiting_for_a_heartbeat(exchange: Exchange) -> None:
    resident, mother = await _talking(exchange)
    (call,) = exchange.board.calls
    watching = asyncio.ensure_future(exchange.board.keep_watch())
    await exchange.books.ask(services.cut_off, call.id, Reason.TALK_CUTOFF, "staff/1", "fight on the unit", now())
    await asyncio.gather(hung_up_on(resident), hung_up_on(mother))
    watching.cancel()
    assert (await exchange.settled(ORDINARY))["reason"] == "talk.cutoff"


async def test_phones_that_are_turned_off_end_the_talk_after_its_time_signal_and_refuse_the_next_call(
    exchange: Exchange,
) -> None:
    resident, mother = await _talking(exchange)
    watching = asyncio.ensure_future(exchange.board.keep_watch())
    turned_off = now()
    await exchange.books.ask(_turn_off, ORDINARY.station, 2)
    await exchange.said("You have two seconds left", times=2)
    await asyncio.gather(hung_up_on(resident), hung_up_on(mother))
    facts = await exchange.settled(ORDINARY)
    assert facts["reason"] == "talk.lockdown"
    ended = datetime.fromisoformat(str(facts["ended_at"])).timestamp() * 1000
    assert abs(ended - turned_off - 2000) < 100  # the talk is charged to the end that was announced

    again = await exchange.dialled(ORDINARY)
    await hung_up_on(again)
    watching.cancel()
    assert (await exchange.settled(ORDINARY))["reason"] == "policy.lockdown"


def _turn_off(station: str, signal_seconds: int) -> None:
    unit = HousingUnit.objects.get(stations__sip_user=station)
    switch_phones(unit, Switch.LOCKDOWN, "user/1", "count", now(), signal_seconds)


async def _talking(exchange: Exchange) -> tuple[Phone, Phone]:
    """The resident's and the mother's phones, half a second into their talk."""
    mother = await exchange.family(ORDINARY.number)
    resident = await exchange.dialled(ORDINARY)
    await picked_up(mother)
    mother.press("1")
    await asyncio.sleep(0.5)
    return resident, mother


async def _is_empty(exchange: Exchange) -> bool:
    """Nothing of any call is left: no call, no leg, no session."""
    for _ in range(100):
        if not exchange.board.calls and not exchange.endpoint.agent.sessions:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_a_silent_cut_off_says_nothing_to_anybody(exchange: Exchange) -> None:
    resident, mother = await _talking(exchange)
    said = len(exchange.prompts.said)
    (call,) = exchange.board.calls
    silently = partial(services.cut_off, signal_seconds=0, is_silent=True)
    await exchange.books.ask(silently, call.id, Reason.TALK_CUTOFF, "user/1", "by order", now())
    await exchange.board.beat()
    await asyncio.gather(hung_up_on(resident), hung_up_on(mother))
    assert (await exchange.settled(ORDINARY))["reason"] == "talk.cutoff"
    assert len(exchange.prompts.said) == said


async def test_a_call_whose_number_is_verified_as_privileged_meanwhile_is_recorded_no_longer_and_sealed(
    exchange: Exchange,
) -> None:
    resident, mother = await _talking(exchange)
    (call,) = exchange.board.calls
    watching = asyncio.ensure_future(exchange.board.keep_watch())
    await exchange.books.ask(_made_privileged, ORDINARY.number)
    await exchange.said("This call is privileged from now on")
    watching.cancel()
    (file,) = (exchange.folder / "recordings").rglob("*.wav")
    size = file.stat().st_size
    await asyncio.sleep(1.2)
    mother.hang_up()
    await hung_up_on(resident)
    facts = await exchange.settled(ORDINARY)
    assert (facts["privileged"], facts["recording"]) == (True, None)
    assert file.stat().st_size == size
    recording = await exchange.books.ask(recording_of, call.id)
    assert recording.state == RecordingState.SEALED
    kinds = [entry.kind for entry in await exchange.books.ask(queries.events_of, call.id)]
    assert "call.became_privileged" in kinds


async def test_what_staff_announce_is_said_in_the_talk_and_before_the_next_choice_of_language(
    exchange: Exchange,
) -> None:
    resident, mother = await _talking(exchange)
    await exchange.books.ask(_announced, ORDINARY.station)
    for _ in range(2):
        await exchange.board.beat()
    await exchange.said("Announcement: Count begins")
    mother.hang_up()
    await hung_up_on(resident)
    assert [words for words in exchange.prompts.said if "Count begins" in words] == ["Announcement: Count begins."]
    exchange.prompts.said.clear()
    again = await exchange.off_hook(ORDINARY.station)
    await exchange.said("For English")
    assert exchange.prompts.said[:3] == [
        "Announcement: Count begins.",
        "Aviso: Empieza el conteo.",
        "For English, press one.",
    ]
    again.hang_up()


async def test_where_a_call_stands_is_written_down_as_it_goes_on(exchange: Exchange) -> None:
    resident, mother = await _talking(exchange)
    (call,) = exchange.board.calls
    await exchange.books.flush()
    standing = await exchange.books.ask(_standing, call.id)
    assert standing.act == "talk"
    assert standing.ends_at is not None
    await asyncio.sleep(2.2)
    await exchange.board.beat()
    await exchange.books.flush()
    assert (await exchange.books.ask(_standing, call.id)).mos > 300
    mother.hang_up()
    await hung_up_on(resident)
    await exchange.settled(ORDINARY)
    assert (await exchange.books.ask(_standing, call.id)).act == "end"


def _standing(call_id: CallId) -> Standing:
    return Standing.objects.get(pk=call_id)


def _announced(station: str) -> None:
    unit = HousingUnit.objects.get(stations__sip_user=station)
    expires_at = Instant(now() + 60_000)
    announce(unit, "Count begins.", "Empieza el conteo.", "user/1", now(), expires_at, is_said_in_calls=True)


def _made_privileged(number: str) -> None:
    pat, kim = (User.objects.create_user(f"{name}@jail.example", name=name) for name in ("pat", "kim"))
    entry = enter_privileged(E164(number), PrivilegeKind.ATTORNEY, "G. Landry", "Bar roll", pat, now())
    verify_privileged(entry.pk, kim, now())
