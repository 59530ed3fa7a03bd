"""Calls as people make them, each walked from off-hook to release."""

from dataclasses import replace

import pytest
from rehearsal import (
    ATTORNEY,
    CALLED,
    JAIL,
    MOTHER,
    NUMBER,
    PIN,
    PREPAID,
    RESIDENT,
    Rehearsal,
    first_use,
    identified,
)

from kinline.core.announcement import Announcement
from kinline.core.callflow import Act
from kinline.core.callflow import commands as do
from kinline.core.callflow import events as happened
from kinline.core.callflow.commands import Disposition
from kinline.core.callflow.events import Machine, Suspicion, Timer
from kinline.core.callflow.settings import Entry
from kinline.core.identity import Instant, Language, Side
from kinline.core.phrases.assembly import words
from kinline.core.reasons import Reason
from kinline.core.speech import ClockTime, Count, Digits, Say, Span

COUNT = Announcement(7, "Count begins at nine.", "El conteo empieza a las nueve.")


def said_last(call: Rehearsal, side: Side) -> do.Play:
    plays = [command for command in call.given(do.Play) if isinstance(command, do.Play) and command.side is side]
    return plays[-1]


# ---- identify


def test_the_resident_chooses_a_language_and_is_spoken_to_in_it() -> None:
    call = Rehearsal()
    assert [play.language for play in call.given(do.Play)] == [Language.ENGLISH, Language.SPANISH]
    call.press(RESIDENT, "2")
    assert said_last(call, RESIDENT).language is Language.SPANISH
    call.press(RESIDENT, NUMBER + PIN)
    call.answer(identified)  # stored: English; chosen: Spanish
    assert said_last(call, RESIDENT).language is Language.SPANISH


def test_who_chooses_no_language_is_asked_twice_and_after_identification_served_in_their_own() -> None:
    call = Rehearsal()
    for _ in range(2):
        call.hear_out(RESIDENT)
        call.wait(JAIL.first_digit_wait)
    assert call.heard(RESIDENT).count("language.choice") == 4
    call.press(RESIDENT, NUMBER + PIN)
    call.answer(lambda at: replace(identified(at), language=Language.SPANISH))
    assert said_last(call, RESIDENT).language is Language.SPANISH


def test_a_facility_of_one_language_asks_for_the_number_at_once() -> None:
    call = Rehearsal(replace(JAIL, languages=(Language.ENGLISH,)))
    assert call.heard(RESIDENT) == ["identify.enter_number"]


def test_a_star_clears_what_was_typed() -> None:
    call = Rehearsal()
    call.press(RESIDENT, "1" + "999*" + NUMBER + "00*" + PIN)
    assert call.asked == [do.Identify(NUMBER, PIN)]


def test_a_number_of_any_length_is_ended_by_the_pound_key_or_by_waiting() -> None:
    for ending in ("#", ""):
        call = Rehearsal(replace(JAIL, resident_number_digits=None))
        call.press(RESIDENT, "1" + "123456" + ending)
        call.wait(JAIL.next_digit_wait)
        call.press(RESIDENT, PIN)
        assert call.asked == [do.Identify("123456", PIN)]


def test_number_and_pin_joined_in_one_string_are_told_apart_by_the_length_of_the_pin() -> None:
    fixed = Rehearsal(replace(JAIL, entry=Entry.JOINED))
    fixed.press(RESIDENT, "1" + NUMBER + PIN)
    assert fixed.asked == [do.Identify(NUMBER, PIN)]
    ended = Rehearsal(replace(JAIL, entry=Entry.JOINED, resident_number_digits=None))
    ended.press(RESIDENT, "1" + "77" + PIN + "#")
    assert ended.asked == [do.Identify("77", PIN)]


def test_a_wrong_pin_three_times_ends_the_call_and_each_time_the_tries_left_are_said() -> None:
    call = Rehearsal()
    call.press(RESIDENT, "1")
    for left in (2, 1, 0):
        call.press(RESIDENT, NUMBER + "00000000")
        call.answer(lambda at, left=left: happened.NotIdentified(at, Reason.IDENTIFY_BAD_PIN, left))
        if left:
            assert Say.of("identify.tries_left", tries=Count(left)) in said_last(call, RESIDENT).utterance
    call.end()
    assert call.settle.reason is Reason.IDENTIFY_BAD_PIN
    assert call.settle.disposition is Disposition.DENIED
    assert call.heard(RESIDENT)[-1] == "reason.identify.bad_pin"


