"""The four transactions of RFC 3261 17 with the corrections of RFC 6026, their timers A to M, and their tables.

Each class has one handler for each thing that can happen to it; a handler is a table from state to reaction.
"""

from collections.abc import Callable
from enum import Enum, auto
from math import ceil
from typing import TypeAlias

from kinline.telephony.sip.draft import Draft, Reply
from kinline.telephony.sip.flow import Flow
from kinline.telephony.sip.message import Request, Response
from kinline.telephony.sip.timers import Timer, Timers

T1 = 0.5
T2 = 4.0
T4 = 5.0
TIMEOUT = 64 * T1  # timers B, D, F, H, J, L and M


OnResponse: TypeAlias = Callable[[Response, float], None]


class State(Enum):
    CALLING = auto()  # INVITE client
    TRYING = auto()
    PROCEEDING = auto()
    ACCEPTED = auto()  # INVITE, 2xx (RFC 6026)
    COMPLETED = auto()
    CONFIRMED = auto()  # INVITE server, ACK to a refusal came
    TERMINATED = auto()


class Transactions:
    """The living transactions of a user agent."""

    def __init__(self, timers: Timers) -> None:
        self.timers = timers
        self.clients: dict[tuple[str, str], InviteClient | OtherClient] = {}
        self.servers: dict[object, InviteServer | OtherServer] = {}
        self.proceeding = 0  # INVITE servers without a final answer
        self._lingering: dict[int, list[_Client | _Server]] = {}

    def client(self, draft: Draft, via: str, branch: str, flow: Flow, told: OnResponse, now: float) -> "Client":
        """Send a request and see it through; `told` gets each response once, or our own 408 or 503."""
        kind = InviteClient if draft.method == "INVITE" else OtherClient
        return kind(self, draft, via, branch, flow, told, now)

    def linger(self, transaction: "_Client | _Server", due: float) -> None:
        """Forget a transaction that only waits for repetitions, at the next full second: one clock for all of them."""
        second = ceil(due)
        waiting = self._lingering.get(second)
        if waiting is None:
            waiting = self._lingering[second] = []
            self.timers.set(second, self._forget)
        waiting.append(transaction)

    def _forget(self, now: float) -> None:
        for second in [second for second in self._lingering if second <= now]:
            for transaction in self._lingering.pop(second):
                transaction.terminate()

    def lost(self, flow: Flow, now: float) -> None:
        """A connection is gone: what waits for it fails now (RFC 3261 18.4)."""
        for client in [client for client in self.clients.values() if client.flow is flow]:
            client.lost(now)


class _Client:
    __slots__ = (
        "_data",
        "_deadline",
        "_interval",
        "_timer",
        "_told",
        "branch",
        "draft",
        "flow",
        "state",
        "table",
        "via",
    )

    def __init__(
        self, table: Transactions, draft: Draft, via: str, branch: str, flow: Flow, told: OnResponse, now: float
    ) -> None:
        self.table = table
        self.draft = draft
        self.via = via
        self.branch = branch
        self.flow = flow
        self.state = State.CALLING if draft.method == "INVITE" else State.TRYING
        self._told = told
        self._data = draft.encode(via)
        self._interval = T1
        self._deadline = now + TIMEOUT
        self._timer: Timer | None = table.timers.set(self._deadline if flow.reliable else now + T1, self._fire)
        table.clients[branch, draft.method] = self  # type: ignore[assignment]
        flow.send(self._data)

    def _fire(self, now: float) -> None:
        raise NotImplementedError

    def _clock(self, due: float) -> None:
        self.table.timers.cancel(self._timer)
        self._timer = self.table.timers.set(due, self._fire)

    def _linger(self, seconds: float, now: float) -> None:
        self.table.timers.cancel(self._timer)
        self.table.linger(self, now + seconds)

    def terminate(self) -> None:
        self.state = State.TERMINATED
        self._told = _deaf  # whoever was told holds us
        self.table.timers.cancel(self._timer)
        self.table.clients.pop((self.branch, self.draft.method), None)

    @property
    def is_waiting(self) -> bool:
        """No final response yet?"""
        return self.state in (State.CALLING, State.TRYING, State.PROCEEDING)

    def lost(self, now: float) -> None:
        if self.is_waiting:
            self._fail(503, "Service Unavailable", now)

    def _fail(self, status: int, phrase: str, now: float) -> None:
        told = self._told
        self.terminate()
        told(Response.local(status, phrase), now)


