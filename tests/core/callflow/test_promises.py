"""What holds for every call, whatever happens to it and in whatever order.

A history is played from a tape of bytes: each byte lets the likely thing happen, or anything else, late and failing
services among it. When the tape is over nobody does anything any more, and only timers fire.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from rehearsal import (
    ATTORNEY,
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
)

from kinline.core.announcement import Announcement
from kinline.core.callflow import Act, begin, step
from kinline.core.callflow import commands as do
from kinline.core.callflow import events as happened
from kinline.core.callflow.end import SETTLE_TRIES
from kinline.core.callflow.events import Event, Machine, Permit, Suspicion, Timer
from kinline.core.callflow.settings import CallSettings, Entry
from kinline.core.identity import CallId, Instant, Language, Side
from kinline.core.numbering import E164
from kinline.core.phrases.assembly import words
from kinline.core.reasons import Reason

COUNT = Announcement(7, "Count begins at nine.", "El conteo empieza a las nueve.")
MEAL = Announcement(8, "Meal time.", "")
SETTINGS: tuple[CallSettings, ...] = (
    JAIL,
    replace(JAIL, languages=(Language.ENGLISH,), resident_number_digits=None),
    replace(JAIL, entry=Entry.JOINED, end_on_suspicion=True, offer_repeats=0),
    replace(JAIL, languages=(Language.SPANISH,), warnings=(), branding_interval=0, extra_digits=0),
    replace(JAIL, announcements=(COUNT,)),
)
PERMITS: tuple[Permit, ...] = (
    PREPAID,
    ATTORNEY,
    replace(PREPAID, funded_seconds=60),
    replace(PREPAID, resident_pays=True, limit_seconds=20, funded_seconds=20),
    replace(PREPAID, is_billed=True),
    replace(PREPAID, is_collect=True, ring=E164("+15045550191")),
    replace(PREPAID, funded_seconds=0),
)


def one_of_each(at: Instant, detail: int) -> tuple[Event, ...]:
    """Every kind of event; `detail` chooses among its values."""
    side = (RESIDENT, CALLED)[detail % 2]
    reason = tuple(Reason)[detail % len(Reason)]
    asking = ("Identify", "RecordName", "Authorise", "PlaceLeg", "BlockResident", "Accept", "ExtendHold", "Settle")
    return (
        happened.DigitPressed(at, side, "0123456789*#"[detail % 12]),
        happened.PlaybackFinished(at, side, detail % 9),
        happened.TimerFired(at, tuple(Timer)[detail % len(Timer)]),
        happened.HungUp(at, side, carrier=detail % 3 == 0),
        identified(at),
        first_use(at),
        happened.NotIdentified(at, Reason.IDENTIFY_BAD_PIN, detail % 4),
        happened.NameRecorded(at, heard=detail % 2 == 0),
        happened.Authorised(at, PERMITS[detail % len(PERMITS)]),
        happened.Denied(at, reason),
        happened.HoldExtended(at, detail * 10),
        happened.HoldNotExtended(at, Reason.FUND_INSUFFICIENT),
        happened.Ringing(at),
        happened.Answered(at),
        happened.LegFailed(at, (0, 404, 480, 486, 503, 603)[detail % 6]),
        happened.MachineHeard(at, tuple(Machine)[detail % 2]),
        happened.Blocked(at),
        happened.Suspected(at, side, tuple(Suspicion)[detail % 3]),
        happened.MediaLost(at, side),
        happened.CutOff(at, reason, (None, Instant(at + detail * 1000))[detail % 2], is_silent=detail % 3 == 0),
        happened.Announced(at, (COUNT, MEAL)[detail % 2]),
        happened.BecamePrivileged(at),
        happened.Settled(at, RECEIPT),
        happened.ServiceFailed(at, asking[detail % len(asking)]),
    )


def likely_answer(call: Rehearsal, detail: int) -> None:
    match call.asked[0]:
        case do.Identify():
            right = first_use if detail % 4 == 1 else identified
            call.answer(right if detail % 4 else lambda at: happened.NotIdentified(at, Reason.IDENTIFY_BAD_PIN, 2))
        case do.RecordName():
            call.answer(lambda at: happened.NameRecorded(at, heard=detail % 4 != 0))
        case do.Authorise():
            refused = (Reason.DIAL_INVALID, Reason.FUND_INSUFFICIENT)[detail % 2]
            call.answer(lambda at: happened.Authorised(at, call.permit) if detail % 4 else happened.Denied(at, refused))
        case do.BlockResident():
            call.answer(happened.Blocked)
        case do.ExtendHold():
            more = call.permit.funded_seconds + 30 * (detail % 8)
            call.answer(lambda at: happened.HoldExtended(at, more))
        case do.Settle():
            call.answer(lambda at: happened.Settled(at, RECEIPT))


def likely_next(call: Rehearsal, detail: int) -> None:
    """What people and services usually do next."""
    if call.asked:
        return likely_answer(call, detail)
    match type(call.state.moment).__name__:
        case "ChoosingLanguage":
            call.press(RESIDENT, "12"[detail % 2])
        case "EnteringNumber":
            call.press(RESIDENT, NUMBER + (PIN if call.settings.entry is Entry.JOINED else ""))
        case "EnteringPin":
            call.press(RESIDENT, PIN)
        case "Dialling":
            call.press(RESIDENT, (MOTHER, "7#", MOTHER)[detail % 3])
        case "Calling":
            call.at += 1000 * (detail % 30)
            call.take(happened.Answered(call.now))
        case "Offering":
            call.press(CALLED, "1117921"[detail % 7])
        case "ConfirmingBlock":
            call.press(CALLED, "12"[detail % 2])
        case _ if call.playing[RESIDENT] or call.playing[CALLED]:
            call.hear_out()
        case _:
            call.wait(detail)


def play(tape: bytes) -> Rehearsal:
    """The history that a tape tells, until the call is released."""
    setup, calm, *steps = tape
    likely = 130 + calm // 2  # of 256
    call = Rehearsal(SETTINGS[setup % len(SETTINGS)], PERMITS[setup // 16 % len(PERMITS)])
    for action, detail in zip(steps[::2], steps[1::2], strict=False):
        if call.state.is_over:
            break
        match action:
            case _ if action < likely:
                likely_next(call, detail)
            case _ if action % 8 == 0:
                call.hear_out((RESIDENT, CALLED)[detail % 2])
            case _ if action % 8 == 1:
                call.wait(detail)
            case _ if action % 8 == 2 and call.asked:
                call.answer(lambda at, asked=call.asked[0]: happened.ServiceFailed(at, type(asked).__name__))
            case _ if action % 8 == 3:
                call.hang_up((RESIDENT, CALLED)[detail % 2], carrier=detail % 5 == 0)
            case _:
                events = one_of_each(call.now, detail)
                call.take(events[(action + detail // 12) % len(events)])
    for _ in range(200):
        if call.state.is_over:
            break
        timer = call.next_timer()
        assert timer is not None, f"nothing would ever end {call.state.moment}"
        call.fire(timer)
    return call


@cache
def histories() -> tuple[Rehearsal, ...]:
    """Some thousands of calls, most of which get far."""
    random = Random(47)
    return tuple(play(random.randbytes(random.choice((12, 30, 60, 100)))) for _ in range(1200))


def test_the_histories_reach_every_moment_and_most_ends() -> None:
    moments = {type(line.state.moment).__name__ for call in histories() for line in call.lines}
    assert moments == {
        "Announcing",
        "ChoosingLanguage",
        "EnteringNumber",
        "EnteringPin",
        "Checking",
        "AskingName",
        "RecordingName",
        "Dialling",
        "Authorising",
        "Quoting",
        "Calling",
        "Offering",
        "ConfirmingBlock",
        "Blocking",
        "Talking",
        "Ending",
        "Over",
    }
    reasons = {call.settle.reason for call in histories()}
    assert len(reasons) > 40
    assert sum(bool(call.given(do.Accept)) for call in histories()) > 200


# ---- the promises, each told by the name of its function and checked on one history


def neither_side_hears_the_other_before_the_called_party_pressed_the_key_that_accepts(call: Rehearsal) -> None:
    for before, line in zip(call.lines, call.lines[1:], strict=False):
        if {do.Accept, do.Bridge, do.StartRecording, do.AllowListening} & set(map(type, line.commands)):
            assert type(before.state.moment).__name__ == "Offering"
            assert line.event == happened.DigitPressed(line.event.at, CALLED, call.settings.keys.accept)
    order = [type(command) for command in call.commands if isinstance(command, do.Accept | do.Bridge)]
    assert order in ([], [do.Accept, do.Bridge])


def what_is_bridged_is_parted_at_the_end(call: Rehearsal) -> None:
    assert len(call.given(do.Unbridge)) == len(call.given(do.Bridge))


def nothing_is_charged_before_acceptance(call: Rehearsal) -> None:
    accepted = [command.at for command in call.given(do.Accept)]
    assert call.settle.accepted_at == (accepted[0] if accepted else None)
    if accepted:
        assert call.settle.ended_at >= accepted[0]
        assert call.settle.disposition is do.Disposition.COMPLETED


def a_privileged_call_has_no_recorder_and_no_listener_and_any_other_talk_is_recorded_before_it_is_heard(
    call: Rehearsal,
) -> None:
    kinds = [type(command) for command in call.commands]
    talking = [line.state.moment for line in call.lines if line.state.name is Act.TALK]
    if talking and not talking[0].is_privileged:
        assert kinds.index(do.StartRecording) < kinds.index(do.Bridge)
    else:
        assert do.StartRecording not in kinds
        assert do.AllowListening not in kinds


def once_a_call_became_privileged_there_is_no_recorder_and_no_listener_ever_again(call: Rehearsal) -> None:
    became = next((n for n, line in enumerate(call.lines) if isinstance(line.event, happened.BecamePrivileged)), None)
    if became is None or call.lines[became].state.name is Act.END:
        return
    before = [type(command) for line in call.lines[:became] for command in line.commands]
    after = [type(command) for line in call.lines[became:] for command in line.commands]
    assert not {do.StartRecording, do.AllowListening} & set(after)
    is_watched = do.StartRecording in before
    assert after.count(do.StopRecording) == after.count(do.ForbidListening) == is_watched
    if is_watched:
        assert {do.StopRecording, do.ForbidListening} <= set(map(type, call.lines[became].commands))


def nothing_is_said_of_staff_but_to_the_resident_at_off_hook_and_in_the_talk_and_each_thing_once(
    call: Rehearsal,
) -> None:
    said = [
        (line, play)
        for line in call.lines
        for play in line.commands
        if isinstance(play, do.Play) and play.utterance[0].key == "announcement"
    ]
    for line, play in said:
        assert play.side is RESIDENT
        assert not play.interruptible
        assert line.event is None or line.state.name is Act.TALK
    told = [(play.utterance, play.language) for _, play in said]
    assert len(told) == len(set(told))


def every_call_is_settled_once_and_asked_again_only_when_the_books_did_not_answer(call: Rehearsal) -> None:
    settles = [(line.event, command) for line in call.lines for command in line.commands if type(command) is do.Settle]
    assert len({command for _, command in settles}) == 1
    assert len(settles) <= SETTLE_TRIES
    for event, _ in settles[1:]:
        assert event == happened.TimerFired(event.at, Timer.SERVICE) or isinstance(event, happened.ServiceFailed)


def release_is_the_last_command_and_comes_once_when_the_books_answered_or_were_asked_often_enough(
    call: Rehearsal,
) -> None:
    assert [index for index, command in enumerate(call.commands) if command == do.Release()] == [len(call.commands) - 1]
    ending = [line.event for line in call.lines if line.state.name is Act.END]
    answered = any(isinstance(event, happened.Settled) for event in ending)
    assert answered or len(call.given(do.Settle)) == SETTLE_TRIES


def every_leg_is_hung_up_and_every_timer_stopped_at_release(call: Rehearsal) -> None:
    assert call.legs == set()
    assert call.timers == {}
    assert call.state.timers == ()


def a_timer_runs_in_every_state_so_that_no_call_hangs_for_ever(call: Rehearsal) -> None:
    for line in call.lines:
        running = {timer for timer, _ in line.state.timers}
        assert running or line.state.is_over
        assert running <= line.state.moment.timers


def no_talk_goes_on_beyond_what_is_allowed_and_paid_for(call: Rehearsal) -> None:
    for line in call.lines:
        if line.state.name is Act.TALK:
            talking = line.state.moment
            longest = max(0, min(talking.funded_seconds, talking.permit.limit_seconds)) * 1000
            assert dict(line.state.timers)[Timer.LIMIT] <= talking.accepted_at + longest
            latest = talking.accepted_at + longest
    if call.given(do.Accept):
        assert call.settle.ended_at <= latest


def the_resident_hears_why_the_call_ended_unless_they_left(call: Rehearsal) -> None:
    ending = next(line for line in call.lines if line.state.name is Act.END)
    left = any(line.event.side is RESIDENT for line in call.lines if isinstance(line.event, happened.HungUp))
    reasons = [play.utterance[0].key for play in ending.commands if isinstance(play, do.Play) and play.side is RESIDENT]
    is_silent = isinstance(ending.event, happened.CutOff) and ending.event.is_silent
    assert left or reasons == ([] if is_silent else [f"reason.{call.settle.reason.value}"])


def the_resident_hears_ringback_from_ringing_to_acceptance_and_nothing_cuts_it(call: Rehearsal) -> None:
    waiting = [line for line in call.lines if line.state.name in (Act.RING, Act.OFFER)]
    if waiting:
        assert do.PlayTone(RESIDENT, do.Tone.RINGBACK) in waiting[0].commands
        sound = [
            command
            for line in waiting[1:]
            for command in line.commands
            if isinstance(command, do.Play | do.StopPlaying) and command.side is RESIDENT
        ]
        assert sound == []


def whoever_pays_was_told_the_price_before_it_is_spent(call: Rehearsal) -> None:
    said: dict[Side, set[str]] = {RESIDENT: set(), CALLED: set()}
    for command in call.commands:
        if isinstance(command, do.Play):
            said[command.side] |= {say.key for say in command.utterance}
        if isinstance(command, do.Accept):
            assert said[RESIDENT] & {"quote.price", "quote.free"}
            assert said[CALLED] & {"offer.rate", "offer.intro_free", "offer.intro_resident_pays"}
            assert "offer.keys" in said[CALLED]  # among them the one to the total


def every_playback_has_a_token_of_its_own(call: Rehearsal) -> None:
    tokens = [command.token for command in call.given(do.Play)]
    assert len(tokens) == len(set(tokens))


def no_prompt_waits_behind_another_before_acceptance(call: Rehearsal) -> None:
    for line in call.lines:
        if line.event is not None and line.state.name is not Act.TALK and not call.given(do.Accept):
            for index, command in enumerate(line.commands):
                if isinstance(command, do.Play):
                    cut = line.commands.index(do.StopPlaying(command.side))
                    assert cut < index


def no_pin_is_printed(call: Rehearsal) -> None:
    for line in call.lines:
        assert PIN[:-1] not in repr(line.state)  # the keys so far, before the last one ends the entry
        assert PIN not in repr(line.commands)
        if isinstance(line.event, happened.DigitPressed) and any(type(c) is do.Identify for c in line.commands):
            assert line.state.hears_secret


def the_same_events_have_the_same_outcome(call: Rehearsal) -> None:
    state, commands = begin(CallId(1), call.settings, Instant(0))
    for line in call.lines:
        if line.event is not None:
            state, commands = step(state, line.event)
        assert (state, commands) == (line.state, line.commands)


def a_released_call_takes_everything_and_does_nothing(call: Rehearsal) -> None:
    for event in one_of_each(call.now, call.at % 256):
        assert step(call.state, event) == (call.state, ())


PROMISES: tuple[Callable[[Rehearsal], None], ...] = (
    neither_side_hears_the_other_before_the_called_party_pressed_the_key_that_accepts,
    what_is_bridged_is_parted_at_the_end,
    nothing_is_charged_before_acceptance,
    a_privileged_call_has_no_recorder_and_no_listener_and_any_other_talk_is_recorded_before_it_is_heard,
    once_a_call_became_privileged_there_is_no_recorder_and_no_listener_ever_again,
    nothing_is_said_of_staff_but_to_the_resident_at_off_hook_and_in_the_talk_and_each_thing_once,
    every_call_is_settled_once_and_asked_again_only_when_the_books_did_not_answer,
    release_is_the_last_command_and_comes_once_when_the_books_answered_or_were_asked_often_enough,
    every_leg_is_hung_up_and_every_timer_stopped_at_release,
    a_timer_runs_in_every_state_so_that_no_call_hangs_for_ever,
    no_talk_goes_on_beyond_what_is_allowed_and_paid_for,
    the_resident_hears_why_the_call_ended_unless_they_left,
    the_resident_hears_ringback_from_ringing_to_acceptance_and_nothing_cuts_it,
    whoever_pays_was_told_the_price_before_it_is_spent,
    every_playback_has_a_token_of_its_own,
    no_prompt_waits_behind_another_before_acceptance,
    no_pin_is_printed,
    the_same_events_have_the_same_outcome,
    a_released_call_takes_everything_and_does_nothing,
)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_in_every_history(promise: Callable[[Rehearsal], None]) -> None:
    for call in histories():
        promise(call)


@settings(max_examples=examples(500), deadline=None)
@given(tape=st.binary(min_size=2, max_size=90))
def test_every_promise_holds_for_any_tape(tape: bytes) -> None:
    call = play(tape)
    for promise in PROMISES:
        promise(call)


def test_whatever_is_said_is_in_the_catalogue_with_every_value_that_it_needs() -> None:
    said = {(say, play.language) for call in histories() for play in call.given(do.Play) for say in play.utterance}
    for say, language in said:
        assert words((say,), language)
