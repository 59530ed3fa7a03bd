"""A phone is tested: do its keys arrive, is its voice heard, does it hear? What was measured is said, with advice.

What is recorded is played to whoever said it, measured, and deleted before the last words.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from kinline.core.callflow.events import Timer
from kinline.core.identity import Instant, Side
from kinline.core.servicecall.commands import (
    CancelTimer,
    Measure,
    PlayRecording,
    RecordSpeech,
    SetTimer,
    StopPlaying,
    Tell,
)
from kinline.core.servicecall.course import Outcome, Stage
from kinline.core.servicecall.events import (
    DigitPressed,
    Event,
    Measured,
    PlaybackFinished,
    SpeechRecorded,
    TimerFired,
)
from kinline.core.servicecall.findings import LineResult, Measurement, judge
from kinline.core.servicecall.moment import FAMILY, Moment, Turn, Visit, leave, seconds_after
from kinline.core.speech import Digits, Say

ASKED_KEY: Final = "5"
YES: Final = "1"
NO: Final = "2"
_MORE_PATIENCE: Final = 5  # seconds beyond the longest recording for its answer


@dataclass(frozen=True, slots=True)
class Noted:
    """What the person has done so far."""

    are_keys_right: bool = False
    speech_seconds: float = 0.0
    heard_well: bool | None = None

    def with_measurement(self, measurement: Measurement) -> LineResult:
        return LineResult(measurement, self.are_keys_right, self.speech_seconds, self.heard_well)


def try_line(visit: Visit) -> Turn:
    """A first key has arrived: ask for another one."""
    checking, commands = CheckingKeys(visit, visit.settings.tries).ask("test.key")
    return checking, (Tell(Stage.KEYS), *commands)


@dataclass(frozen=True, slots=True)
class _Asking(Moment):
    """A key is asked for, and silence and other keys use up the tries."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.DIGITS})

    tries_left: int  # this one included

    def pressed(self, digit: str, at: Instant) -> Turn:
        raise NotImplementedError

    def nothing(self, at: Instant) -> Turn:
        """The wait for a key is over."""
        raise NotImplementedError

    def say(self, *phrases: Say) -> Turn:
        visit, play = self.visit.say(*phrases)
        return replace(self, visit=visit), (CancelTimer(Timer.DIGITS), StopPlaying(FAMILY), play)

    def on(self, event: Event) -> Turn:
        match event:
            case DigitPressed(side=Side.CALLED_PARTY, digit=digit):
                return self.pressed(digit, event.at)
            case PlaybackFinished(token=token) if token == self.visit.plays:
                return self, (SetTimer(Timer.DIGITS, seconds_after(event.at, self.visit.settings.key_wait)),)
            case TimerFired(timer=Timer.DIGITS):
                return self.nothing(event.at)
            case _:
                return self.in_any_case(event)


@dataclass(frozen=True, slots=True)
class CheckingKeys(_Asking):
    """The key that was asked for is awaited."""

    def ask(self, phrase: str) -> Turn:
        return self.say(Say.of(phrase, key=Digits(ASKED_KEY)))

    def pressed(self, digit: str, at: Instant) -> Turn:
        if digit == ASKED_KEY:
            return invite(self.visit, Noted(are_keys_right=True))
        return self.nothing(at)

    def nothing(self, at: Instant) -> Turn:
        if self.tries_left > 1:
            return replace(self, tries_left=self.tries_left - 1).ask("test.key_again")
        return invite(self.visit, Noted())


def invite(visit: Visit, noted: Noted, *before: Say, tries: int | None = None) -> Turn:
    """Ask them to speak."""
    visit, play = visit.say(*before, Say.of("test.speak"), interruptible=False)
    inviting = Inviting(visit, noted, visit.settings.tries if tries is None else tries)
    return inviting, (StopPlaying(FAMILY), Tell(Stage.RECORDING), play)


