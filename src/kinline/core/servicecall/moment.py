"""What a service call is between two events, and what lasts from its first ring to its last word."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final, TypeAlias

from kinline.core.callflow.events import Timer
from kinline.core.identity import Instant, Language, Side
from kinline.core.numbering import E164
from kinline.core.servicecall.commands import Command, DeleteRecording, Play, Release, Report, SetTimer, StopPlaying
from kinline.core.servicecall.course import Outcome
from kinline.core.servicecall.events import CutOff, Event, HungUp, LegFailed, MediaLost, PlaybackFinished, TimerFired
from kinline.core.servicecall.findings import LineResult
from kinline.core.servicecall.settings import ServiceSettings, Task
from kinline.core.speech import Say

FAMILY: Final = Side.CALLED_PARTY
"""The leg that rings first: the family's phone."""
PERSON: Final = Side.RESIDENT
"""The leg that is placed for a call-back: whoever answers for the provider."""
GOODBYE_LONGEST: Final = 75  # seconds: a test may have much to say


@dataclass(frozen=True, slots=True)
class Visit:
    """What lasts for the whole call."""

    number: E164
    task: Task
    language: Language
    settings: ServiceSettings
    plays: int = 0  # given so far; the token of the latest one
    is_recorded: bool = False  # something was recorded of them, and is not deleted yet

    def say(self, *phrases: Say, interruptible: bool = True) -> tuple["Visit", Play]:
        visit = replace(self, plays=self.plays + 1)
        return visit, Play(FAMILY, phrases, self.language, visit.plays, interruptible)


@dataclass(frozen=True, slots=True)
class Moment:
    """One state of the call. Its timers stop when it passes into a moment that does not name them."""

    timers: ClassVar[frozenset[Timer]]
    left: ClassVar[Outcome] = Outcome.HUNG_UP
    """The outcome, when they hang up now."""

    visit: Visit

    def on(self, event: Event) -> "Turn":
        """What the event makes of this moment, and what is to be done."""
        raise NotImplementedError

    def in_any_case(self, event: Event) -> "Turn":
        """What happens at any moment."""
        match event:
            case HungUp(side=Side.CALLED_PARTY) | MediaLost(side=Side.CALLED_PARTY):
                return over(self.visit, self.left)
            case LegFailed():
                return over(self.visit, Outcome.NOT_REACHED)
            case TimerFired(timer=Timer.LIMIT) | CutOff():
                return over(self.visit, self.left if self.left is not Outcome.HUNG_UP else Outcome.BROKEN_OFF)
            case _:
                return self, ()


Turn: TypeAlias = tuple[Moment, tuple[Command, ...]]


def seconds_after(at: Instant, seconds: int) -> Instant:
    return Instant(at + seconds * 1000)


def over(visit: Visit, outcome: Outcome, result: LineResult | None = None) -> Turn:
    """Hang up whoever is there, at once."""
    forget = (DeleteRecording(),) if visit.is_recorded else ()
    return Over(visit), (*forget, Report(outcome, result), Release())


def leave(visit: Visit, outcome: Outcome, at: Instant, *words: Say, result: LineResult | None = None) -> Turn:
    """Say the last words, and end the call. What was recorded is deleted before them."""
    forget = (DeleteRecording(),) if visit.is_recorded else ()
    visit, goodbye = replace(visit, is_recorded=False).say(*words, interruptible=False)
    give_up = SetTimer(Timer.GOODBYE, seconds_after(at, GOODBYE_LONGEST))
    return Leaving(visit, outcome, result), (StopPlaying(FAMILY), *forget, goodbye, give_up)


@dataclass(frozen=True, slots=True)
class Leaving(Moment):
    """They hear the last words."""

    timers: ClassVar = frozenset({Timer.GOODBYE})

    outcome: Outcome
    result: LineResult | None

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token) if token == self.visit.plays:
                return over(self.visit, self.outcome, self.result)
            case HungUp(side=Side.CALLED_PARTY) | MediaLost(side=Side.CALLED_PARTY):
                return over(self.visit, self.outcome, self.result)
            case LegFailed() | CutOff() | TimerFired(timer=Timer.GOODBYE):
                return over(self.visit, self.outcome, self.result)
            case _:
                return self, ()


@dataclass(frozen=True, slots=True)
class Over(Moment):
    """Released: nothing happens any more."""

    timers: ClassVar = frozenset[Timer]()

    def on(self, event: Event) -> Turn:
        return self, ()
