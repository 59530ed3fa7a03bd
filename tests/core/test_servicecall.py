"""Calls that the platform places: their promises over whatever happens at the other end."""

from dataclasses import dataclass, field, replace

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.core.callflow.events import Machine, Timer
from kinline.core.identity import Instant, Language, Side
from kinline.core.numbering import E164
from kinline.core.phrases.assembly import words
from kinline.core.reasons import Reason
from kinline.core.servicecall import begin, step
from kinline.core.servicecall import commands as do
from kinline.core.servicecall import events as happened
from kinline.core.servicecall.commands import Command
from kinline.core.servicecall.course import Outcome, Stage
from kinline.core.servicecall.events import Event
from kinline.core.servicecall.findings import Finding, Grade, KeySignal, LineResult, Measurement, judge
from kinline.core.servicecall.limits import LIMITS, Counted, Limit, next_at
from kinline.core.servicecall.moment import FAMILY, PERSON
from kinline.core.servicecall.phrases import PHRASES
from kinline.core.servicecall.settings import CallBack, LineTest, ServiceSettings, SpokenCode, Task

MOTHER = E164("+15045550123")
CODE = SpokenCode("730482")
CALL_BACK = CallBack(E164("+12255550151"))
WELL = Measurement(
    packets=900, loss=0.0, jitter_ms=2.0, round_trip_ms=40.0, mos=4.4, level=-21.0, clipped=0.0, keys=KeySignal.EVENT
)


@dataclass
class Family:
    """A phone, a person, and a clock in the test's hand."""

    task: Task = CODE
    language: Language = Language.ENGLISH
    at: int = 1_000_000
    commands: list[Command] = field(default_factory=list)
    timers: dict[Timer, int] = field(default_factory=dict)
    playing: list[do.Play] = field(default_factory=list)
    has_pressed: bool = False
    is_recording: bool = False
    is_kept: bool = False

    def __post_init__(self) -> None:
        self.state, commands = begin(MOTHER, self.task, self.language, ServiceSettings(), Instant(self.at))
        self._carry_out(commands)

    @property
    def now(self) -> Instant:
        return Instant(self.at)

    def take(self, event: Event) -> "Family":
        match event:
            case happened.DigitPressed(side=side) if side is FAMILY:
                self.has_pressed = True
                if self.playing and self.playing[0].interruptible:
                    self.playing.clear()
            case happened.TimerFired(timer=timer):
                self.timers.pop(timer, None)
            case happened.SpeechRecorded(seconds=seconds):
                self.is_recording, self.is_kept = False, self.is_kept or seconds > 0
            case _:
                pass
        self.state, commands = step(self.state, event)
        self._carry_out(commands)
        return self

    def answer(self) -> "Family":
        return self.take(happened.Ringing(self.now)).take(happened.Answered(self.now))

    def press(self, keys: str) -> "Family":
        for key in keys:
            self.at += 100
            self.take(happened.DigitPressed(self.now, FAMILY, key))
        return self

    def hear_out(self) -> "Family":
        while self.playing:
            self.at += 3000
            self.take(happened.PlaybackFinished(self.now, FAMILY, self.playing.pop(0).token))
        return self

    def speak(self, seconds: float = 2.4) -> "Family":
        assert self.is_recording
        self.at += 3000
        return self.take(happened.SpeechRecorded(self.now, seconds))

    def tested(self, measured: Measurement | None = WELL) -> "Family":
        return self.take(happened.Measured(self.now, measured)).hear_out()

    def fire(self) -> "Family":
        """The timer that is due next fires."""
        timer = min(self.timers, key=lambda each: self.timers[each])
        self.at = max(self.at, self.timers[timer])
        return self.take(happened.TimerFired(self.now, timer))

    def stay_silent(self) -> "Family":
        """They hear all, and do nothing, to the end."""
        while not self.state.is_over:
            self.hear_out()
            if not self.state.is_over:
                self.fire()
        return self

    @property
    def heard(self) -> list[str]:
        plays = (command for command in self.commands if isinstance(command, do.Play))
        return [say.key for play in plays for say in play.utterance]

    @property
    def outcomes(self) -> list[Outcome]:
        return [command.outcome for command in self.commands if isinstance(command, do.Report)]

    def _carry_out(self, commands: tuple[Command, ...]) -> None:
        for command in commands:
            match command:
                case do.SetTimer(timer=timer, due=due):
                    self.timers[timer] = due
                case do.CancelTimer(timer=timer):
                    del self.timers[timer]
                case do.Play():
                    words(command.utterance, command.language)  # everything can be said
                    is_secret = any(say.key == "service.code" for say in command.utterance)
                    assert self.has_pressed or not is_secret, "no code is said before a person pressed a key"
                    self.playing.append(command)
                case do.StopPlaying(side) if side is FAMILY:
                    self.playing.clear()
                case do.RecordSpeech():
                    assert self.has_pressed
                    assert isinstance(self.task, LineTest)
                    self.is_recording = True
                case do.PlayRecording(token):
                    assert self.is_kept
                    self.playing.append(do.Play(FAMILY, (), self.language, token, False))
                case do.DeleteRecording():
                    self.is_recording = self.is_kept = False
                case do.RingPerson():
                    assert self.has_pressed
                    assert isinstance(self.task, CallBack)
                case do.Release():
                    kept = self.is_recording or self.is_kept
                    assert not kept, "what was said is deleted"
                    assert isinstance(self.commands[-1], do.Report), "reported right before the end"
                case _:
                    pass
            self.commands.append(command)


