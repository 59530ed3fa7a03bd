"""What a leg of a call can do with sound: the one interface behind which every media engine stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from kinline.core.callflow.commands import Tone
from kinline.core.callflow.events import Machine
from kinline.core.servicecall.findings import KeySignal


class MediaError(Exception):
    """What a media engine can refuse."""


class SdpError(MediaError):
    """The session description is not one (RFC 8866) or does not fit the exchange it came in (RFC 3264)."""


class NoCommonCodec(MediaError):
    """The far end offers no audio that the engine can carry: SIP 488."""


class PortsExhausted(MediaError):
    """Every pair of ports of the range is taken."""

    def __init__(self, first_port: int, last_port: int) -> None:
        super().__init__(f"no free pair of UDP ports from {first_port} to {last_port}")
        self.first_port = first_port
        self.last_port = last_port


@dataclass(frozen=True, slots=True)
class Digit:
    """A key was pressed; heard as an RFC 4733 event or as tones in the audio, reported once."""

    digit: str


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    token: int


@dataclass(frozen=True, slots=True)
class Dead:
    """No packet for the dead-media time."""


@dataclass(frozen=True, slots=True)
class MachineDetected:
    machine: Machine


@dataclass(frozen=True, slots=True)
class SpeechRecorded:
    """`record_speech` ended, at silence or at its limit. `seconds` of speech are in the file; 0.0: no file was made."""

    path: Path
    seconds: float


MediaEvent: TypeAlias = Digit | PlaybackEnded | Dead | MachineDetected | SpeechRecorded


@dataclass(frozen=True, slots=True)
class Quality:
    """What one leg received and what its far end reports (RTCP). Times in milliseconds, loss as a fraction 0..1."""

    packets: int
    lost: int
    loss: float
    jitter_ms: float
    round_trip_ms: float | None
    r_factor: float  # ITU-T G.107, 0..100
    mos: float  # ITU-T G.107 annex B, 1..4.5


class MediaLeg(Protocol):
    """One RTP stream each way with a far end. All methods are called on the engine's event loop and return at once."""

    def offer(self) -> bytes:
        """An SDP offer for this leg (RFC 3264): PCMU, PCMA, telephone-event; sendrecv."""

    def answer(self, offer: bytes) -> bytes:
        """The answer to a far end's offer, first or later (hold, re-INVITE). Raises `NoCommonCodec` or `SdpError`."""

    def accept(self, answer: bytes) -> None:
        """Take the far end's SDP answer to `offer()`. Raises `NoCommonCodec` or `SdpError`."""

    def play(self, fragments: Sequence[Path], *, token: int, interruptible: bool = True) -> None:
        """Queue sound files as one utterance; ends in `PlaybackEnded(token)`. In talk it is mixed over the voice."""

    def tone(self, tone: Tone) -> None:
        """Play a supervisory tone until something else is played."""

    def stop(self) -> None:
        """Cut what plays or is queued; no `PlaybackEnded` comes of it."""

    def send_digit(self, digit: str, milliseconds: int = 120) -> None:
        """Press a key towards the far end (RFC 4733, or tones when it did not offer telephone-event)."""

    def record_speech(self, path: Path, *, seconds: float) -> None:
        """Record what this leg says into a mono WAV, until a second of silence after speech or the limit."""

    def watch_for_machines(self, watching: bool) -> None:
        """Listen for answering machines and fax (only between answer and acceptance)."""

    def quality(self) -> Quality: ...

    def keys_heard_as(self) -> KeySignal | None:
        """How the far end's keys arrived; None: none has."""

    def close(self) -> None:
        """Release ports, timers and files. Idempotent."""


class Recording(Protocol):
    """A two-channel recording being written (left resident, right called party); a crash loses at most a second."""

    path: Path

    def close(self) -> None: ...


class MediaEngine(Protocol):
    """Makes legs and joins them."""

    async def open_leg(self, on_event: Callable[[MediaEvent], None]) -> MediaLeg:
        """A leg with a fresh pair of ports. Raises `PortsExhausted`."""

    def bridge(self, a: MediaLeg, b: MediaLeg) -> None:
        """From now each hears the other."""

    def unbridge(self, a: MediaLeg, b: MediaLeg) -> None: ...

    def record(self, left: MediaLeg, right: MediaLeg, path: Path) -> Recording:
        """Record what both far ends say into one stereo WAV file."""

    def forget(self, path: Path) -> None:
        """This sound file was replaced: what is kept of it in memory is out of date."""

    async def close(self) -> None: ...
