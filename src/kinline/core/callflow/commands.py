"""Everything that a call can ask to be done: the whole vocabulary that `step` gives out.

The switchboard carries commands out in the order given. A command that asks a service is answered by exactly
one event (named in its docstring) or by `ServiceFailed`. Those of one call are asked one after another, never two
at once: so a `Settle` that follows an unanswered `Authorise` sees, and releases, the hold that it placed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from kinline.core.callflow.events import Timer
from kinline.core.identity import Instant, Language, ResidentId, Side
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.core.speech import Utterance


class Disposition(StrEnum):
    """How a call ended, in one word for the CDR; the reason says why."""

    COMPLETED = "completed"  # accepted, talked, ended
    REFUSED = "refused"  # the called party refused, blocked, or did not accept
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"  # the network or we could not connect it
    DENIED = "denied"  # a rule or a lack of money stopped it before ringing
    ABANDONED = "abandoned"  # the resident hung up before acceptance


class Tone(StrEnum):
    """A supervisory tone made by the platform."""

    RINGBACK = "ringback"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Play:
    """Queue an utterance on a leg. `interruptible`: any key on that leg cuts it (the key still counts)."""

    side: Side
    utterance: Utterance
    language: Language
    token: int  # comes back in `PlaybackFinished`; unique within the call
    interruptible: bool = True


@dataclass(frozen=True, slots=True)
class PlayTone:
    """Play a tone on a leg until something else is played or `StopPlaying`."""

    side: Side
    tone: Tone


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """Cut whatever plays or is queued on a leg."""

    side: Side


@dataclass(frozen=True, slots=True)
class SetTimer:
    timer: Timer
    due: Instant


@dataclass(frozen=True, slots=True)
class CancelTimer:
    timer: Timer


@dataclass(frozen=True, slots=True)
class Identify:
    """-> `Identified` | `NotIdentified`."""

    resident_number: str
    pin: str

    def __repr__(self) -> str:  # a PIN is never printed
        return f"Identify(resident_number={self.resident_number!r}, pin=...)"


@dataclass(frozen=True, slots=True)
class RecordName:
    """Record what the resident says for at most `seconds`, as their spoken name -> `NameRecorded`."""

    resident: ResidentId
    seconds: int


@dataclass(frozen=True, slots=True)
class Authorise:
    """May this resident call what was dialled (a number or a speed-dial slot)? -> `Authorised` | `Denied`.

    After `Denied` with a reason of stage `dial` the resident dials again: asked anew in the same call, other digits.
    """

    resident: ResidentId
    dialled: str


@dataclass(frozen=True, slots=True)
class PlaceLeg:
    """Ring the called party through the trunks -> `Ringing`*, then `Answered` | `LegFailed`."""

    called_party: E164


@dataclass(frozen=True, slots=True)
class BlockResident:
    """Store the called party's wish not to be called by this resident again -> `Blocked`."""

    resident: ResidentId
    called_party: E164


@dataclass(frozen=True, slots=True)
class Accept:
    """The called party accepted at `at`: charging starts. Written down at once, so that a crash cannot lose it."""

    at: Instant


@dataclass(frozen=True, slots=True)
class Bridge:
    """Let both sides hear each other."""


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record both sides from now. Never given for a privileged call."""


@dataclass(frozen=True, slots=True)
class AllowListening:
    """Staff may listen from now. Never given for a privileged call."""


@dataclass(frozen=True, slots=True)
class StopRecording:
    """The call became privileged: record nothing from now, and seal what was recorded from everybody."""


@dataclass(frozen=True, slots=True)
class ForbidListening:
    """The call became privileged: whoever listens is put out, and nobody may from now."""


@dataclass(frozen=True, slots=True)
class ExtendHold:
    """Hold money for more talk -> `HoldExtended` | `HoldNotExtended`."""


@dataclass(frozen=True, slots=True)
class Unbridge:
    """Stop both sides hearing each other, and the recording with it."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Write a sign of three-way calling, forwarding or the like into the call's events."""

    side: Side
    suspicion: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End a leg (or stop ringing it). A leg that is already gone takes this silently."""

    side: Side


@dataclass(frozen=True, slots=True)
class Settle:
    """Put the attempt into the books, exactly once for each call -> `Settled`.

    `accepted_at` is None when nobody accepted; then nothing is charged and any hold is released. The call has ended
    at `ended_at`: from this command on it sends no heartbeat, so that a reaper that had to stand in charges no more.
    Given again, equal, when the books did not answer.
    """

    disposition: Disposition
    reason: Reason
    accepted_at: Instant | None
    ended_at: Instant
    ended_by: Side | None  # None: the platform


@dataclass(frozen=True, slots=True)
class Release:
    """The last command of a call: nothing of it is left to do; forget it."""


Command: TypeAlias = (
    Play
    | PlayTone
    | StopPlaying
    | SetTimer
    | CancelTimer
    | Identify
    | RecordName
    | Authorise
    | PlaceLeg
    | BlockResident
    | Accept
    | Bridge
    | StartRecording
    | AllowListening
    | StopRecording
    | ForbidListening
    | ExtendHold
    | Unbridge
    | Flag
    | HangUp
    | Settle
    | Release
)
