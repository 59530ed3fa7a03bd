"""A code is spoken, digit by digit and twice, and again when a key asks for it."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from kinline.core.callflow.events import Timer
from kinline.core.identity import Side
from kinline.core.servicecall.commands import CancelTimer, SetTimer, StopPlaying, Tell
from kinline.core.servicecall.course import Outcome, Stage
from kinline.core.servicecall.events import DigitPressed, Event, PlaybackFinished, TimerFired
from kinline.core.servicecall.moment import FAMILY, Moment, Turn, Visit, leave, seconds_after
from kinline.core.servicecall.settings import SpokenCode
from kinline.core.speech import Digits, Say

AGAIN: Final = "1"


def say_code(visit: Visit, code: SpokenCode) -> Turn:
    """A person pressed the key."""
    saying, commands = SayingCode(visit, code, visit.settings.sayings).say()
    return saying, (Tell(Stage.SPEAKING), *commands)


@dataclass(frozen=True, slots=True)
class SayingCode(Moment):
    """The code is heard."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.DIGITS})
    left: ClassVar = Outcome.CODE_SAID

    code: SpokenCode
    left_to_say: int  # this one included

    def say(self) -> Turn:
        code = Digits(self.code.digits)
        last = self.left_to_say <= 1
        again = () if last else (Say.of("service.code_again", key=Digits(AGAIN)),)
        visit, play = self.visit.say(Say.of("service.code", code=code), *again)
        return replace(self, visit=visit), (CancelTimer(Timer.DIGITS), StopPlaying(FAMILY), play)

    def on(self, event: Event) -> Turn:
        match event:
            case DigitPressed(side=Side.CALLED_PARTY, digit=digit) if digit == AGAIN and self.left_to_say > 1:
                return replace(self, left_to_say=self.left_to_say - 1).say()
            case PlaybackFinished(token=token) if token == self.visit.plays and self.left_to_say > 1:
                return self, (SetTimer(Timer.DIGITS, seconds_after(event.at, self.visit.settings.key_wait)),)
            case DigitPressed(side=Side.CALLED_PARTY):  # it may have cut the code short
                return self, (SetTimer(Timer.DIGITS, seconds_after(event.at, self.visit.settings.key_wait)),)
            case PlaybackFinished(token=token) if token == self.visit.plays:
                return self._goodbye(event)
            case TimerFired(timer=Timer.DIGITS):
                return self._goodbye(event)
            case _:
                return self.in_any_case(event)

    def _goodbye(self, event: Event) -> Turn:
        return leave(self.visit, Outcome.CODE_SAID, event.at, Say.of("service.goodbye"))