def test_the_tries_of_a_call_are_counted_here_too_whatever_the_service_says() -> None:
    call = Rehearsal()
    call.press(RESIDENT, "1")
    for _ in range(JAIL.identify_tries):
        call.press(RESIDENT, NUMBER + "00000000")
        call.answer(lambda at: happened.NotIdentified(at, Reason.IDENTIFY_BAD_PIN, 3))
    assert call.settle.reason is Reason.IDENTIFY_BAD_PIN


def test_a_locked_pin_ends_the_call_at_once_and_says_for_how_long() -> None:
    call = Rehearsal()
    call.press(RESIDENT, "1" + NUMBER + PIN)
    locked = (("wait", Span(1800)),)
    call.answer(lambda at: happened.NotIdentified(at, Reason.IDENTIFY_PIN_LOCKED, 0, locked))
    assert said_last(call, RESIDENT).utterance == (Say("reason.identify.pin_locked", locked),)


def test_a_resident_who_enters_nothing_is_asked_again_and_in_the_end_let_go() -> None:
    call = Rehearsal()
    call.press(RESIDENT, "1")
    for _ in range(JAIL.identify_tries):
        call.hear_out(RESIDENT)
        call.wait(JAIL.first_digit_wait)
    call.end()
    assert (call.settle.reason, call.settle.disposition) == (Reason.IDENTIFY_TIMEOUT, Disposition.ABANDONED)


def test_a_pound_key_alone_cuts_the_prompt_and_is_waited_after_like_the_prompt() -> None:
    for asked in (Rehearsal(), Rehearsal().identify()):
        if asked.state.name is Act.IDENTIFY:
            asked.press(RESIDENT, "1")
        said = len(asked.heard(RESIDENT))
        asked.press(RESIDENT, "#")
        asked.wait(JAIL.first_digit_wait)
        assert len(asked.heard(RESIDENT)) > said, f"silence in {asked.state.name}"


def test_who_ends_the_pin_with_the_pound_key_is_asked_for_the_number() -> None:
    call = Rehearsal()
    call.press(RESIDENT, "1" + NUMBER + PIN + "#")
    call.answer(identified)
    assert call.heard(RESIDENT)[-1] == "dial.enter_number"


def test_at_first_use_the_name_is_recorded_and_asked_for_again_when_nothing_was_heard() -> None:
    call = Rehearsal()
    call.press(RESIDENT, "1" + NUMBER + PIN)
    call.answer(first_use)
    call.hear_out(RESIDENT)
    call.answer(lambda at: happened.NameRecorded(at, heard=False))
    call.hear_out(RESIDENT)
    call.answer(lambda at: happened.NameRecorded(at, heard=True))
    assert len(call.given(do.RecordName)) == 2
    assert call.heard(RESIDENT)[-4:] == [
        "identify.say_name",
        "identify.name_not_heard",
        "identify.say_name",
        "dial.enter_number",
    ]


def test_a_name_that_cannot_be_recorded_keeps_nobody_from_calling() -> None:
    call = Rehearsal()
    call.press(RESIDENT, "1" + NUMBER + PIN)
    call.answer(first_use)
    call.hear_out(RESIDENT)
    call.answer(lambda at: happened.ServiceFailed(at, "RecordName"))
    assert call.state.name is Act.DIAL


def test_who_knows_the_way_types_ahead_through_every_prompt() -> None:
    call = Rehearsal()
    call.press(RESIDENT, "1" + NUMBER + PIN + MOTHER)
    call.answer(identified)
    assert call.asked == [do.Authorise(identified(call.now).resident, MOTHER)]
    assert "dial.enter_number" not in call.heard(RESIDENT)


# ---- dial


