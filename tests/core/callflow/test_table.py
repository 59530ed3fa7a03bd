"""Every state has a row for every event: `table.txt` shows at a glance what each event makes of each state.

`table.txt` and `ladder.txt` are written anew with `KINLINE_GOLDEN=write`; read the difference before it is committed.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from rehearsal import (
    CALLED,
    JAIL,
    MOTHER,
    NUMBER,
    PIN,
    PREPAID,
    RECEIPT,
    RESIDENT,
    Rehearsal,
    first_use,
    identified,
    ladder,
)
from rehearsal import in_words as described

from kinline.core.announcement import Announcement
from kinline.core.callflow import commands as do
from kinline.core.callflow import events as happened
from kinline.core.callflow.events import Event, Machine, Suspicion, Timer
from kinline.core.identity import ResidentId
from kinline.core.reasons import Reason

HERE = Path(__file__).parent


def entering_pin() -> Rehearsal:
    call = Rehearsal()
    call.press(RESIDENT, "1" + NUMBER)
    return call


def checking() -> Rehearsal:
    call = entering_pin()
    call.press(RESIDENT, PIN)
    return call


def asking_name() -> Rehearsal:
    call = checking()
    call.answer(first_use)
    return call


def recording_name() -> Rehearsal:
    call = asking_name()
    call.hear_out()
    return call


def entering_number() -> Rehearsal:
    call = Rehearsal()
    call.press(RESIDENT, "1")
    return call


def authorising() -> Rehearsal:
    call = Rehearsal().identify()
    call.press(RESIDENT, MOTHER)
    return call


def confirming_block() -> Rehearsal:
    call = Rehearsal().offer()
    call.press(CALLED, "7")
    return call


def blocking() -> Rehearsal:
    call = confirming_block()
    call.press(CALLED, "1")
    return call


def talking() -> Rehearsal:
    return Rehearsal(permit=replace(PREPAID, funded_seconds=300)).talk()


def ending() -> Rehearsal:
    call = talking()
    call.take(happened.CutOff(call.now, Reason.TALK_CUTOFF))
    return call


def over() -> Rehearsal:
    call = ending()
    call.end()
    return call


MEAL = Announcement(8, "Meal time.", "La comida.")

STATES: dict[str, Callable[[], Rehearsal]] = {
    "Announcing": lambda: Rehearsal(replace(JAIL, announcements=(MEAL,))),
    "ChoosingLanguage": Rehearsal,
    "EnteringNumber": entering_number,
    "EnteringPin": entering_pin,
    "Checking": checking,
    "AskingName": asking_name,
    "RecordingName": recording_name,
    "Dialling": lambda: Rehearsal().identify(),
    "Authorising": authorising,
    "Quoting": lambda: Rehearsal().authorise(),
    "Calling": lambda: Rehearsal().ring(),
    "Offering": lambda: Rehearsal().offer(),
    "ConfirmingBlock": confirming_block,
    "Blocking": blocking,
    "Talking": talking,
    "Ending": ending,
    "Over": over,
}


def events(call: Rehearsal) -> Iterator[tuple[str, Event]]:
    """Every event that the vocabulary has, with what distinguishes its kinds."""
    at = call.now
    latest = {play.side: play.token for play in call.given(do.Play) if isinstance(play, do.Play)}
    for key in "17#*":
        yield f"resident presses {key}", happened.DigitPressed(at, RESIDENT, key)
    for key in "12790":
        yield f"called party presses {key}", happened.DigitPressed(at, CALLED, key)
    yield "resident heard it out", happened.PlaybackFinished(at, RESIDENT, latest.get(RESIDENT, 0))
    yield "called party heard it out", happened.PlaybackFinished(at, CALLED, latest.get(CALLED, 0))
    for timer in Timer:
        due = happened.Instant(max(at, dict(call.state.timers).get(timer, at)))
        yield f"timer {timer}", happened.TimerFired(due, timer)
    for side in (RESIDENT, CALLED):
        yield f"{side} hangs up", happened.HungUp(at, side)
        yield f"{side} is dropped", happened.HungUp(at, side, carrier=True)
        yield f"{side} falls silent", happened.MediaLost(at, side)
    yield "Identified", identified(at)
    yield "Identified, first use", first_use(at)
    yield "NotIdentified", happened.NotIdentified(at, Reason.IDENTIFY_BAD_PIN, 1)
    yield "NotIdentified, no try left", happened.NotIdentified(at, Reason.IDENTIFY_PIN_LOCKED, 0)
    yield "NameRecorded", happened.NameRecorded(at, heard=True)
    yield "NameRecorded, silence", happened.NameRecorded(at, heard=False)
    yield "Authorised", happened.Authorised(at, PREPAID)
    yield "Denied dial.invalid", happened.Denied(at, Reason.DIAL_INVALID)
    yield "Denied fund.insufficient", happened.Denied(at, Reason.FUND_INSUFFICIENT)
    yield "HoldExtended", happened.HoldExtended(at, 900)
    yield "HoldNotExtended", happened.HoldNotExtended(at, Reason.FUND_INSUFFICIENT)
    yield "Ringing", happened.Ringing(at)
    yield "Answered", happened.Answered(at)
    yield "LegFailed 486", happened.LegFailed(at, 486)
    yield "MachineHeard", happened.MachineHeard(at, Machine.ANSWERING_MACHINE)
    yield "Blocked", happened.Blocked(at)
    yield "Suspected three_way", happened.Suspected(at, CALLED, Suspicion.THREE_WAY)
    yield "CutOff", happened.CutOff(at, Reason.POLICY_LOCKDOWN)
    yield "CutOff, silent", happened.CutOff(at, Reason.TALK_CUTOFF, is_silent=True)
    yield "Announced", happened.Announced(at, MEAL)
    yield "BecamePrivileged", happened.BecamePrivileged(at)
    yield "Settled", happened.Settled(at, RECEIPT)
    for command in (
        "Identify",
        "RecordName",
        "Authorise",
        "PlaceLeg",
        "BlockResident",
        "Accept",
        "ExtendHold",
        "Settle",
    ):
        yield f"{command} failed", happened.ServiceFailed(at, command)


def table() -> str:
    sections = []
    for name, arrive in STATES.items():
        assert type(arrive().state.moment).__name__ == name
        rows, ignored = [], []
        for label, event in events(arrive()):
            call = arrive()
            before = call.state.moment
            commands = call.take(event)
            after = call.state.moment
            if not commands and after == before:
                ignored.append(label)
                continue
            reached = (
                f" -> {type(after).__name__}" if type(after) is not type(before) else "" if commands else " (noted)"
            )
            rows.append(f"  {label}{reached}")
            rows.extend(f"      {in_short(command)}" for command in commands)
        sections.append("\n".join([name, *rows, *wrapped("  nothing comes of: ", ignored)]))
    return "\n\n".join(sections) + "\n"


def in_short(command: do.Command) -> str:
    """A command in one line: phrases by key, times left out."""
    match command:
        case do.Play(side=side, utterance=utterance):
            return f"Play {side}: {', '.join(say.key for say in utterance)}"
        case do.SetTimer(timer=timer):
            return f"SetTimer {timer}"
        case do.Settle(disposition=disposition, reason=reason):
            return f"Settle {disposition}: {reason}"
        case _:
            return described(command)


def wrapped(before: str, words: list[str]) -> list[str]:
    lines, line = [], before
    for index, word in enumerate(words):
        part = word + ("" if index == len(words) - 1 else ", ")
        if len(line) + len(part) > 118:
            lines.append(line.rstrip())
            line = "    "
        line += part
    return [*lines, line]


def check(name: str, text: str) -> None:
    golden = HERE / name
    if os.environ.get("KINLINE_GOLDEN") == "write":
        golden.write_text(text)
    assert text == golden.read_text()


def test_the_table_of_states_and_events_is_the_one_that_was_reviewed() -> None:
    check("table.txt", table())


def test_the_table_has_every_event_of_the_vocabulary() -> None:
    assert {type(event) for _, event in events(Rehearsal())} == set(get_args(happened.Event))


@pytest.mark.parametrize("name", STATES)
def test_no_event_is_refused_however_odd_its_values(name: str) -> None:
    for event in (
        happened.DigitPressed(happened.Instant(0), RESIDENT, "A"),
        happened.DigitPressed(happened.Instant(0), CALLED, ""),
        happened.PlaybackFinished(happened.Instant(0), RESIDENT, -1),
        happened.ServiceFailed(happened.Instant(0), "NoSuchCommand"),
        happened.LegFailed(happened.Instant(0), 299),
        happened.HoldExtended(happened.Instant(0), -5),
    ):
        call = STATES[name]()
        call.take(event)


def test_one_whole_call_reads_as_people_heard_it() -> None:
    call = Rehearsal(replace(JAIL, branding_interval=120), permit=replace(PREPAID, funded_seconds=300))
    call.at = 2500
    call.press(RESIDENT, "1")
    call.hear_out()
    call.press(RESIDENT, NUMBER + PIN)
    call.answer(first_use)
    call.hear_out()
    call.at += 1800
    call.answer(lambda at: happened.NameRecorded(at, heard=True))
    call.press(RESIDENT, MOTHER)
    call.answer(lambda at: happened.Authorised(at, call.permit))
    call.hear_out()
    call.at += 2200
    call.take(happened.Ringing(call.now))
    call.at += 6100
    call.take(happened.Answered(call.now))
    call.hear_out(CALLED)
    call.wait(3)
    call.press(CALLED, "9")
    call.hear_out(CALLED)
    call.wait(1.5)
    call.press(CALLED, "1")
    call.hear_out(RESIDENT)
    call.wait(210)
    call.answer(lambda at: happened.HoldNotExtended(at, Reason.FUND_INSUFFICIENT))
    call.hear_out(CALLED)
    call.wait(86.995)
    call.hear_out()
    call.answer(lambda at: happened.Settled(at, RECEIPT))
    assert call.state.is_over
    assert call.given(do.RecordName) == [do.RecordName(ResidentId(42), JAIL.name_seconds)]
    check("ladder.txt", ladder(call))
