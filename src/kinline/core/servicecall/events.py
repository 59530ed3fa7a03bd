"""What can happen to a service call: what happens on the wire, as to any call, and what is answered to its commands.

`Ringing`, `Answered` and `LegFailed` are of the family's leg; `HungUp` and `MediaLost` say of which.
"""

from dataclasses import dataclass
from typing import TypeAlias

from kinline.core.callflow.events import (
    Answered,
    CutOff,
    DigitPressed,
    HungUp,
    LegFailed,
    MachineHeard,
    MediaLost,
    PlaybackFinished,
    Ringing,
    TimerFired,
)
from kinline.core.identity import Instant
from kinline.core.servicecall.findings import Measurement


@dataclass(frozen=True, slots=True)
class SpeechRecorded:
    """Answer to `RecordSpeech`: seconds of speech; 0.0: nothing was heard, and nothing is kept."""

    at: Instant
    seconds: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Answer to `Measure`; None: it could not be measured."""

    at: Instant
    measurement: Measurement | None


@dataclass(frozen=True, slots=True)
class PersonAnswered:
    """Whoever answers at customer service."""

    at: Instant


@dataclass(frozen=True, slots=True)
class PersonFailed:
    """Nobody is reached there."""

    at: Instant


Event: TypeAlias = (
    DigitPressed
    | PlaybackFinished
    | TimerFired
    | HungUp
    | Ringing
    | Answered
    | LegFailed
    | MachineHeard
    | MediaLost
    | CutOff
    | SpeechRecorded
    | Measured
    | PersonAnswered
    | PersonFailed
)

__all__ = [
    "Answered",
    "CutOff",
    "DigitPressed",
    "Event",
    "HungUp",
    "LegFailed",
    "MachineHeard",
    "Measured",
    "MediaLost",
    "PersonAnswered",
    "PersonFailed",
    "PlaybackFinished",
    "Ringing",
    "SpeechRecorded",
    "TimerFired",
]