def test_a_speed_dial_slot_is_ended_by_the_pound_key_or_by_waiting() -> None:
    for ending in ("#", ""):
        call = Rehearsal().identify()
        call.press(RESIDENT, "7" + ending)
        call.wait(JAIL.next_digit_wait)
        assert [command.dialled for command in call.given(do.Authorise)] == ["7"]


def test_misdialled_digits_may_be_dialled_again_and_the_third_time_is_the_last() -> None:
    call = Rehearsal().identify()
    for attempt in (1, 2, 3):
        assert call.state.name is Act.DIAL, attempt
        call.press(RESIDENT, "504555#")
        call.answer(lambda at: happened.Denied(at, Reason.DIAL_INCOMPLETE))
    call.end()
    assert call.settle.reason is Reason.DIAL_INCOMPLETE
    assert call.settle.disposition is Disposition.DENIED


@pytest.mark.parametrize("reason", [Reason.DIAL_INVALID, Reason.DIAL_INCOMPLETE, Reason.DIAL_TIMEOUT])
def test_who_misdialled_is_told_once_how_to_dial(reason: Reason) -> None:
    call = Rehearsal().identify()
    call.press(RESIDENT, "504555#")
    call.answer(lambda at: happened.Denied(at, reason))
    heard = said_last(call, Side.RESIDENT).utterance
    assert words(heard, Language.ENGLISH).count("Dial ") == 1
    assert words(heard, Language.SPANISH).count("Marque el código de área") == 1


def test_a_denial_is_said_with_its_values_and_ends_the_call_without_ringing_anybody() -> None:
    call = Rehearsal().identify()
    call.press(RESIDENT, MOTHER)
    until = (("time", ClockTime(390)),)
    call.answer(lambda at: happened.Denied(at, Reason.POLICY_TOO_SOON, until))
    assert said_last(call, RESIDENT).utterance == (Say("reason.policy.too_soon", until),)
    call.end()
    assert call.given(do.PlaceLeg) == []
    assert call.settle.disposition is Disposition.DENIED


def test_the_resident_hears_the_price_before_anybody_is_rung_and_a_key_skips_it() -> None:
    heard_out, skipped = Rehearsal().authorise(), Rehearsal().authorise()
    assert heard_out.heard(RESIDENT)[-2:] == ["quote.price", "dial.wait"]
    assert heard_out.given(do.PlaceLeg) == []
    heard_out.hear_out(RESIDENT)
    skipped.press(RESIDENT, "1")
    for call in (heard_out, skipped):
        assert call.given(do.PlaceLeg) == [do.PlaceLeg(PREPAID.called_party)]
        assert call.lines[-1].commands.count(do.PlayTone(RESIDENT, do.Tone.RINGBACK)) == 1


def test_nobody_picks_up() -> None:
    call = Rehearsal().ring()
    call.take(happened.Ringing(call.now))
    call.wait(JAIL.ring_wait)
    call.end()
    assert do.HangUp(CALLED) in call.commands
    assert (call.settle.reason, call.settle.disposition) == (Reason.RING_NO_ANSWER, Disposition.NO_ANSWER)
    assert call.heard(RESIDENT)[-1] == "reason.ring.no_answer"


def test_the_line_is_busy() -> None:
    call = Rehearsal().ring()
    call.take(happened.LegFailed(call.now, 486))
    call.end()
    assert (call.settle.reason, call.settle.disposition) == (Reason.RING_BUSY, Disposition.BUSY)


def test_an_answer_that_crosses_our_giving_up_is_hung_up() -> None:
    call = Rehearsal().ring()
    call.wait(JAIL.ring_wait)
    assert call.take(happened.Answered(call.now)) == (do.HangUp(CALLED),)


def test_a_service_that_fails_is_our_fault_and_said_so() -> None:
    waiting, failing = Rehearsal().identify(), Rehearsal().identify()
    for call in (waiting, failing):
        call.press(RESIDENT, MOTHER)
    waiting.wait(JAIL.service_wait)
    failing.take(happened.ServiceFailed(failing.now, "Authorise"))
    for call in (waiting, failing):
        assert (call.settle.reason, call.settle.disposition) == (Reason.NET_PLATFORM_FAULT, Disposition.FAILED)


