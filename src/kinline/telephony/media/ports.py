"""Pairs of UDP ports for legs: RTP on an even one, RTCP on the next (RFC 3550 section 11)."""

import socket
from contextlib import suppress
from secrets import randbelow
from typing import Final

from kinline.telephony.media.engine import PortsExhausted

_RECEIVE_BUFFER: Final = 1 << 16  # bytes; two seconds of packets: older ones are no use to anybody


class Ports:
    """The pairs of one range, taken at random, so that a stranger cannot guess where the next call's audio goes."""

    def __init__(self, host: str, first_port: int, last_port: int) -> None:
        first = first_port + first_port % 2
        self._host = host
        self._range = (first_port, last_port)
        self._pairs = range(first, last_port, 2)
        self._taken: set[int] = set()

    def take(self) -> tuple[socket.socket, socket.socket]:
        """Two bound, non-blocking sockets. Raises `PortsExhausted` after every pair was tried once."""
        count = len(self._pairs)
        start = randbelow(count) if count else 0
        for step in range(count):
            port = self._pairs[(start + step) % count]
            if port in self._taken:
                continue
            sockets = self._bind(port)
            if sockets is not None:
                self._taken.add(port)
                return sockets
        raise PortsExhausted(*self._range)

    def give_back(self, port: int) -> None:
        self._taken.discard(port)

    def _bind(self, port: int) -> tuple[socket.socket, socket.socket] | None:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        bound: list[socket.socket] = []
        for each in (port, port + 1):
            one = socket.socket(family, socket.SOCK_DGRAM)
            bound.append(one)
            one.setblocking(False)
            with suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            try:
                one.bind((self._host, each))
            except OSError:
                for other in bound:
                    other.close()
                return None
        return bound[0], bound[1]
