"""What can happen to a service call: what happens on the wire, as to any call."""

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
)

__all__ = [
    "Answered",
    "CutOff",
    "DigitPressed",
    "Event",
    "HungUp",
    "LegFailed",
    "MachineHeard",
    "MediaLost",
    "PlaybackFinished",
    "Ringing",
    "TimerFired",
]