# ---- offer


def test_an_accepted_call_is_charged_from_the_key_on_and_ends_when_the_resident_hangs_up() -> None:
    call = Rehearsal().offer()
    assert call.heard(CALLED) == ["offer.intro", "offer.rate", "offer.recorded", "offer.keys"]
    assert said_last(call, CALLED).language is Language.SPANISH
    call.press(CALLED, "1")
    accepted = call.now
    assert [type(command) for command in call.lines[-1].commands if not isinstance(command, do.SetTimer)] == [
        do.Accept,
        do.StopPlaying,
        do.StopPlaying,
        do.StartRecording,
        do.AllowListening,
        do.Bridge,
        do.Play,
    ]
    call.wait(90)
    call.hang_up(RESIDENT)
    assert call.settle == do.Settle(
        Disposition.COMPLETED, Reason.TALK_HANGUP_RESIDENT, accepted, call.now, ended_by=RESIDENT
    )
    assert call.heard(CALLED)[-1] == "end.other_left"
    call.end()


def test_an_attorney_is_told_that_nobody_listens_and_nobody_does() -> None:
    call = Rehearsal(permit=ATTORNEY).talk()
    assert "offer.privileged" in call.heard(CALLED)
    assert "offer.recorded" not in call.heard(CALLED)
    assert call.given(do.StartRecording) == []
    assert call.given(do.AllowListening) == []
    assert call.given(do.Bridge) == [do.Bridge()]


def test_who_does_not_pay_is_told_so() -> None:
    free = Rehearsal(permit=replace(PREPAID, free=True)).offer()
    debit = Rehearsal(permit=replace(PREPAID, resident_pays=True)).offer()
    assert free.heard(CALLED)[0] == "offer.intro_free"
    assert free.heard(RESIDENT)[-2] == "quote.free"
    assert debit.heard(CALLED)[0] == "offer.intro_resident_pays"
    assert debit.heard(RESIDENT)[-2] == "quote.price"


def test_who_pays_is_told_how() -> None:
    asked = {
        "offer.intro": PREPAID,
        "offer.intro_billed": replace(PREPAID, is_billed=True),
        "offer.intro_collect": replace(PREPAID, is_collect=True),
    }
    for intro, permit in asked.items():
        assert Rehearsal(permit=permit).offer().heard(CALLED)[:2] == [intro, "offer.rate"]


def test_a_refused_call_costs_nothing() -> None:
    call = Rehearsal().offer()
    call.press(CALLED, "2")
    call.end()
    assert (call.settle.reason, call.settle.disposition) == (Reason.OFFER_REFUSED, Disposition.REFUSED)
    assert (call.settle.accepted_at, call.settle.ended_by) == (None, CALLED)
    assert call.given(do.Bridge) == []
    assert call.heard(CALLED)[-1] == "offer.refused"
    assert call.heard(RESIDENT)[-1] == "reason.offer.refused"


def test_a_block_counts_when_it_is_confirmed() -> None:
    call = Rehearsal().offer()
    call.press(CALLED, "7")
    assert call.given(do.BlockResident) == []
    call.press(CALLED, "1")
    call.answer(happened.Blocked)
    call.end()
    assert call.settle.reason is Reason.OFFER_BLOCKED
    assert call.heard(CALLED)[-2:] == ["offer.confirm_block", "offer.blocked"]


def test_a_block_key_pressed_by_mistake_leads_back_to_the_offer() -> None:
    call = Rehearsal().offer()
    call.press(CALLED, "79")
    assert call.heard(CALLED)[-1] == "offer.keys"
    call.press(CALLED, "1")
    assert call.given(do.BlockResident) == []
    assert call.state.name is Act.TALK


def test_hanging_up_does_not_stop_a_confirmed_block_nor_does_a_service_that_fails_once() -> None:
    call = Rehearsal().offer()
    call.press(CALLED, "71")
    call.hang_up(RESIDENT)
    call.hang_up(CALLED)
    call.answer(lambda at: happened.ServiceFailed(at, "BlockResident"))
    call.answer(happened.Blocked)
    call.end()
    assert len(call.given(do.BlockResident)) == 2
    assert call.settle.reason is Reason.OFFER_BLOCKED


