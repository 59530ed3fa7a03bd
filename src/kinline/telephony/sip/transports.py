"""Sockets: a UDP port, and connections over TCP and TLS. Each is a `Flow` for the user agent."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.flow import Endpoints
from kinline.telephony.sip.framing import PING, PONG, Framer
from kinline.telephony.sip.message import LIMIT
from kinline.telephony.sip.target import Transport

if TYPE_CHECKING:
    from kinline.telephony.sip.useragent import UserAgent

Trace: TypeAlias = Callable[[Literal["in", "out"], bytes, Endpoints, Endpoints, float], None]

RECEIVE_BUFFER = 4 * 1024 * 1024
"""Bytes asked of the kernel for the UDP socket: a burst of calls waits there, not in retransmissions."""
_SO_RCVBUFFORCE = 33  # Linux; Python has no name for it
_BATCH = 64
_DENSE = 0.02
"""Seconds; datagrams that come closer together than this are read in batches..."""
_EVERY = 0.02
"""...so many seconds apart, the time of one packet of sound. A process that wakes for each message pays more for
waking, with caches gone cold, than for the message; in batches a call costs half of it, and each message waits 10 ms
on average and 20 ms at most."""
_UNSENT_LIMIT = 1024 * 1024
_WAITING_LIMIT = 1024


class UdpPort:
    """One UDP socket. Reads and writes are plain system calls: with one socket for everything, asyncio's own
    datagram transport would only add an object and a buffer to each packet. A lone datagram is read at once."""

    def __init__(self, agent: UserAgent, loop: asyncio.AbstractEventLoop, bound: socket.socket, trace: Trace | None):
        bound.setblocking(False)
        try:
            bound.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
        except OSError:  # not root: the kernel gives what net.core.rmem_max allows
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.local: Endpoints = bound.getsockname()[:2]
        self.received = 0
        self.unsent = 0  # datagrams that the kernel would not take: the peer's timers will ask again
        self.socket = bound
        self._agent = agent
        self._buffer = memoryview(bytearray(LIMIT + 1))
        self._drained_at = 0.0
        self._seen = 0  # `received` at the last poll
        self._loop = loop
        self._polling: asyncio.Handle | None = None
        self._trace = trace
        loop.add_reader(bound, self._readable)

    def _readable(self) -> None:
        now, before = self._loop.time(), self._drained_at
        self._drained_at = now
        is_full = self.drain()
        if is_full or now - before < _DENSE:
            self._loop.remove_reader(self.socket)
            self._poll_again(is_full)

    def _poll(self) -> None:
        is_full = self.drain()
        if self.received != self._seen:
            self._poll_again(is_full)
        else:  # nothing came: back to waiting
            self._polling = None
            self._drained_at = self._loop.time()
            self._loop.add_reader(self.socket, self._readable)

    def _poll_again(self, is_full: bool) -> None:
        self._seen = self.received
        # After a full batch there is more, and other work of the loop has its turn first.
        self._polling = self._loop.call_soon(self._poll) if is_full else self._loop.call_later(_EVERY, self._poll)

    def drain(self) -> bool:
        """Read what is there, a batch at most; was it a full one? A fault in what a message sets off is the
        application's: it is reported to the loop and the next message is read."""
        receive, buffer, agent, loop = self.socket.recvfrom_into, self._buffer, self._agent, self._loop
        for _ in range(_BATCH):
            try:
                size, remote = receive(buffer)
            except BlockingIOError:
                return False
            except OSError:
                continue  # an ICMP error of an earlier packet
            self.received += 1
            data = bytes(buffer[:size])
            if size < 5:
                continue  # a keep-alive
            flow = UdpFlow(self, remote if len(remote) == 2 else remote[:2])
            if self._trace is not None:
                self._trace("in", data, self.local, flow.remote, time.time())
            try:
                agent.receive(data, flow, loop.time())
            except Exception as fault:
                loop.call_exception_handler({"message": "a SIP message could not be dealt with", "exception": fault})
        return True

    def send(self, data: bytes, remote: Endpoints) -> None:
        try:
            self.socket.sendto(data, remote)
        except OSError:
            self.unsent += 1
        if self._trace is not None:
            self._trace("out", data, self.local, remote, time.time())

    def close(self) -> None:
        if self._polling is not None:
            self._polling.cancel()
        self._loop.remove_reader(self.socket)
        self.socket.close()


