"""Where a call is sent and in whose name: what the caller of `Endpoint.call` decides."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from kinline.telephony.sip.flow import Flow

Transport: TypeAlias = Literal["udp", "tcp", "tls"]
_TRANSPORTS: dict[str, Transport] = {"udp": "udp", "tcp": "tcp", "tls": "tls"}
Headers: TypeAlias = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Digest credentials of ours at a far end."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the called side is told is calling.

    `asserted`: also in P-Asserted-Identity (RFC 3325), for trunks that take our word.
    `private`: From is anonymous and Privacy: id asks that the asserted identity stays in the network (RFC 3323).
    """

    user: str  # E.164 with its plus, or the user name of a station
    display: str = ""
    domain: str = ""  # empty: our own address
    asserted: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """One way to reach a called party; a call tries its targets in their order.

    `uri`: the request URI; empty: `sip:CALLED@host:port`. `patience`: seconds without any answer before the
    next target is tried. `flow`: an open connection (a registered phone's) to use in place of host and port.
    """

    host: str
    port: int = 5060
    transport: Transport = "udp"
    uri: str = ""
    credentials: Credentials | None = None
    identity: Identity | None = None  # in place of the call's
    headers: tuple[tuple[str, str], ...] = ()
    patience: float = 4.0
    flow: "Flow | None" = field(default=None, repr=False)


def transport_named(name: str) -> Transport | None:
    """The transport of a URI, None for one that we do not speak."""
    return _TRANSPORTS.get(name)