def test_a_block_that_cannot_be_stored_is_confessed() -> None:
    call = Rehearsal().offer()
    call.press(CALLED, "71")
    while not call.given(do.Settle):
        call.answer(lambda at: happened.ServiceFailed(at, "BlockResident"))
    assert call.heard(CALLED)[-1] == "offer.block_failed"
    assert call.settle.reason is Reason.OFFER_REFUSED


def test_the_total_price_is_one_key_away_and_the_question_stays_open() -> None:
    call = Rehearsal().offer()
    call.press(CALLED, "9")
    price, keys = said_last(call, CALLED).utterance
    assert dict(price.values) == {
        "per_minute": PREPAID.price_per_minute,
        "limit": Span(900),
        "total": PREPAID.price_at_limit,
    }
    assert dict(keys.values)["accept"] == Digits("1")
    call.press(CALLED, "1")
    assert call.state.name is Act.TALK


def test_the_keys_of_the_offer_are_the_facilitys() -> None:
    keys = replace(JAIL.keys, accept="5", refuse="1", block="9", confirm_block="9", price="8")
    call = Rehearsal(replace(JAIL, keys=keys)).offer()
    call.press(CALLED, "5")
    assert call.state.name is Act.TALK
    call = Rehearsal(replace(JAIL, keys=keys)).offer()
    call.press(CALLED, "99")
    assert len(call.given(do.BlockResident)) == 1


def test_silence_hears_the_offer_again_and_then_is_no_acceptance() -> None:
    call = Rehearsal().offer()
    for _ in range(JAIL.offer_repeats + 1):
        call.hear_out(CALLED)
        call.wait(JAIL.offer_wait)
    call.end()
    assert call.heard(CALLED).count("offer.intro") == 1 + JAIL.offer_repeats
    assert call.settle.reason is Reason.OFFER_NO_KEY
    assert call.settle.accepted_at is None


@pytest.mark.parametrize("key", sorted(set("0123456789*#") - {JAIL.keys.accept}))
def test_no_other_key_accepts(key: str) -> None:
    call = Rehearsal().offer()
    call.press(CALLED, key)
    call.press(RESIDENT, JAIL.keys.accept)
    assert call.given(do.Accept) == []


def test_however_often_the_price_is_asked_the_offer_comes_to_an_end() -> None:
    call = Rehearsal().offer()
    for _ in range(40):
        call.press(CALLED, "9")
        call.wait(5)
    assert call.settle.reason is Reason.OFFER_NO_KEY


@pytest.mark.parametrize("machine", Machine)
def test_a_machine_is_no_acceptance_and_nothing_is_left_on_it(machine: Machine) -> None:
    call = Rehearsal().offer()
    call.take(happened.MachineHeard(call.now, machine))
    call.end()
    assert (call.settle.reason, call.settle.disposition) == (Reason.OFFER_MACHINE, Disposition.REFUSED)
    assert call.heard(CALLED)[-1] == "offer.keys"


def test_the_called_party_hangs_up_at_the_offer() -> None:
    call = Rehearsal().offer()
    call.hang_up(CALLED)
    call.end()
    assert (call.settle.reason, call.settle.ended_by) == (Reason.OFFER_HUNG_UP, CALLED)


def test_the_resident_hangs_up_at_the_offer_and_the_called_party_is_told() -> None:
    call = Rehearsal().offer()
    call.hang_up(RESIDENT)
    assert call.heard(CALLED)[-1] == "offer.caller_left"
    call.end()
    assert (call.settle.reason, call.settle.disposition) == (Reason.OFFER_ABANDONED, Disposition.ABANDONED)


# ---- talk


