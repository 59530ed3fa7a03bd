"""A person of the provider's, reached from any question: a second leg, bridged and never recorded."""

from dataclasses import dataclass, replace
from typing import ClassVar

from kinline.core.accountmenu.commands import Bridge, HangUp, PlaceLeg, PlayTone, Release, SetTimer, StopPlaying
from kinline.core.accountmenu.events import (
    Answered,
    CutOff,
    DigitPressed,
    Event,
    HungUp,
    LegFailed,
    MediaLost,
    PlaybackFinished,
    TimerFired,
)
from kinline.core.accountmenu.moment import CALLER, PERSON, Moment, Over, Question, Turn, leave, seconds_after
from kinline.core.callflow.commands import Tone
from kinline.core.callflow.events import Timer
from kinline.core.identity import Instant, Side
from kinline.core.speech import Say


def reach(question: Question, at: Instant) -> Turn:
    """Ring whoever answers for the provider. At most once in a call: a line that is busy stays free for others."""
    settings = question.visit.settings
    if settings.support is None or question.visit.person_tried:
        return question.ask(Say.of("account.no_person"))
    visit, play = question.visit.say(Say.of("account.connecting"))
    visit = replace(visit, person_tried=True)
    wait = SetTimer(Timer.RINGING, seconds_after(at, settings.ring_wait))
    return ReachingPerson(visit, question), (StopPlaying(CALLER), play, PlaceLeg(settings.support), wait)


@dataclass(frozen=True, slots=True)
class ReachingPerson(Moment):
    """It rings there. `*` gives up and goes back to the question."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.RINGING})

    question: Question

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token) if token == self.visit.plays:
                return self, (PlayTone(CALLER, Tone.RINGBACK),)
            case Answered():
                limit = SetTimer(Timer.LIMIT, seconds_after(event.at, self.visit.settings.talk_longest))
                return TalkingToPerson(self.visit), (StopPlaying(CALLER), Bridge(), limit)
            case LegFailed() | HungUp(side=Side.CALLED_PARTY) | TimerFired(timer=Timer.RINGING):
                return self._go_back(Say.of("account.no_person"))
            case DigitPressed(side=Side.RESIDENT, digit="*"):
                return self._go_back()
            case HungUp(side=Side.RESIDENT) | MediaLost(side=Side.RESIDENT):
                return Over(self.visit), (HangUp(PERSON), Release())
            case TimerFired(timer=Timer.LIMIT) | CutOff():
                leaving, commands = leave(self, event.at)
                return leaving, (HangUp(PERSON), *commands)
            case _:
                return self, ()

    def _go_back(self, *before: Say) -> Turn:
        asking, commands = self.question.resumed(self.visit, *before)
        return asking, (HangUp(PERSON), *commands)


@dataclass(frozen=True, slots=True)
class TalkingToPerson(Moment):
    """Both hear each other, until either hangs up."""

    timers: ClassVar = frozenset({Timer.LIMIT})

    def on(self, event: Event) -> Turn:
        match event:
            case HungUp() | LegFailed() | MediaLost() | CutOff() | TimerFired(timer=Timer.LIMIT):
                return Over(self.visit), (HangUp(CALLER), HangUp(PERSON), Release())
            case _:
                return self, ()
