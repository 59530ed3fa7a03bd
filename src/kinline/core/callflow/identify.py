"""Who calls: language, resident ID and PIN, and at first use the recording of the resident's name."""

from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from kinline.core.callflow.commands import CancelTimer, Identify, Play, RecordName, SetTimer, StopPlaying
from kinline.core.callflow.dial import dial
from kinline.core.callflow.end import finish
from kinline.core.callflow.events import (
    DigitPressed,
    Event,
    Identified,
    NameRecorded,
    NotIdentified,
    PlaybackFinished,
    ServiceFailed,
    Timer,
    TimerFired,
)
from kinline.core.callflow.moment import Act, Attempt, Caller, Turn, reason_phrase, seconds_after
from kinline.core.callflow.settings import Entry
from kinline.core.callflow.unaccepted import Unaccepted
from kinline.core.identity import Instant, Side
from kinline.core.reasons import Reason
from kinline.core.speech import Count, Digits, Say

CHOICE_REPEATS: Final = 1
NAME_TRIES: Final = 2
NAME_SLACK: Final = 5  # seconds that storing the recording may take
LONGEST_ENTRY: Final = 32  # keys


def greet(attempt: Attempt) -> Turn:
    """Which language, or else which number?"""
    if len(attempt.settings.languages) > 1:
        return ChoosingLanguage(attempt, CHOICE_REPEATS).ask()
    return EnteringNumber(attempt, attempt.settings.identify_tries).ask()


@dataclass(frozen=True, slots=True)
class Identifying(Unaccepted):
    """A moment at which it is not known yet who calls."""

    act: ClassVar = Act.IDENTIFY
    timers: ClassVar = frozenset({Timer.LIMIT, Timer.DIGITS})
    abandoned: ClassVar = Reason.IDENTIFY_ABANDONED
    overdue: ClassVar = Reason.IDENTIFY_TIMEOUT


@dataclass(frozen=True, slots=True)
class ChoosingLanguage(Identifying):
    """Key n chooses the n-th language of the facility; silence goes on in the first."""

    act: ClassVar = Act.OFF_HOOK

    repeats_left: int

    def on(self, event: Event) -> Turn:
        settings = self.attempt.settings
        match event:
            case DigitPressed(side=Side.RESIDENT, digit=digit):
                if digit.isdigit() and 1 <= int(digit) <= len(settings.languages):
                    language = settings.languages[int(digit) - 1]
                    return self._go_on(replace(self.attempt, language=language, language_chosen=True))
                return self._again()
            case PlaybackFinished(token=token) if token == self.attempt.plays:
                return self, (SetTimer(Timer.DIGITS, seconds_after(event.at, settings.first_digit_wait)),)
            case TimerFired(timer=Timer.DIGITS):
                return self._again()
            case _:
                return self.in_any_case(event)

    def ask(self) -> Turn:
        attempt, plays = self.attempt, list[Play]()
        for key, language in enumerate(attempt.settings.languages, start=1):
            choice = Say.of("language.choice", key=Digits(str(key)))
            attempt, play = attempt.say(Side.RESIDENT, choice, language=language)
            plays.append(play)
        return replace(self, attempt=attempt), (CancelTimer(Timer.DIGITS), StopPlaying(Side.RESIDENT), *plays)

    def _again(self) -> Turn:
        if self.repeats_left > 0:
            return replace(self, repeats_left=self.repeats_left - 1).ask()
        return self._go_on(self.attempt)

    def _go_on(self, attempt: Attempt) -> Turn:
        return EnteringNumber(attempt, attempt.settings.identify_tries).ask()


@dataclass(frozen=True, slots=True)
class Entering(Identifying):
    """Keys are collected: `*` clears them, `#` ends them, so does the last one where their number is fixed."""

    tries_left: int  # this one included
    digits: str = field(default="", repr=False, kw_only=True)

    @property
    def length(self) -> int | None:
        """How many keys make the entry; None: `#` or a wait ends it."""
        raise NotImplementedError

    def entered(self, at: Instant) -> Turn:
        raise NotImplementedError

    def on(self, event: Event) -> Turn:
        settings = self.attempt.settings
        match event:
            case DigitPressed(side=Side.RESIDENT, digit="#") if self.digits:
                return self.entered(event.at)
            case DigitPressed(side=Side.RESIDENT, digit="*" | "#"):  # it cut the prompt, so the wait begins here
                wait = SetTimer(Timer.DIGITS, seconds_after(event.at, settings.first_digit_wait))
                return replace(self, digits=""), (wait,)
            case DigitPressed(side=Side.RESIDENT, digit=digit):
                entering = replace(self, digits=self.digits + digit)
                if len(entering.digits) == (self.length or LONGEST_ENTRY):
                    return entering.entered(event.at)
                return entering, (SetTimer(Timer.DIGITS, seconds_after(event.at, settings.next_digit_wait)),)
            case PlaybackFinished(token=token) if token == self.attempt.plays and not self.digits:
                return self, (SetTimer(Timer.DIGITS, seconds_after(event.at, settings.first_digit_wait)),)
            case TimerFired(timer=Timer.DIGITS) if self.digits and self.length is None:
                return self.entered(event.at)
            case TimerFired(timer=Timer.DIGITS):
                silence = NotIdentified(event.at, Reason.IDENTIFY_TIMEOUT, self.tries_left - 1)
                return again(self, self.tries_left, silence)
            case _:
                return self.in_any_case(event)