def test_the_time_limit_is_announced_and_then_kept() -> None:
    call = Rehearsal().talk()
    call.wait(900)
    warnings = [play for play in call.given(do.Play) if play.utterance[0].key == "talk.warning"]
    assert [(play.side, play.language, play.utterance[0].values) for play in warnings] == [
        (side, language, (("left", Span(left)),))
        for left in (60, 15)
        for side, language in ((RESIDENT, Language.ENGLISH), (CALLED, Language.SPANISH))
    ]
    assert call.settle.reason is Reason.TALK_TIME_LIMIT
    assert call.settle.ended_at - call.settle.accepted_at == 900_000
    assert call.heard(CALLED)[-1] == "end.time_limit"
    assert call.heard(RESIDENT)[-1] == "reason.talk.time_limit"
    call.end()


def test_the_end_of_calling_hours_is_named_as_such() -> None:
    call = Rehearsal(permit=replace(PREPAID, limit_reason=Reason.TALK_SCHEDULE_END)).talk()
    call.wait(900)
    assert call.settle.reason is Reason.TALK_SCHEDULE_END


def test_a_call_accepted_late_still_ends_when_the_phones_close() -> None:
    closes_at = Instant(Rehearsal().offer().now + 400_000)
    call = Rehearsal(permit=replace(PREPAID, closes_at=closes_at)).talk()
    call.wait(900)
    assert call.settle.reason is Reason.TALK_SCHEDULE_END
    assert call.settle.ended_at == closes_at


def test_a_limit_of_twenty_seconds_has_room_for_one_signal() -> None:
    call = Rehearsal(permit=replace(PREPAID, limit_seconds=20, funded_seconds=20)).talk()
    call.wait(20)
    assert call.heard(RESIDENT).count("talk.warning") == 1
    assert call.settle.ended_at - call.settle.accepted_at == 20_000


def test_more_money_is_held_before_the_first_signal_would_be_due() -> None:
    call = Rehearsal(permit=replace(PREPAID, funded_seconds=300)).talk()
    call.wait(300 - JAIL.warnings[0] - JAIL.extend_before)
    assert call.asked == [do.ExtendHold()]
    call.answer(lambda at: happened.HoldExtended(at, 900))
    call.wait(420)
    assert call.state.name is Act.TALK
    assert "talk.warning" not in call.heard(RESIDENT)
    call.wait(480)
    assert call.settle.reason is Reason.TALK_TIME_LIMIT


def test_when_the_money_ends_so_does_the_call_after_its_signals() -> None:
    call = Rehearsal(permit=replace(PREPAID, funded_seconds=120)).talk()
    call.wait(30)
    call.answer(lambda at: happened.HoldNotExtended(at, Reason.FUND_INSUFFICIENT))
    call.wait(90)
    assert call.heard(CALLED).count("talk.warning") == 2
    assert call.settle.reason is Reason.TALK_FUNDS_END
    assert call.settle.ended_at - call.settle.accepted_at == 120_000
    assert call.heard(CALLED)[-1] == "end.funds_end"


def test_a_hold_service_that_does_not_answer_is_asked_again_and_the_funded_time_is_kept() -> None:
    call = Rehearsal(permit=replace(PREPAID, funded_seconds=120)).talk()
    call.wait(120)
    assert len(call.given(do.ExtendHold)) == 3
    assert call.settle.reason is Reason.TALK_FUNDS_END
    assert call.settle.ended_at - call.settle.accepted_at == 120_000


def test_the_called_party_is_reminded_where_the_call_comes_from() -> None:
    call = Rehearsal().talk()
    call.wait(700)
    assert call.heard(CALLED).count("talk.branding") == 2
    quiet = Rehearsal(replace(JAIL, branding_interval=0)).talk()
    quiet.wait(700)
    assert "talk.branding" not in quiet.heard(CALLED)


def test_the_resident_is_told_when_the_called_party_hangs_up() -> None:
    call = Rehearsal().talk()
    call.wait(30)
    call.hang_up(CALLED)
    call.end()
    assert (call.settle.reason, call.settle.ended_by) == (Reason.TALK_HANGUP_CALLED, CALLED)
    assert call.heard(RESIDENT)[-1] == "reason.talk.hangup_called"


def test_a_call_that_the_network_drops_was_ended_by_nobody_on_it() -> None:
    call = Rehearsal().talk()
    call.hang_up(CALLED, carrier=True)
    call.end()
    assert (call.settle.reason, call.settle.ended_by) == (Reason.TALK_CARRIER_DROP, None)


