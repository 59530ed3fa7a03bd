"""Everything that can happen to a session, told to `session.on_event`: the whole vocabulary.

Of `Failed` and `Ended` a session tells exactly one, as its last event; neither comes after the application's own
`hang_up` or `reject`: who ends a session knows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Rang:
    """A provisional answer came (180, 183...). `sdp`: early media, when there is some; each fork may send its own."""

    status: int
    sdp: bytes | None = None


@dataclass(frozen=True, slots=True)
class WasAnswered:
    """The called side answered. `sdp` answers our offer; or, when the call was placed without an offer, it is the
    offer, and `reply(answer)` must be called: the ACK waits for it."""

    sdp: bytes | None
    reply: Callable[[bytes], None] | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The caller acknowledged our answer. `sdp`: its answer, when our 200 carried the offer (late offer)."""

    sdp: bytes | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """An outgoing call was not answered. The best final status of the targets; 408 nobody answered in time,
    503 no target could be reached."""

    status: int
    phrase: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over. `cause`: a Q.850 cause out of the Reason header (RFC 3326), when the peer gave one.
    `by_peer` False: lost, not hung up (no ACK, no refresh within the session timer, connection gone for good)."""

    cause: int | None
    by_peer: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """The peer wants other media (re-INVITE or UPDATE). `reply(sdp)` answers, `reply(None)` refuses with 488.
    `sdp` None: it asks us to offer; then `reply(offer)`, and `Renegotiated` brings its answer."""

    sdp: bytes | None
    reply: Callable[[bytes | None], None]


@dataclass(frozen=True, slots=True)
class Renegotiated:
    """The peer answered an offer of ours inside the session."""

    sdp: bytes | None


@dataclass(frozen=True, slots=True)
class RenegotiationFailed:
    """The peer refused `renegotiate`; the session goes on as it was."""

    status: int


@dataclass(frozen=True, slots=True)
class DigitInfo:
    """A key came as SIP INFO (application/dtmf-relay or application/dtmf)."""

    digit: str


Event: TypeAlias = (
    Rang | WasAnswered | Confirmed | Failed | Ended | Offered | Renegotiated | RenegotiationFailed | DigitInfo
)
