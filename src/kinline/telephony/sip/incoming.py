"""A call that somebody places to us (the UAS of RFC 3261 13.3), with reliable provisional answers (RFC 3262)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from kinline.telephony.sip import refresh
from kinline.telephony.sip.body import cause, session_description
from kinline.telephony.sip.dialog import Dialog
from kinline.telephony.sip.draft import ALLOW, SDP, SUPPORTED, lines
from kinline.telephony.sip.events import Confirmed, Ended, Failed, Offered
from kinline.telephony.sip.message import Request
from kinline.telephony.sip.session import Session, State
from kinline.telephony.sip.target import Headers
from kinline.telephony.sip.timers import Timer
from kinline.telephony.sip.transaction import T1, TIMEOUT, InviteServer, Server

if TYPE_CHECKING:
    from kinline.telephony.sip.useragent import UserAgent


class IncomingCall(Session):
    """Answered, refused or given up by the caller. When the caller requires 100rel, what follows a provisional
    answer waits for its PRACK."""

    __slots__ = ("_cseq", "_from_tag", "_reliable", "_request", "_server")

    def __init__(self, agent: UserAgent, request: Request, server: InviteServer, called: str, remote: str) -> None:
        tag = agent.tokens.draw()
        dialog = Dialog.as_server(request, tag, server.flow)
        offer = session_description(request)
        super().__init__(agent, request.call_id, tag, called, remote, server.flow.remote)
        self.dialog = dialog
        self.remote_sdp = offer
        self._allows_update = request.lists("allow", "update")
        self._cseq = request.cseq[0]
        self._from_tag = dialog.remote_tag
        self._request = request
        self._server = server
        self._reliable = Reliable(self, server) if request.lists("require", "100rel") else None
        server.on_cancel = self._cancelled
        server.on_ack = self.acknowledge
        agent.callers[self.call_id, self._from_tag] = self._cseq

    @property
    def request(self) -> Request:
        return self._request

    @property
    def max_forwards(self) -> int:
        """What is left of the hops; a call placed on behalf of this one goes on with one less (RFC 7332)."""
        return self._request.max_forwards

    def ring(self, status: int = 180, sdp: bytes | None = None) -> None:
        """A provisional answer, 180 to 199; with early media when `sdp` is given."""
        if self.state is not State.EARLY:
            return
        if not 100 < status < 200:
            raise ValueError(f"{status} is not a provisional status")
        extra = self._agent.contact(self._server.flow) + ALLOW + (SDP if sdp else "")
        if sdp is not None:
            self.local_sdp = sdp
        if self._reliable is not None:
            self._reliable.say(status, extra, sdp or b"")
        else:
            self._server.respond(status, "", self.local_tag, self._agent.clock(), self._routes() + extra, sdp or b"")

    def answer(self, sdp: bytes, headers: Headers = ()) -> None:
        """200 OK; `Confirmed` follows when the caller's ACK comes."""
        if self.state is not State.EARLY:
            return
        self.local_sdp = sdp
        if self._reliable is not None:
            self._reliable.then(lambda: self._answered(sdp, headers))
        else:
            self._answered(sdp, headers)

    def _answered(self, sdp: bytes, headers: Headers) -> None:
        if self.state is not State.EARLY:
            return
        now = self._agent.clock()
        server = self._server
        interval, timer_lines = refresh.as_server(self._request)
        extra = (
            f"{self._routes()}{self._agent.contact(server.flow)}{ALLOW}{SUPPORTED}{timer_lines}{lines(headers)}{SDP}"
        )
        self.state = State.TALKING
        data = server.respond(200, "", self.local_tag, now, extra, sdp)
        self.confirm(data, server, self._cseq, now, offered=self.remote_sdp is None)
        self.watch(interval, now)

    def reject(self, status: int, phrase: str = "", headers: Headers = ()) -> None:
        """Refuse with a final status from 300 on."""
        if self.state is not State.EARLY:
            return
        if not 300 <= status < 700:
            raise ValueError(f"{status} does not refuse a call")
        self._finish(status, phrase, lines(headers), self._agent.clock())

    def _abandon(self, now: float) -> None:
        self._finish(603, "", "", now)

    def _finish(self, status: int, phrase: str, extra: str, now: float) -> None:
        if self._reliable is not None:
            self._reliable.stop()
        self._quiet()
        self._agent.forget(self)
        self._server.respond(status, phrase, self.local_tag, now, extra)

    def _cancelled(self, now: float, request: Request) -> None:
        """CANCEL before the answer; one that crosses our 200 finds no hook any more (RFC 3261 9.2)."""
        if self.state is State.EARLY:
            heard = self.on_event
            self._finish(487, "", "", now)
            if heard is not None:
                heard(Ended(cause(request), by_peer=True))

    def ended(self, event: Ended | Failed, now: float) -> None:
        if self.state is State.EARLY:  # BYE in an early dialog ends the INVITE too (RFC 3261 15.1.2)
            self._server.respond(487, "", self.local_tag, now)
        super().ended(event, now)

    def released(self) -> None:
        self._server.on_cancel = self._server.on_ack = None
        self._agent.callers.pop((self.call_id, self._from_tag), None)

    def _initial(self, cseq: int) -> bool:
        return cseq == self._cseq

    def _our_offer_open(self) -> bool:
        return self.remote_sdp is None and self.local_sdp is not None

    def _pracked(self, request: Request, server: Server, now: float) -> None:
        if self._reliable is None or not self._reliable.acknowledged(request.get("rack") or ""):
            super()._pracked(request, server, now)
            return
        sdp = session_description(request)
        if sdp is not None and self.remote_sdp is not None:
            self._offered_by_prack(sdp, server, self._reliable)
            return
        server.respond(200, "", self.local_tag, now)
        if sdp is not None:
            self.remote_sdp = sdp
            self.tell(Confirmed(sdp))
        self._reliable.go_on()

    def _offered_by_prack(self, offer: bytes, server: Server, reliable: Reliable) -> None:
        def reply(sdp: bytes | None) -> None:
            at = self._agent.clock()
            if sdp is None:
                server.respond(488, "", self.local_tag, at)
            else:
                self.local_sdp, self.remote_sdp = sdp, offer
                server.respond(200, "", self.local_tag, at, SDP, sdp)
            reliable.go_on()

        if self.on_event is None:
            reply(None)
        else:
            self.tell(Offered(offer, reply))

    def _routes(self) -> str:
        values = self._request.headers.get("record-route")
        return "".join(f"Record-Route: {value}\r\n" for value in values) if values else ""