def test_a_line_that_goes_dead_on_one_side_and_on_both() -> None:
    one, both = Rehearsal().talk(), Rehearsal().talk()
    for call in (one, both):
        call.take(happened.MediaLost(call.now, CALLED))
        call.take(happened.MediaLost(call.now, CALLED))  # told twice of one side is not both
        assert call.state.name is Act.TALK
    both.take(happened.MediaLost(both.now, RESIDENT))
    one.wait(2)
    assert one.settle.reason is Reason.TALK_ONE_WAY
    assert both.settle.reason is Reason.TALK_MEDIA_DEAD


def test_extra_digits_are_flagged_once_and_end_nothing() -> None:
    call = Rehearsal(replace(JAIL, end_on_suspicion=True)).talk()
    call.press(RESIDENT, "5045551234")
    assert call.given(do.Flag) == [do.Flag(RESIDENT, Suspicion.EXTRA_DIGITS)]
    assert call.state.name is Act.TALK


def test_a_suspicion_is_flagged_and_ends_the_call_only_where_the_facility_says_so() -> None:
    lenient, strict = Rehearsal().talk(), Rehearsal(replace(JAIL, end_on_suspicion=True)).talk()
    for call in (lenient, strict):
        call.take(happened.Suspected(call.now, CALLED, Suspicion.THREE_WAY))
        assert call.given(do.Flag) == [do.Flag(CALLED, Suspicion.THREE_WAY)]
    assert lenient.state.name is Act.TALK
    assert strict.settle.reason is Reason.TALK_THREEWAY_SUSPECTED


@pytest.mark.parametrize("act", ["identify", "authorise", "ring", "offer", "talk"])
def test_staff_cut_a_call_off_wherever_it_is(act: str) -> None:
    call = getattr(Rehearsal(), act)()
    call.take(happened.CutOff(call.now, Reason.TALK_CUTOFF))
    assert call.heard(RESIDENT)[-1] == "reason.talk.cutoff"
    call.end()
    assert call.settle.disposition is (Disposition.COMPLETED if act == "talk" else Disposition.DENIED)
    assert call.settle.ended_by is None


def test_phones_turned_off_with_a_time_signal_let_the_talk_go_on_until_then() -> None:
    call = Rehearsal().talk()
    end = Instant(call.now + 30_000)
    for _ in range(2):  # each heartbeat says so again
        call.take(happened.CutOff(call.now, Reason.TALK_LOCKDOWN, end))
    assert [call.heard(side).count("talk.warning") for side in (RESIDENT, CALLED)] == [1, 1]
    assert call.state.name is Act.TALK
    call.take(happened.TimerFired(end, Timer.LIMIT))
    assert (call.settle.reason, call.settle.ended_at) == (Reason.TALK_LOCKDOWN, end)


@pytest.mark.parametrize("act", ["identify", "authorise", "ring", "offer"])
def test_a_lockdown_that_comes_before_the_talk_is_told_as_one(act: str) -> None:
    call = getattr(Rehearsal(), act)()
    call.take(happened.CutOff(call.now, Reason.TALK_LOCKDOWN))
    assert call.settle.reason is Reason.POLICY_LOCKDOWN


@pytest.mark.parametrize("act", ["identify", "authorise", "ring", "offer", "talk"])
def test_a_silent_cut_off_hangs_up_on_both_without_a_word(act: str) -> None:
    call = getattr(Rehearsal(), act)()
    said = len(call.given(do.Play))
    call.take(happened.CutOff(call.now, Reason.TALK_CUTOFF, is_silent=True))
    assert len(call.given(do.Play)) == said
    assert call.legs == set()
    call.answer(lambda at: happened.Settled(at, None))
    assert call.state.is_over


# ---- announcements of staff


