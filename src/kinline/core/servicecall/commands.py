"""Everything that a service call can ask to be done, in the order given."""

from dataclasses import dataclass
from typing import TypeAlias

from kinline.core.callflow.commands import (
    Bridge,
    CancelTimer,
    HangUp,
    PlaceLeg,
    Play,
    PlayTone,
    Release,
    SetTimer,
    StopPlaying,
)
from kinline.core.numbering import E164
from kinline.core.servicecall.course import Outcome, Stage
from kinline.core.servicecall.findings import LineResult


@dataclass(frozen=True, slots=True)
class Tell:
    """Write down how far it is, for the page that waits."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class Report:
    """Write down how it ended, and what a test found. Given once, right before `Release`."""

    outcome: Outcome
    result: LineResult | None = None


@dataclass(frozen=True, slots=True)
class RecordSpeech:
    """Record what the family says for at most so many seconds -> `SpeechRecorded`."""

    seconds: int


@dataclass(frozen=True, slots=True)
class PlayRecording:
    """Play to the family what was recorded of them -> `PlaybackFinished` with this token."""

    token: int


@dataclass(frozen=True, slots=True)
class Measure:
    """How well are they heard? -> `Measured`."""


@dataclass(frozen=True, slots=True)
class DeleteRecording:
    """Delete what was recorded. Given before the end of every call in which `RecordSpeech` was."""


@dataclass(frozen=True, slots=True)
class RingPerson:
    """Ring customer service, as a second leg -> `PersonAnswered` | `PersonFailed`."""

    number: E164


Command: TypeAlias = (
    Play
    | PlayTone
    | StopPlaying
    | SetTimer
    | CancelTimer
    | PlaceLeg
    | RingPerson
    | Bridge
    | RecordSpeech
    | PlayRecording
    | Measure
    | DeleteRecording
    | Tell
    | HangUp
    | Report
    | Release
)

__all__ = [
    "Bridge",
    "CancelTimer",
    "Command",
    "DeleteRecording",
    "HangUp",
    "Measure",
    "PlaceLeg",
    "Play",
    "PlayRecording",
    "PlayTone",
    "RecordSpeech",
    "Release",
    "Report",
    "RingPerson",
    "SetTimer",
    "StopPlaying",
    "Tell",
]