class InviteClient(_Client):
    """RFC 3261 17.1.1, RFC 6026 8.4. ACKs to refusals are sent here, ACKs to 2xx by the session."""

    __slots__ = ("_ack", "_cancelling")

    def __init__(
        self, table: Transactions, draft: Draft, via: str, branch: str, flow: Flow, told: OnResponse, now: float
    ) -> None:
        self._ack = b""
        self._cancelling = False
        super().__init__(table, draft, via, branch, flow, told, now)

    def receive(self, response: Response, now: float) -> None:
        status = response.status
        match self.state:
            case State.CALLING | State.PROCEEDING if status < 200:
                if self.state is State.CALLING:
                    self.state = State.PROCEEDING
                    self.table.timers.cancel(self._timer)
                    if self._cancelling:
                        self._send_cancel(now)
                self._told(response, now)
            case State.CALLING | State.PROCEEDING if status < 300:
                self.state = State.ACCEPTED
                self._linger(TIMEOUT, now)  # M
                self._data = b""
                self._told(response, now)
            case State.CALLING | State.PROCEEDING:
                self._ack = self.draft.sibling("ACK", response.get("to") or self.draft.to).encode(self.via)
                self.flow.send(self._ack)
                self.state = State.COMPLETED
                self._data = b""
                told = self._told
                if self.flow.reliable:
                    self.terminate()
                else:
                    self._linger(TIMEOUT, now)  # D
                told(response, now)
            case State.COMPLETED if status >= 300:
                self.flow.send(self._ack)
            case State.ACCEPTED if 200 <= status < 300:
                self._told(response, now)
            case _:
                pass

    def cancel(self, now: float) -> None:
        """Give the call up: CANCEL as soon as RFC 3261 9.1 allows. The final response still comes, or our 487."""
        if self._cancelling:
            return
        self._cancelling = True
        if self.state is State.PROCEEDING:
            self._send_cancel(now)

    def _send_cancel(self, now: float) -> None:
        self.table.client(
            self.draft.sibling("CANCEL", self.draft.to), self.via, self.branch, self.flow, lambda *_: None, now
        )
        self._clock(now + TIMEOUT)

    def _fire(self, now: float) -> None:
        match self.state:
            case State.CALLING if now >= self._deadline:
                self._fail(408, "Request Timeout", now)
            case State.CALLING:
                self.flow.send(self._data)
                self._interval *= 2
                self._clock(min(now + self._interval, self._deadline))
            case State.PROCEEDING:
                self._fail(487, "Request Terminated", now)
            case _:
                self.terminate()


class OtherClient(_Client):
    """RFC 3261 17.1.2."""

    __slots__ = ()

    def receive(self, response: Response, now: float) -> None:
        match self.state:
            case State.TRYING | State.PROCEEDING if response.status < 200:
                self.state = State.PROCEEDING
                self._told(response, now)
            case State.TRYING | State.PROCEEDING:
                self.state = State.COMPLETED
                self._data = b""
                told = self._told
                if self.flow.reliable:
                    self.terminate()
                else:
                    self._linger(T4, now)  # K
                told(response, now)
            case _:
                pass

    def cancel(self, now: float) -> None:
        """Only an INVITE can be given up."""

    def _fire(self, now: float) -> None:
        match self.state:
            case State.TRYING | State.PROCEEDING if now >= self._deadline:
                self._fail(408, "Request Timeout", now)
            case State.TRYING | State.PROCEEDING:
                self.flow.send(self._data)
                self._interval = T2 if self.state is State.PROCEEDING else min(self._interval * 2, T2)
                self._clock(min(now + self._interval, self._deadline))
            case _:
                self.terminate()


Client: TypeAlias = InviteClient | OtherClient


def _deaf(response: Response, now: float) -> None:
    """The transaction is over."""


class _Server:
    __slots__ = ("_data", "_timer", "flow", "key", "reply", "state", "table")

    def __init__(self, table: Transactions, key: object, request: Request, flow: Flow) -> None:
        self.table = table
        self.key = key
        self.flow = flow
        self.reply = Reply(request, flow.remote)
        self._data = b""
        self._timer: Timer | None = None
        table.servers[key] = self  # type: ignore[assignment]

    def _clock(self, due: float, fire: Callable[[float], None]) -> None:
        self.table.timers.cancel(self._timer)
        self._timer = self.table.timers.set(due, fire)

    def _linger(self, seconds: float, now: float) -> None:
        self.table.timers.cancel(self._timer)
        self.table.linger(self, now + seconds)

    def terminate(self) -> None:
        self.state = State.TERMINATED
        self.table.timers.cancel(self._timer)
        self.table.servers.pop(self.key, None)