class Reliable:
    """Provisional answers that are repeated until their PRACK (RFC 3262 3), one at a time."""

    __slots__ = ("_call", "_data", "_deadline", "_interval", "_queue", "_rseq", "_server", "_timer", "_waiting")

    def __init__(self, call: IncomingCall, server: InviteServer) -> None:
        self._call = call
        self._server = server
        self._rseq = 1 + int(call._agent.tokens.draw(7), 16)
        self._queue: deque[Callable[[], None]] = deque()
        self._waiting = False
        self._timer: Timer | None = None
        self._data = b""
        self._interval = T1
        self._deadline = 0.0

    def say(self, status: int, extra: str, body: bytes) -> None:
        self.then(lambda: self._send(status, extra, body))

    def then(self, act: Callable[[], None]) -> None:
        """Do it when nothing waits for a PRACK."""
        if self._waiting:
            self._queue.append(act)
        else:
            act()

    def stop(self) -> None:
        self._call._agent.timers.cancel(self._timer)
        self._queue.clear()

    def _send(self, status: int, extra: str, body: bytes) -> None:
        agent = self._call._agent
        now = agent.clock()
        self._waiting = True
        self._rseq += 1
        extra = f"{self._call._routes()}{extra}Require: 100rel\r\nRSeq: {self._rseq}\r\n"
        self._data = self._server.respond(status, "", self._call.local_tag, now, extra, body)
        self._interval = T1
        self._deadline = now + TIMEOUT
        self._timer = agent.timers.set(now + T1, self._repeat)

    def _repeat(self, now: float) -> None:
        call = self._call
        if call.state is not State.EARLY:
            return
        if now >= self._deadline:  # RFC 3262 3: refuse with a 5xx
            heard = call.on_event
            call._finish(504, "", "", now)
            if heard is not None:
                heard(Ended(None, by_peer=False))
            return
        self._server.flow.send(self._data)
        self._interval *= 2
        self._timer = call._agent.timers.set(min(now + self._interval, self._deadline), self._repeat)

    def acknowledged(self, rack: str) -> bool:
        """Does RAck name what waits?"""
        expected = [str(self._rseq), str(self._call._cseq), "INVITE"]
        if not self._waiting or rack.split() != expected:
            return False
        self._call._agent.timers.cancel(self._timer)
        return True

    def go_on(self) -> None:
        self._waiting = False
        while self._queue and not self._waiting:
            self._queue.popleft()()
