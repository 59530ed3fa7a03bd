"""What the switchboard hands to the services, and what they refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, TypeAlias

from kinline.core.announcement import Announcement
from kinline.core.identity import CallId, Instant
from kinline.core.reasons import Reason

ANSWERED: Final = "called_party.answered"
"""The kind of the entry for the instant at which the called phone was picked up."""
RECORDING_STARTED: Final = "recording.started"
"""The kind of the entry whose field `path` tells where the recording lies, should the switchboard die."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something for a call's time line; `fields` are JSON and hold no PIN."""

    call_id: CallId
    at: Instant
    kind: str
    fields: Mapping[str, object]


class End(NamedTuple):
    """A call must end: now, told why or not (`is_silent`), or at `at` after a time signal."""

    call_id: CallId
    reason: Reason
    at: Instant | None = None
    is_silent: bool = False


class Tell(NamedTuple):
    """Staff have something to say to the resident of a call."""

    call_id: CallId
    announcement: Announcement


class Protect(NamedTuple):
    """A call is privileged, perhaps only since now: nobody records or hears it."""

    call_id: CallId


Order: TypeAlias = End | Tell | Protect
"""What the books ask of a call in progress. Given again with each heartbeat, it changes nothing more."""


class LegQuality(Protocol):
    """How one leg sounded. Times in milliseconds, loss as a fraction 0..1, MOS by ITU-T G.107 annex B."""

    @property
    def packets(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def loss(self) -> float: ...
    @property
    def jitter_ms(self) -> float: ...
    @property
    def round_trip_ms(self) -> float | None: ...
    @property
    def r_factor(self) -> float: ...
    @property
    def mos(self) -> float: ...


class CallError(Exception):
    """A service was asked something that the call's state does not allow."""

    def __init__(self, call_id: CallId, says: str) -> None:
        super().__init__(f"call {call_id}: {says}")
        self.call_id = call_id


class UnknownCall(CallError):
    def __init__(self, call_id: CallId) -> None:
        super().__init__(call_id, "never went off-hook here")


class CallIsOver(CallError):
    """Settled already: by its switchboard, or by the reaper after a silence."""

    def __init__(self, call_id: CallId) -> None:
        super().__init__(call_id, "is settled")


class OtherQuestion(CallError):
    """Authorised for one number and asked again for another: one call has one called party."""

    def __init__(self, call_id: CallId) -> None:
        super().__init__(call_id, "was authorised for another number")
