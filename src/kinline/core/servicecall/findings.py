"""What a test of a phone found, and what it means for calls on it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class KeySignal(StrEnum):
    """How the pressing of a key reached us."""

    EVENT = "event"
    """As a message (RFC 4733): sure."""
    TONE = "tone"
    """As a sound in the voice: may be missed on a bad line."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the wire and the sound said. Shares are 0..1."""

    packets: int
    loss: float
    """Share of the packets that did not arrive."""
    jitter_ms: float
    round_trip_ms: float | None
    """None: their end reports nothing."""
    mos: float
    """ITU-T G.107, 1..4.5."""
    level: float | None
    """Of their speech, in dBm0; ordinary speech is near -20 (ITU-T P.56). None: none was heard."""
    clipped: float
    """Share of their speech at the very limit of what the line can carry."""
    keys: KeySignal | None


@dataclass(frozen=True, slots=True)
class LineResult:
    """What was measured, and what the person did."""

    measurement: Measurement
    are_keys_right: bool
    """The keys that they were asked for arrived."""
    speech_seconds: float
    heard_well: bool | None
    """What they said of hearing themselves; None: nothing."""


class Finding(StrEnum):
    """Something that calls will suffer from. Each has its advice."""

    LOSS = "loss"
    JITTER = "jitter"
    DELAY = "delay"
    SILENT = "silent"
    QUIET = "quiet"
    CLIPPED = "clipped"
    KEYS = "keys"
    HEARD_BADLY = "heard_badly"


class Grade(StrEnum):
    """What to expect of calls."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Good: nothing was found."""

    grade: Grade
    findings: tuple[Finding, ...]


MOST_LOSS: Final = 0.02
"""With concealment 2 % take 7 points of R (G.107): more begins to be heard."""
MOST_JITTER_MS: Final = 40.0
"""Phones' buffers even out about two packets."""
MOST_ROUND_TRIP_MS: Final = 400.0
"""ITU-T G.114: above 200 ms one way people begin to talk over each other."""
QUIETEST: Final = -35.0
"""dBm0; 15 below ordinary speech."""
MOST_CLIPPED: Final = 0.01
POOR_MOS: Final = 3.1
"""R 60 (ITU-T G.109): below it nearly all users are dissatisfied."""


def judge(result: LineResult) -> Verdict:
    """What the result means, the worst for a call first."""
    measured = result.measurement
    is_silent = measured.level is None or result.speech_seconds <= 0
    found = {
        Finding.SILENT: is_silent,
        Finding.LOSS: measured.loss > MOST_LOSS,
        Finding.KEYS: not result.are_keys_right,
        Finding.QUIET: not is_silent and measured.level is not None and measured.level < QUIETEST,
        Finding.CLIPPED: not is_silent and measured.clipped > MOST_CLIPPED,
        Finding.HEARD_BADLY: result.heard_well is False,
        Finding.JITTER: measured.jitter_ms > MOST_JITTER_MS,
        Finding.DELAY: (measured.round_trip_ms or 0.0) > MOST_ROUND_TRIP_MS,
    }
    findings = tuple(finding for finding, is_so in found.items() if is_so)
    if is_silent or not measured.packets or measured.mos < POOR_MOS:
        return Verdict(Grade.POOR, findings)
    return Verdict(Grade.FAIR if findings else Grade.GOOD, findings)
