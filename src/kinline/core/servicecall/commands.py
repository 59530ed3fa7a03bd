"""Everything that a service call can ask to be done, in the order given."""

from dataclasses import dataclass
from typing import TypeAlias

from kinline.core.callflow.commands import CancelTimer, PlaceLeg, Play, Release, SetTimer, StopPlaying
from kinline.core.servicecall.course import Outcome, Stage


@dataclass(frozen=True, slots=True)
class Tell:
    """Write down how far it is, for the page that waits."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class Report:
    """Write down how it ended. Given once, right before `Release`."""

    outcome: Outcome


Command: TypeAlias = Play | StopPlaying | SetTimer | CancelTimer | PlaceLeg | Tell | Report | Release

__all__ = ["CancelTimer", "Command", "PlaceLeg", "Play", "Release", "Report", "SetTimer", "StopPlaying", "Tell"]
