"""What a call is between two events: a moment of one of its acts, and what lasts from off-hook to release."""

from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from typing import ClassVar, TypeAlias

from kinline.core.callflow.commands import Command, Play, StopPlaying
from kinline.core.callflow.events import Event, Timer
from kinline.core.callflow.settings import CallSettings
from kinline.core.identity import CallId, Instant, Language, ResidentId, Side
from kinline.core.reasons import Reason
from kinline.core.speech import Say, SpokenName, Value


class Act(StrEnum):
    """The parts of a call, in their order, as live boards show them."""

    OFF_HOOK = "off_hook"
    IDENTIFY = "identify"
    DIAL = "dial"
    RING = "ring"
    OFFER = "offer"
    TALK = "talk"
    END = "end"


class CalledLeg(Enum):
    """How far the leg to the called party is."""

    NONE = auto()
    RINGING = auto()
    ANSWERED = auto()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What lasts for the whole call."""

    call_id: CallId
    settings: CallSettings
    language: Language  # of the resident's prompts
    language_chosen: bool = False  # by a key in this call; else the resident's stored language takes its place
    plays: int = 0  # given so far; the token of the latest one
    heard: frozenset[int] = frozenset()  # the announcements of staff that the resident was told, by number
    became_privileged: bool = False  # the number was verified as privileged in the course of the call

    def say(
        self, side: Side, *phrases: Say, language: Language | None = None, interruptible: bool = True
    ) -> tuple["Attempt", Play]:
        """A `Play` with a fresh token, in the resident's language when none is given."""
        attempt = replace(self, plays=self.plays + 1)
        return attempt, Play(side, phrases, language or self.language, attempt.plays, interruptible)

    def ask(self, side: Side, *phrases: Say, language: Language | None = None) -> tuple["Attempt", tuple[Command, ...]]:
        """Say it at once, in place of what plays: a prompt that waits for keys."""
        attempt, play = self.say(side, *phrases, language=language)
        return attempt, (StopPlaying(side), play)


@dataclass(frozen=True, slots=True)
class Caller:
    """The resident who was identified, and the name that the called party hears."""

    resident: ResidentId
    name: SpokenName


@dataclass(frozen=True, slots=True)
class Moment:
    """One state of the call. Its timers stop when it passes into a moment of another class that does not name them."""

    act: ClassVar[Act]
    timers: ClassVar[frozenset[Timer]]
    called_leg: ClassVar[CalledLeg] = CalledLeg.NONE

    attempt: Attempt

    @property
    def hears_secret(self) -> bool:
        """Keys pressed now may be part of a PIN: they are written down nowhere."""
        return False

    @property
    def called_language(self) -> Language:
        """Of the called party's prompts."""
        return self.attempt.language

    def on(self, event: Event) -> "Turn":
        """What the event makes of this moment, and what is to be done."""
        raise NotImplementedError


Turn: TypeAlias = tuple[Moment, tuple[Command, ...]]


def seconds_after(at: Instant, seconds: int) -> Instant:
    return Instant(at + seconds * 1000)


def reason_phrase(reason: Reason, values: tuple[tuple[str, Value], ...] = ()) -> Say:
    """What the resident hears of a reason."""
    return Say(f"reason.{reason.value}", values)