def test_whoever_presses_the_key_hears_the_code_twice() -> None:
    family = Family().answer().press("1")
    said = words(family.playing[-1].utterance[:1], Language.ENGLISH)
    assert said == "Your code is seven three zero, four eight two. Once more: seven three zero, four eight two."
    assert family.stay_silent().outcomes == [Outcome.CODE_SAID]


def test_in_spanish_too() -> None:
    family = Family(language=Language.SPANISH).answer().press("1")
    assert words(family.playing[-1].utterance[:1], Language.SPANISH).startswith("Su código es siete tres cero")


def test_the_code_is_said_again_for_a_key_and_not_for_ever() -> None:
    family = Family().answer().press("1" * 50)
    assert family.heard.count("service.code") == ServiceSettings().sayings
    assert family.stay_silent().outcomes == [Outcome.CODE_SAID]


def test_who_answers_and_does_nothing_hears_who_calls_a_few_times_and_no_code() -> None:
    family = Family().answer().stay_silent()
    assert family.heard == ["service.greet_code"] * ServiceSettings().greetings
    assert family.outcomes == [Outcome.NO_KEY]


def test_a_machine_hears_no_code() -> None:
    family = Family().answer().take(happened.MachineHeard(Instant(1_005_000), Machine.ANSWERING_MACHINE))
    assert family.outcomes == [Outcome.MACHINE]
    assert "service.code" not in family.heard


def test_who_did_not_ask_can_say_so() -> None:
    family = Family().answer().press("9")
    assert family.heard[-1] == "service.refused"
    assert family.hear_out().outcomes == [Outcome.REFUSED]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (486, Outcome.BUSY),
        (480, Outcome.NO_ANSWER),
        (503, Outcome.NOT_REACHED),
        (0, Outcome.NOT_REACHED),
    ],
)
def test_a_phone_that_is_not_reached_is_reported_as_what_the_network_said(status: int, outcome: Outcome) -> None:
    assert Family().take(happened.LegFailed(Instant(1_001_000), status)).outcomes == [outcome]


def test_a_phone_that_rings_too_long_did_not_answer() -> None:
    assert Family().take(happened.Ringing(Instant(1_001_000))).stay_silent().outcomes == [Outcome.NO_ANSWER]


def test_the_page_is_told_how_far_it_is() -> None:
    family = Family().answer().press("1")
    stages = [command.stage for command in family.commands if isinstance(command, do.Tell)]
    assert stages == [Stage.RINGING, Stage.ANSWERED, Stage.SPEAKING]


def test_no_code_is_in_the_text_of_anything_but_what_is_said() -> None:
    family = Family().answer().press("1")
    unsaid = [command for command in family.commands if not isinstance(command, do.Play)]
    assert CODE.digits not in repr(family.state) + repr(unsaid)


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.key)
def test_every_phrase_has_the_same_placeholders_in_both_languages(phrase: object) -> None:
    names = {name for name, _ in phrase.placeholders}  # type: ignore[attr-defined]
    for text in (phrase.english, phrase.spanish):  # type: ignore[attr-defined]
        assert {piece.split("{")[1] for piece in text.split("}")[:-1]} == names


def test_a_good_phone_is_told_so_and_what_was_said_is_deleted_before_the_last_words() -> None:
    family = Family(LineTest()).answer().press("15").hear_out().speak().hear_out().press("1").tested()
    assert family.heard == [
        "service.greet_line_test",
        "test.key",
        "test.speak",
        "test.playing_back",
        "test.heard_well",
        "test.measuring",
        "test.good",
        "test.goodbye",
    ]
    last = [command for command in family.commands if not isinstance(command, do.SetTimer | do.CancelTimer)][-5:]
    assert [type(command) for command in last] == [do.StopPlaying, do.DeleteRecording, do.Play, do.Report, do.Release]
    report = last[3]
    assert isinstance(report, do.Report)
    assert report.result == LineResult(WELL, are_keys_right=True, speech_seconds=2.4, heard_well=True)


def test_keys_that_do_not_arrive_and_a_voice_that_is_not_heard_are_found_and_advised_on() -> None:
    family = Family(LineTest()).answer().press("133").hear_out().speak(0.0).hear_out().speak(0.0)
    family.tested(replace(WELL, level=None))
    assert family.heard[-4:] == ["test.poor", "test.silent", "test.keys", "test.goodbye"]
    assert family.outcomes == [Outcome.TESTED]


def test_a_test_that_nobody_answers_any_more_still_ends() -> None:
    family = Family(LineTest()).answer().press("15").hear_out().speak().stay_silent()
    assert family.heard[-1] == "test.not_measured"
    assert family.outcomes == [Outcome.BROKEN_OFF]


