"""A person of the provider's is rung as a second leg, and both talk. Nothing of it is recorded."""

from dataclasses import dataclass
from typing import ClassVar

from kinline.core.callflow.commands import Tone
from kinline.core.callflow.events import Timer
from kinline.core.identity import Instant, Side
from kinline.core.numbering import E164
from kinline.core.servicecall.commands import Bridge, HangUp, PlayTone, RingPerson, SetTimer, StopPlaying, Tell
from kinline.core.servicecall.course import Outcome, Stage
from kinline.core.servicecall.events import (
    Event,
    HungUp,
    MediaLost,
    PersonAnswered,
    PersonFailed,
    PlaybackFinished,
    TimerFired,
)
from kinline.core.servicecall.moment import FAMILY, PERSON, Moment, Turn, Visit, leave, over, seconds_after
from kinline.core.speech import Say


def connect(visit: Visit, person: E164 | None, at: Instant) -> Turn:
    """They pressed the key: ring whoever answers."""
    if person is None:
        return leave(visit, Outcome.NO_PERSON, at, Say.of("service.no_person"))
    visit, play = visit.say(Say.of("service.connecting"))
    wait = SetTimer(Timer.RINGING, seconds_after(at, visit.settings.ring_wait))
    return Connecting(visit), (StopPlaying(FAMILY), Tell(Stage.CONNECTING), play, RingPerson(person), wait)


@dataclass(frozen=True, slots=True)
class Connecting(Moment):
    """It rings there."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.RINGING})

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token) if token == self.visit.plays:
                return self, (PlayTone(FAMILY, Tone.RINGBACK),)
            case PersonAnswered():
                limit = SetTimer(Timer.LIMIT, seconds_after(event.at, self.visit.settings.talk_longest))
                return Talking(self.visit), (StopPlaying(FAMILY), Bridge(), limit, Tell(Stage.TALKING))
            case PersonFailed() | HungUp(side=Side.RESIDENT) | TimerFired(timer=Timer.RINGING):
                leaving, commands = leave(self.visit, Outcome.NO_PERSON, event.at, Say.of("service.no_person"))
                return leaving, (HangUp(PERSON), *commands)
            case _:
                return self.in_any_case(event)


@dataclass(frozen=True, slots=True)
class Talking(Moment):
    """Both hear each other, until either hangs up."""

    timers: ClassVar = frozenset({Timer.LIMIT})
    left: ClassVar = Outcome.CONNECTED

    def on(self, event: Event) -> Turn:
        match event:
            case HungUp() | MediaLost() | PersonFailed():
                return over(self.visit, Outcome.CONNECTED)
            case _:
                return self.in_any_case(event)