class InviteServer(_Server):
    """RFC 3261 17.2.1, RFC 6026 8.5. Repeating a 2xx until the ACK is the session's work (RFC 3261 13.3.1.4)."""

    __slots__ = ("_deadline", "_interval", "on_ack", "on_cancel")

    def __init__(self, table: Transactions, key: object, request: Request, flow: Flow, now: float) -> None:
        super().__init__(table, key, request, flow)
        self.state = State.PROCEEDING
        self.on_cancel: Callable[[float, Request], None] | None = None
        self.on_ack: Callable[[Request, float], None] | None = None
        table.proceeding += 1
        self._clock(now + 0.2, self._trying)

    def _trying(self, now: float) -> None:
        """100, when nothing else was said within 200 ms."""
        self.respond(100, "", "", now)

    def respond(self, status: int, phrase: str, tag: str, now: float, extra: str = "", body: bytes = b"") -> bytes:
        """Send a response; its bytes are given back for whoever repeats a 2xx. Ignored after a final one."""
        if self.state is not State.PROCEEDING:
            return b""
        data = self.reply.encode(status, phrase, tag, extra, body)
        self.flow.send(data)
        self._data = data
        if status < 200:
            self.table.timers.cancel(self._timer)
            return data
        self.table.proceeding -= 1
        self.on_cancel = None
        del self.reply
        if status < 300:
            self.state = State.ACCEPTED
            self._data = b""
            self._linger(TIMEOUT, now)  # L
        else:
            self.state = State.COMPLETED
            self._deadline = now + TIMEOUT  # H
            self._interval = T1
            self._clock(self._deadline if self.flow.reliable else now + T1, self._repeat)
        return data

    def receive(self, request: Request, now: float) -> None:
        """The INVITE again, or its ACK."""
        match self.state:
            case State.PROCEEDING | State.COMPLETED if request.method == "INVITE":
                if self._data:
                    self.flow.send(self._data)
            case State.COMPLETED:
                self.state = State.CONFIRMED
                if self.flow.reliable:
                    self.terminate()
                else:
                    self._linger(T4, now)  # I
            case State.ACCEPTED if request.method == "ACK" and self.on_ack is not None:
                self.on_ack(request, now)  # an ACK with the INVITE's branch: wrong, and common
            case _:
                pass

    def _repeat(self, now: float) -> None:
        """Timer G, and H."""
        if now >= self._deadline:
            self.terminate()
            return
        self.flow.send(self._data)
        self._interval = min(self._interval * 2, T2)
        self._clock(min(now + self._interval, self._deadline), self._repeat)


class OtherServer(_Server):
    """RFC 3261 17.2.2."""

    __slots__ = ()

    def __init__(self, table: Transactions, key: object, request: Request, flow: Flow, now: float) -> None:
        super().__init__(table, key, request, flow)
        self.state = State.TRYING

    def respond(self, status: int, phrase: str, tag: str, now: float, extra: str = "", body: bytes = b"") -> bytes:
        if self.state not in (State.TRYING, State.PROCEEDING):
            return b""
        data = self.reply.encode(status, phrase, tag, extra, body)
        self.flow.send(data)
        self._data = data
        if status < 200:
            self.state = State.PROCEEDING
            return data
        self.state = State.COMPLETED
        del self.reply
        if self.flow.reliable:
            self.terminate()
        else:
            self._linger(TIMEOUT, now)  # J
        return data

    def receive(self, request: Request, now: float) -> None:
        if self._data and self.state is not State.TERMINATED:
            self.flow.send(self._data)


Server: TypeAlias = InviteServer | OtherServer


def server_key(request: Request) -> object:
    """What makes two requests the same one (RFC 3261 17.2.3); an ACK matches its INVITE."""
    via = request.via
    branch = via.branch
    method = "INVITE" if request.method == "ACK" else request.method
    if branch[:7].lower() == "z9hg4bk" and len(branch) > 7:
        return branch, via.host, via.port, method
    to_tag = "" if method == "INVITE" else request.to_tag  # RFC 2543 peers have no branch that says enough
    return request.uri, request.call_id, request.cseq[0], request.from_tag, to_tag, via.host, via.port, branch, method