@pytest.mark.parametrize(
    ("measured", "said", "findings"),
    [
        (WELL, True, []),
        (replace(WELL, loss=0.05, mos=4.0), True, [Finding.LOSS]),
        (replace(WELL, level=-40.0), True, [Finding.QUIET]),
        (replace(WELL, level=-3.0, clipped=0.04), None, [Finding.CLIPPED]),
        (replace(WELL, jitter_ms=60.0, round_trip_ms=700.0, mos=3.4), True, [Finding.JITTER, Finding.DELAY]),
        (WELL, False, [Finding.HEARD_BADLY]),
    ],
)
def test_each_finding_has_its_measure(measured: Measurement, said: bool | None, findings: list[Finding]) -> None:
    verdict = judge(LineResult(measured, are_keys_right=True, speech_seconds=2.0, heard_well=said))
    assert list(verdict.findings) == findings
    assert verdict.grade is (Grade.FAIR if findings else Grade.GOOD)


def test_a_call_back_rings_customer_service_after_the_key_and_connects() -> None:
    family = Family(CALL_BACK).answer()
    assert not any(isinstance(command, do.RingPerson) for command in family.commands)
    family.press("1").hear_out().take(happened.PersonAnswered(family.now))
    assert do.Bridge() in family.commands
    family.take(happened.HungUp(family.now, PERSON))
    assert family.outcomes == [Outcome.CONNECTED]


def test_a_call_back_that_nobody_answers_for_says_so() -> None:
    family = Family(CALL_BACK).answer().press("1").take(happened.PersonFailed(Instant(1_002_000)))
    assert family.heard[-1] == "service.no_person"
    assert family.hear_out().outcomes == [Outcome.NO_PERSON]
    assert Family(CallBack(None)).answer().press("1").hear_out().outcomes == [Outcome.NO_PERSON]


def one_of_each(at: Instant, detail: int) -> tuple[Event, ...]:
    side = tuple(Side)[detail % 2]
    return (
        happened.PlaybackFinished(at, side, detail % 9),
        happened.TimerFired(at, tuple(Timer)[detail % len(Timer)]),
        happened.HungUp(at, side),
        happened.Ringing(at),
        happened.Answered(at),
        happened.LegFailed(at, 486),
        happened.MachineHeard(at, Machine.FAX),
        happened.MediaLost(at, side),
        happened.CutOff(at, Reason.TALK_PLATFORM_FAULT),
        happened.Measured(at, None if detail % 3 else WELL),
        happened.PersonAnswered(at),
        happened.PersonFailed(at),
    )


@given(tape=st.binary(max_size=120), task=st.sampled_from((CODE, LineTest(), CALL_BACK)))
@settings(max_examples=examples(300), deadline=None)
def test_whatever_happens_it_ends_with_one_outcome_and_nothing_running(tape: bytes, task: Task) -> None:
    family = Family(task)
    for action, detail in zip(tape[::2], tape[1::2], strict=False):
        family.at += detail
        match action % 7:
            case 0 | 1:
                family.press("0123456789*#"[detail % 12])
            case 2:
                family.press("1")
            case 3:
                family.hear_out()
            case 4 if family.timers:
                family.fire()
            case 5:
                events = one_of_each(family.now, detail)
                family.take(events[detail % len(events)])
            case 6 if family.is_recording:
                family.speak((0.0, 1.5)[detail % 2])
            case _:
                family.answer()
    began = family.at
    while not family.state.is_over:  # nobody does anything any more: the timers end it
        assert family.timers, family.state
        family.fire()
    assert family.at - began <= (ServiceSettings().talk_longest + 300) * 1000
    assert not family.timers
    assert len(family.outcomes) == 1
    assert family.heard.count("service.code") <= ServiceSettings().sayings
    assert sum(key.startswith("service.greet") for key in family.heard) <= ServiceSettings().greetings
    assert sum(isinstance(command, do.RingPerson) for command in family.commands) <= 1
    assert sum(isinstance(command, do.Release) for command in family.commands) == 1
    before = family.commands[:]
    family.press("1")
    assert family.commands == before


@given(
    steps=st.lists(st.integers(0, 400_000), max_size=60),
    limits=st.lists(st.builds(Limit, st.integers(1, 5), st.integers(1, 3_600_000)), min_size=1, max_size=3),
)
@settings(max_examples=examples(100), deadline=None)
def test_who_waits_as_told_never_passes_a_limit(steps: list[int], limits: list[Limit]) -> None:
    ordered: list[Instant] = []
    at = 10_000_000_000
    for wait in steps:
        at += wait
        at = max(at, next_at(ordered, limits, Instant(at)))
        ordered.append(Instant(at))
        for limit in limits:
            assert sum(time > at - limit.period for time in ordered) <= limit.most


def test_a_number_is_called_three_times_in_a_quarter_of_an_hour_at_most() -> None:
    minutes = [Instant(at * 60_000) for at in (0, 5, 6)]
    assert next_at(minutes, LIMITS[Counted.NUMBER], Instant(7 * 60_000)) == 15 * 60_000
