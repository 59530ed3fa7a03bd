"""What a visit is between two events, and what lasts from its first word to its last."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final, TypeAlias

from kinline.core.accountmenu.commands import Command, HangUp, Play, Release, SetTimer, StopPlaying
from kinline.core.accountmenu.events import (
    CutOff,
    Event,
    HungUp,
    MediaLost,
    MoneyRefused,
    PlaybackFinished,
    TimerFired,
)
from kinline.core.accountmenu.settings import MenuSettings
from kinline.core.callflow.events import Timer
from kinline.core.identity import CallId, Instant, Language, Side
from kinline.core.speech import Say

CALLER: Final = Side.RESIDENT
"""The leg that called in: here it is a customer's."""
PERSON: Final = Side.CALLED_PARTY
"""The leg that is placed: to whoever answers for the provider."""
GOODBYE_LONGEST: Final = 20  # seconds


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is, known by their PIN."""

    customer: int
    card: str | None
    """The last digits of the saved card."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What lasts for the whole call."""

    call_id: CallId
    settings: MenuSettings
    language: Language
    account: Account | None = None
    wrong_pins: int = 0
    charges: int = 0  # confirmed so far
    is_unsettled: bool = False  # it is not known what became of a charge: no other one in this call
    person_tried: bool = False
    plays: int = 0  # given so far; the token of the latest one

    def say(self, *phrases: Say, language: Language | None = None, interruptible: bool = True) -> tuple["Visit", Play]:
        visit = replace(self, plays=self.plays + 1)
        return visit, Play(CALLER, phrases, language or self.language, visit.plays, interruptible)


@dataclass(frozen=True, slots=True)
class Moment:
    """One state of the visit. Its timers stop when it passes into a moment that does not name them."""

    timers: ClassVar[frozenset[Timer]]

    visit: Visit

    def on(self, event: Event) -> "Turn":
        """What the event makes of this moment, and what is to be done."""
        raise NotImplementedError

    def in_any_case(self, event: Event) -> "Turn":
        """What happens at any moment at which the caller is there."""
        match event:
            case HungUp(side=Side.RESIDENT) | MediaLost(side=Side.RESIDENT):
                return Over(self.visit), (Release(),)
            case TimerFired(timer=Timer.LIMIT) | CutOff():
                return leave(self, event.at)
            case _:
                return self, ()


Turn: TypeAlias = tuple[Moment, tuple[Command, ...]]


def seconds_after(at: Instant, seconds: int) -> Instant:
    return Instant(at + seconds * 1000)


def leave(moment: Moment, at: Instant, *before: Say) -> Turn:
    """Say goodbye, and end the call."""
    visit, goodbye = moment.visit.say(*before, Say.of("account.goodbye"), interruptible=False)
    give_up = SetTimer(Timer.GOODBYE, seconds_after(at, GOODBYE_LONGEST))
    return Leaving(visit), (StopPlaying(CALLER), goodbye, give_up)


def refused(refusal: MoneyRefused) -> tuple[Say, ...]:
    """Why no money moved, and what the caller can do."""
    return tuple(Say(f"{kind}.{refusal.reason.value}", refusal.values) for kind in ("reason", "remedy"))


@dataclass(frozen=True, slots=True)
class Leaving(Moment):
    """The caller hears the last words."""

    timers: ClassVar = frozenset({Timer.GOODBYE})

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token) if token == self.visit.plays:
                return Over(self.visit), (HangUp(CALLER), Release())
            case TimerFired(timer=Timer.GOODBYE):
                return Over(self.visit), (HangUp(CALLER), Release())
            case HungUp(side=Side.RESIDENT):
                return Over(self.visit), (Release(),)
            case _:
                return self, ()


@dataclass(frozen=True, slots=True)
class Over(Moment):
    """Released: nothing happens any more."""

    timers: ClassVar = frozenset[Timer]()

    def on(self, event: Event) -> Turn:
        return self, ()


@dataclass(frozen=True, slots=True)
class Question(Moment):
    """A moment that the visit can come back to."""

    def ask(self, *before: Say) -> Turn:
        """Say these phrases and the prompt, in place of what plays."""
        raise NotImplementedError

    def resumed(self, visit: Visit, *before: Say) -> Turn:
        """Come back to it from what it led to."""
        return replace(self, visit=visit).ask(*before)
