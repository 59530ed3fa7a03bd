"""Where the far end really is: symmetric RTP, guarded against strangers."""

from typing import Any, Final, TypeAlias

SocketAddress: TypeAlias = tuple[Any, ...]  # as a socket gives it: host, port, and for IPv6 flow and scope

_SILENCE: Final = 2.0  # seconds without a packet after which the far end may have moved


class Latch:
    """Holds on to the first source that is heard, so that a phone behind a NAT is answered where it sends from.

    A packet from the address that the SDP names always wins. Any other source is only believed while nothing was
    heard yet, or after two seconds of silence; else it is a stranger, whose packets are dropped and counted.
    """

    __slots__ = ("heard_at", "signalled", "source", "strangers")

    def __init__(self) -> None:
        self.signalled: tuple[str, int] | None = None
        self.source: SocketAddress | None = None
        self.heard_at = 0.0  # of the last packet from `source`; kept by whoever reads the socket
        self.strangers = 0

    def signal(self, address: tuple[str, int] | None) -> None:
        """Take the address of an SDP; a new one ends the hold on the old source."""
        if address != self.signalled:
            self.signalled = address
            self.source = None

    @property
    def destination(self) -> SocketAddress | None:
        return self.source or self.signalled

    def admits(self, source: SocketAddress, at: float) -> bool:
        """Whether a packet from another source than the present one is the far end's; if so, it is the source now."""
        if self.source is None or source[:2] == self.signalled or at - self.heard_at > _SILENCE:
            self.source = source
            return True
        self.strangers += 1
        return False