@dataclass(frozen=True, slots=True)
class Inviting(Moment):
    """They hear that they shall speak."""

    timers: ClassVar = frozenset({Timer.LIMIT})

    noted: Noted
    tries_left: int  # this one included

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token) if token == self.visit.plays:
                visit = replace(self.visit, is_recorded=True)
                seconds = visit.settings.speech
                wait = SetTimer(Timer.NAME, seconds_after(event.at, seconds + _MORE_PATIENCE))
                return Listening(visit, self.noted, self.tries_left), (RecordSpeech(seconds), wait)
            case _:
                return self.in_any_case(event)


@dataclass(frozen=True, slots=True)
class Listening(Moment):
    """They speak, and are recorded."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.NAME})

    noted: Noted
    tries_left: int  # this one included

    def on(self, event: Event) -> Turn:
        match event:
            case SpeechRecorded(seconds=seconds) if seconds > 0:
                return play_back(self.visit, replace(self.noted, speech_seconds=seconds))
            case SpeechRecorded() if self.tries_left > 1:
                return invite(self.visit, self.noted, Say.of("test.not_heard"), tries=self.tries_left - 1)
            case SpeechRecorded() | TimerFired(timer=Timer.NAME):
                return measure(self.visit, self.noted, event.at)
            case _:
                return self.in_any_case(event)


def play_back(visit: Visit, noted: Noted) -> Turn:
    """Let them hear themselves."""
    visit, play = visit.say(Say.of("test.playing_back"), interruptible=False)
    visit = replace(visit, plays=visit.plays + 1)
    return PlayingBack(visit, noted), (Tell(Stage.PLAYING), play, PlayRecording(visit.plays))


@dataclass(frozen=True, slots=True)
class PlayingBack(Moment):
    """They hear themselves."""

    timers: ClassVar = frozenset({Timer.LIMIT})

    noted: Noted

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token) if token == self.visit.plays:
                return AskingHeard(self.visit, self.visit.settings.tries, self.noted).ask()
            case _:
                return self.in_any_case(event)


@dataclass(frozen=True, slots=True)
class AskingHeard(_Asking):
    """Did they hear themselves well?"""

    noted: Noted

    def ask(self) -> Turn:
        return self.say(Say.of("test.heard_well", yes=Digits(YES), no=Digits(NO)))

    def pressed(self, digit: str, at: Instant) -> Turn:
        if digit not in (YES, NO):
            return self.nothing(at)
        return measure(self.visit, replace(self.noted, heard_well=digit == YES), at)

    def nothing(self, at: Instant) -> Turn:
        if self.tries_left > 1:
            return replace(self, tries_left=self.tries_left - 1).ask()
        return measure(self.visit, self.noted, at)


def measure(visit: Visit, noted: Noted, at: Instant) -> Turn:
    """Put together what was measured all along."""
    visit, play = visit.say(Say.of("test.measuring"), interruptible=False)
    answer_by = SetTimer(Timer.SERVICE, seconds_after(at, visit.settings.service_wait))
    return Measuring(visit, noted), (StopPlaying(FAMILY), play, Measure(), answer_by)


@dataclass(frozen=True, slots=True)
class Measuring(Moment):
    """It is put together."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.SERVICE})

    noted: Noted

    def on(self, event: Event) -> Turn:
        match event:
            case Measured(measurement=Measurement() as measurement):
                result = self.noted.with_measurement(measurement)
                return leave(self.visit, Outcome.TESTED, event.at, *told(result), result=result)
            case Measured() | TimerFired(timer=Timer.SERVICE):
                return leave(self.visit, Outcome.BROKEN_OFF, event.at, Say.of("test.not_measured"))
            case _:
                return self.in_any_case(event)


def told(result: LineResult) -> tuple[Say, ...]:
    """The verdict in spoken words, with the advice for each finding."""
    verdict = judge(result)
    advice = (Say.of(f"test.{finding}") for finding in verdict.findings)
    return Say.of(f"test.{verdict.grade}"), *advice, Say.of("test.goodbye")