def test_an_announcement_is_said_in_every_language_before_one_is_chosen_and_no_key_cuts_it() -> None:
    call = Rehearsal(replace(JAIL, announcements=(COUNT,)))
    call.press(RESIDENT, "1")
    assert call.heard(RESIDENT) == ["announcement", "announcement"]
    assert [words(play.utterance, play.language) for play in call.given(do.Play)] == [
        "Announcement: Count begins at nine.",
        "Aviso: El conteo empieza a las nueve.",
    ]
    call.hear_out(RESIDENT)
    assert call.heard(RESIDENT)[2:4] == ["language.choice", "language.choice"]
    call.talk()
    call.take(happened.Announced(call.now, COUNT))  # heard already
    assert call.heard(RESIDENT).count("announcement") == 2


def test_a_resident_who_talks_hears_an_announcement_once_and_the_called_party_nothing_of_it() -> None:
    call = Rehearsal().talk()
    for _ in range(2):  # each heartbeat says so again
        call.take(happened.Announced(call.now, COUNT))
    assert call.heard(RESIDENT).count("announcement") == 1
    assert said_last(call, RESIDENT).language is Language.ENGLISH
    assert "announcement" not in call.heard(CALLED)
    assert call.state.name is Act.TALK


def test_a_talk_ends_for_who_watches_when_it_is_allowed_to_or_is_cut_off_not_when_the_first_hold_is_spent() -> None:
    call = Rehearsal(permit=replace(PREPAID, funded_seconds=120)).talk()
    accepted = call.state.accepted_at
    assert call.state.ends_at == accepted + 900_000
    call.wait(30)
    call.answer(lambda at: happened.HoldNotExtended(at, Reason.FUND_INSUFFICIENT))
    assert call.state.ends_at == accepted + 120_000
    call.take(happened.CutOff(call.now, Reason.TALK_CUTOFF, Instant(call.now + 15_000)))
    assert call.state.ends_at == call.now + 15_000
    call.hang_up(CALLED)
    assert call.state.ends_at is None


# ---- privilege that is verified while the call is on


def test_a_call_that_becomes_privileged_is_recorded_no_longer_and_both_are_told() -> None:
    call = Rehearsal().talk()
    done = call.take(happened.BecamePrivileged(call.now))
    assert done[:2] == (do.StopRecording(), do.ForbidListening())
    assert [call.heard(side)[-1] for side in (RESIDENT, CALLED)] == ["talk.privileged", "talk.privileged"]
    assert call.take(happened.BecamePrivileged(call.now)) == ()


def test_an_offer_that_said_it_is_recorded_is_said_anew_once_it_is_not() -> None:
    call = Rehearsal().offer()
    call.take(happened.BecamePrivileged(call.now))
    assert [say.key for say in said_last(call, CALLED).utterance][-2:] == ["offer.privileged", "offer.keys"]
    call.press(CALLED, "1")
    assert call.given(do.StartRecording) == []


# ---- end


def test_books_that_do_not_answer_are_asked_again_with_the_same_words_and_then_left_to_the_reaper() -> None:
    call = Rehearsal().talk()
    call.hang_up(CALLED)
    call.hang_up(RESIDENT)
    while not call.state.is_over:
        call.asked.clear()
        call.take(happened.ServiceFailed(call.now, "Settle"))
        call.wait(3)
    assert len(call.given(do.Settle)) == 5
    assert len(set(call.given(do.Settle))) == 1
    assert call.commands[-1] == do.Release()


def test_a_goodbye_that_never_ends_is_ended() -> None:
    call = Rehearsal().talk()
    call.hang_up(CALLED)
    call.answer(lambda at: happened.Settled(at, None))
    assert call.legs == {RESIDENT}
    call.wait(20)
    assert call.legs == set()
    assert call.state.is_over


def test_a_timer_that_fired_early_by_a_slow_clock_is_set_again() -> None:
    call = Rehearsal().talk()
    due = call.timers[Timer.LIMIT]
    early = happened.TimerFired(call.now, Timer.LIMIT)
    assert call.take(early) == (do.SetTimer(Timer.LIMIT, due),)


def test_a_limit_that_fires_late_is_not_the_payers_to_pay() -> None:
    call = Rehearsal().talk()
    call.at = call.timers.pop(Timer.LIMIT) + 7000
    call.take(happened.TimerFired(call.now, Timer.LIMIT))
    assert call.settle.ended_at - call.settle.accepted_at == 900_000