class UdpFlow:
    """A peer's address, seen from our port."""

    __slots__ = ("_port", "remote")
    transport: Transport = "udp"
    reliable = False
    open = True

    def __init__(self, port: UdpPort, remote: Endpoints) -> None:
        self._port = port
        self.remote = remote

    def send(self, data: bytes) -> None:
        self._port.send(data, self.remote)


class NamedFlow:
    """A UDP peer known by name: what is sent waits until the name is resolved."""

    transport: Transport = "udp"
    reliable = False
    open = True

    def __init__(self, port: UdpPort, remote: Endpoints) -> None:
        self.remote = remote
        self._port = port
        self._waiting: list[bytes] | None = []

    def resolved(self, remote: Endpoints) -> None:
        self.remote = remote
        waiting, self._waiting = self._waiting, None
        for data in waiting or ():
            self._port.send(data, remote)

    def send(self, data: bytes) -> None:
        if self._waiting is None:
            self._port.send(data, self.remote)
        elif len(self._waiting) < 16:
            self._waiting.append(data)


class Connection(asyncio.Protocol):
    """A TCP or TLS connection, accepted or made by us; what is sent while it opens waits."""

    reliable = True

    def __init__(
        self, agent: UserAgent, loop: asyncio.AbstractEventLoop, transport: Transport, remote: Endpoints,
        trace: Trace | None, closed: Callable[[Connection], None], opened: Callable[[Connection], bool] | None = None,
    ) -> None:  # fmt: skip
        self.accepted = False
        self.active_at = loop.time()
        self.heard = False  # a whole message came
        self.local: Endpoints = ("", 0)
        self.open = True
        self.remote = remote
        self.transport = transport
        self._agent = agent
        self._closed = closed
        self._framer = Framer()
        self._loop = loop
        self._opened = opened
        self._stream: asyncio.Transport | None = None
        self._trace = trace
        self._waiting: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._stream = stream = cast(asyncio.Transport, transport)  # uvloop's own class is no subclass of it
        self.local = tuple((stream.get_extra_info("sockname") or ("", 0))[:2])
        if self._opened is not None:
            self.remote = tuple((stream.get_extra_info("peername") or ("", 0))[:2])
            if not self._opened(self):
                stream.abort()
                return
        waiting, self._waiting = self._waiting, []
        for data in waiting:
            self.send(data)

    def data_received(self, data: bytes) -> None:
        now = self.active_at = self._loop.time()
        try:
            messages = self._framer.feed(data)
        except SipError:
            self.abort()
            return
        for message in messages:
            if message == PING:
                self.send(PONG)
                continue
            self.heard = True
            if self._trace is not None:
                self._trace("in", message, self.local, self.remote, time.time())
            try:
                self._agent.receive(message, self, now)
            except Exception as fault:  # the application's, as above: the connection lives on
                self._loop.call_exception_handler(
                    {"message": "a SIP message could not be dealt with", "exception": fault}
                )

    def send(self, data: bytes) -> None:
        if not self.open:
            return
        stream = self._stream
        if stream is None:
            if len(self._waiting) < _WAITING_LIMIT:
                self._waiting.append(data)
            return
        if stream.get_write_buffer_size() > _UNSENT_LIMIT:
            self.abort()  # a peer that does not read
            return
        stream.write(data)
        if self._trace is not None and len(data) > 4:
            self._trace("out", data, self.local, self.remote, time.time())

    def connection_lost(self, error: Exception | None) -> None:
        self.lost()

    def lost(self) -> None:
        """Closed, or never opened."""
        if self.open:
            self.open = False
            self._waiting.clear()
            self._closed(self)
            self._agent.lost(self, self._loop.time())

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def abort(self) -> None:
        if self._stream is not None:
            self._stream.abort()