@dataclass(frozen=True, slots=True)
class EnteringNumber(Entering):
    """The resident number is awaited; where the facility joins them, the PIN with it."""

    @property
    def is_joined(self) -> bool:
        return self.attempt.settings.entry is Entry.JOINED

    @property
    def hears_secret(self) -> bool:
        return self.is_joined

    @property
    def length(self) -> int | None:
        number = self.attempt.settings.resident_number_digits
        if number is None or not self.is_joined:
            return number
        return number + self.attempt.settings.pin_digits

    def ask(self, *before: Say) -> Turn:
        key = "identify.enter_joined" if self.is_joined else "identify.enter_number"
        prompt = Say.of(key if self.length else f"{key}_pound")
        attempt, commands = self.attempt.ask(Side.RESIDENT, *before, prompt)
        return replace(self, attempt=attempt, digits=""), (CancelTimer(Timer.DIGITS), *commands)

    def entered(self, at: Instant) -> Turn:
        if self.is_joined:
            pin_at = max(0, len(self.digits) - self.attempt.settings.pin_digits)
            return check(self, self.digits[:pin_at], self.digits[pin_at:], self.tries_left, at)
        attempt, commands = self.attempt.ask(Side.RESIDENT, Say.of("identify.enter_pin"))
        return EnteringPin(attempt, self.tries_left, self.digits), (CancelTimer(Timer.DIGITS), *commands)


@dataclass(frozen=True, slots=True)
class EnteringPin(Entering):
    """The PIN is awaited."""

    number: str

    @property
    def hears_secret(self) -> bool:
        return True

    @property
    def length(self) -> int | None:
        return self.attempt.settings.pin_digits

    def entered(self, at: Instant) -> Turn:
        return check(self, self.number, self.digits, self.tries_left, at)


def check(moment: Identifying, number: str, pin: str, tries_left: int, at: Instant) -> Turn:
    """Ask whose number and PIN these are."""
    answer_by = seconds_after(at, moment.attempt.settings.service_wait)
    return Checking(moment.attempt, tries_left), (Identify(number, pin), SetTimer(Timer.SERVICE, answer_by))


def again(moment: Identifying, tries_left: int, failure: NotIdentified) -> Turn:
    """Say what was wrong, and let them try again while this call and the service have tries left."""
    left = min(tries_left - 1, failure.tries_left)
    if left <= 0:
        return finish(moment, failure.at, failure.reason, values=failure.values)
    tries = Say.of("identify.tries_left", tries=Count(left))
    return EnteringNumber(moment.attempt, left).ask(reason_phrase(failure.reason, failure.values), tries)


@dataclass(frozen=True, slots=True)
class Checking(Identifying):
    """The service is looking up who this is. What is typed meanwhile is kept for dialling."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.SERVICE})

    tries_left: int
    typed_ahead: str = field(default="", repr=False)

    @property
    def hears_secret(self) -> bool:
        return True  # a key too many may be the PIN's

    def on(self, event: Event) -> Turn:
        match event:
            case Identified(resident=resident, name=name, language=language):
                chosen = self.attempt.language_chosen
                attempt = self.attempt if chosen else replace(self.attempt, language=language)
                caller = Caller(resident, name)
                if event.name_recorded:
                    return dial(attempt, caller, event.at, self.typed_ahead)
                return AskingName(attempt, caller, NAME_TRIES).ask()
            case NotIdentified():
                return again(self, self.tries_left, event)
            case DigitPressed(side=Side.RESIDENT, digit=digit):
                return replace(self, typed_ahead=(self.typed_ahead + digit)[:LONGEST_ENTRY]), ()
            case ServiceFailed(command="Identify") | TimerFired(timer=Timer.SERVICE):
                return finish(self, event.at, Reason.NET_PLATFORM_FAULT)
            case _:
                return self.in_any_case(event)


@dataclass(frozen=True, slots=True)
class AskingName(Identifying):
    """First use: the resident is asked for their name. A key cuts the prompt short."""

    timers: ClassVar = frozenset({Timer.LIMIT})

    caller: Caller
    tries_left: int  # this one included

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token) if token == self.attempt.plays:
                return self._record(event.at)
            case DigitPressed(side=Side.RESIDENT):
                return self._record(event.at)
            case _:
                return self.in_any_case(event)

    def ask(self, *before: Say) -> Turn:
        attempt, commands = self.attempt.ask(Side.RESIDENT, *before, Say.of("identify.say_name"))
        return replace(self, attempt=attempt), commands

    def _record(self, at: Instant) -> Turn:
        seconds = self.attempt.settings.name_seconds
        give_up = SetTimer(Timer.NAME, seconds_after(at, seconds + NAME_SLACK))
        recording = RecordingName(self.attempt, self.caller, self.tries_left)
        return recording, (StopPlaying(Side.RESIDENT), RecordName(self.caller.resident, seconds), give_up)


@dataclass(frozen=True, slots=True)
class RecordingName(Identifying):
    """The resident says their name. Without one they call all the same: the called party hears it as written."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.NAME})

    caller: Caller
    tries_left: int

    def on(self, event: Event) -> Turn:
        match event:
            case NameRecorded(heard=False) if self.tries_left > 1:
                asking = AskingName(self.attempt, self.caller, self.tries_left - 1)
                return asking.ask(Say.of("identify.name_not_heard"))
            case NameRecorded() | ServiceFailed(command="RecordName") | TimerFired(timer=Timer.NAME):
                return dial(self.attempt, self.caller, event.at)
            case _:
                return self.in_any_case(event)
