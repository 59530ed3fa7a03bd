"""The phone rings, and whoever answers hears who calls. Only a key that a person presses leads on."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from kinline.core.callflow.events import Timer
from kinline.core.identity import Instant, Side
from kinline.core.reasons import Reason
from kinline.core.reasons.sip import from_sip_status
from kinline.core.servicecall.callback import connect
from kinline.core.servicecall.code import say_code
from kinline.core.servicecall.commands import PlaceLeg, SetTimer, StopPlaying, Tell
from kinline.core.servicecall.course import Outcome, Stage
from kinline.core.servicecall.events import (
    Answered,
    DigitPressed,
    Event,
    LegFailed,
    MachineHeard,
    PlaybackFinished,
    TimerFired,
)
from kinline.core.servicecall.linetest import try_line
from kinline.core.servicecall.moment import FAMILY, Moment, Turn, Visit, leave, over, seconds_after
from kinline.core.servicecall.settings import CallBack, LineTest, SpokenCode
from kinline.core.speech import Digits, Say

GO_ON: Final = "1"
NOT_ASKED: Final = "9"

_FAILED: Final = {Reason.RING_BUSY: Outcome.BUSY, Reason.RING_NO_ANSWER: Outcome.NO_ANSWER}


def ring(visit: Visit) -> Turn:
    """Ring the family's phone."""
    return Ringing(visit), (Tell(Stage.RINGING), PlaceLeg(visit.number))


@dataclass(frozen=True, slots=True)
class Ringing(Moment):
    """It rings there."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.RINGING})

    def on(self, event: Event) -> Turn:
        match event:
            case Answered():
                greeting, commands = Greeting(self.visit, self.visit.settings.greetings).greet()
                return greeting, (Tell(Stage.ANSWERED), *commands)
            case LegFailed(sip_status=status):
                return over(self.visit, _FAILED.get(from_sip_status(status), Outcome.NOT_REACHED))
            case TimerFired(timer=Timer.RINGING):
                return over(self.visit, Outcome.NO_ANSWER)
            case _:
                return self.in_any_case(event)


@dataclass(frozen=True, slots=True)
class Greeting(Moment):
    """Who calls is said, at most so many times."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.DIGITS})

    left_to_say: int  # this one included

    def greet(self) -> Turn:
        settings = self.visit.settings
        phrase = Say.of(
            f"service.greet_{_NAMES[type(self.visit.task)]}",
            provider=settings.provider,
            key=Digits(GO_ON),
            no=Digits(NOT_ASKED),
        )
        visit, play = self.visit.say(phrase)
        return replace(self, visit=visit), (StopPlaying(FAMILY), play)

    def on(self, event: Event) -> Turn:
        visit = self.visit
        match event:
            case DigitPressed(side=Side.CALLED_PARTY, digit=digit) if digit == GO_ON:
                return _go_on(visit, event.at)
            case DigitPressed(side=Side.CALLED_PARTY, digit=digit) if digit == NOT_ASKED:
                return leave(visit, Outcome.REFUSED, event.at, Say.of("service.refused"))
            case MachineHeard():
                return over(visit, Outcome.MACHINE)
            case PlaybackFinished(token=token) if token == visit.plays:
                return self, (SetTimer(Timer.DIGITS, seconds_after(event.at, visit.settings.key_wait)),)
            case DigitPressed(side=Side.CALLED_PARTY):  # it cut the greeting short: wait for another one
                return self, (SetTimer(Timer.DIGITS, seconds_after(event.at, visit.settings.key_wait)),)
            case TimerFired(timer=Timer.DIGITS) if self.left_to_say > 1:
                return replace(self, left_to_say=self.left_to_say - 1).greet()
            case TimerFired(timer=Timer.DIGITS):
                return over(visit, Outcome.NO_KEY)
            case _:
                return self.in_any_case(event)


_NAMES: Final = {SpokenCode: "code", LineTest: "line_test", CallBack: "call_back"}


def _go_on(visit: Visit, at: Instant) -> Turn:
    match visit.task:
        case SpokenCode() as code:
            return say_code(visit, code)
        case LineTest():
            return try_line(visit)
        case CallBack(person=person):
            return connect(visit, person, at)
