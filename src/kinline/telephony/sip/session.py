"""A call between us and one peer, once there is a dialog: what both directions share (RFC 3261 12 to 15)."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from kinline.telephony.sip import refresh
from kinline.telephony.sip.auth import answer_to
from kinline.telephony.sip.body import cause, digit, session_description
from kinline.telephony.sip.confirmation import Confirmation
from kinline.telephony.sip.dialog import Dialog
from kinline.telephony.sip.draft import ALLOW, SDP, SUPPORTED, lines
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.events import Confirmed, DigitInfo, Ended, Event, Failed, Offered, Renegotiated
from kinline.telephony.sip.flow import Endpoints
from kinline.telephony.sip.message import Request, Response
from kinline.telephony.sip.reinvite import Reinvite
from kinline.telephony.sip.target import Credentials, Headers
from kinline.telephony.sip.timers import Timer
from kinline.telephony.sip.transaction import OnResponse, Server

if TYPE_CHECKING:
    from kinline.telephony.sip.useragent import UserAgent


class State(Enum):
    EARLY = "early"
    TALKING = "talking"
    OVER = "over"


class Session:
    """See the package for what each public name promises."""

    __slots__ = (
        "_agent", "_allows_update", "_confirmation", "_farewell", "_offer_open", "_refresh_timer", "_reinvite",
        "call_id", "called", "credentials", "dialog", "local_sdp", "local_tag", "on_event", "remote_identity",
        "remote_sdp", "source", "state",
    )  # fmt: skip

    def __init__(self, agent: UserAgent, call_id: str, local_tag: str, called: str, remote: str, source: Endpoints):
        self._agent = agent
        self._allows_update = False
        self._confirmation: Confirmation | None = None
        self._farewell: str | None = None  # header lines of a BYE that waits for the ACK
        self._offer_open = False  # the peer's offer waits for our answer
        self._refresh_timer: Timer | None = None
        self._reinvite: Reinvite | None = None
        self.call_id = call_id
        self.called = called
        self.credentials: Credentials | None = None
        self.dialog: Dialog | None = None
        self.local_sdp: bytes | None = None
        self.local_tag = local_tag
        self.on_event: Callable[[Event], None] | None = None
        self.remote_identity = remote
        self.remote_sdp: bytes | None = None
        self.source = source
        self.state = State.EARLY
        agent.sessions[call_id, local_tag] = self

    @property
    def request(self) -> Request | None:
        """The INVITE of an incoming call."""
        return None

    def hang_up(self, headers: Headers = ()) -> None:
        """End the session, whatever state it is in; no event comes of it."""
        if self.state is State.OVER:
            return
        now = self._agent.clock()
        if self.state is State.EARLY:
            self._abandon(now)
        elif self._confirmation is not None:
            self._farewell = lines(headers)  # RFC 3261 15: no BYE before the ACK
            self._quiet()
        else:
            self._bye(lines(headers), now)

    def renegotiate(self, sdp: bytes) -> None:
        """Offer other media inside the session (re-INVITE)."""
        if self.state is State.TALKING and self._reinvite is None and self.dialog is not None:
            self._reinvite = reinvite = Reinvite(self, self.dialog, sdp)
            reinvite.start(self._agent.clock())

    # What the peer sends ------------------------------------------------------------------------------------

    def receive(self, request: Request, server: Server, now: float) -> None:
        """A request inside the dialog, except ACK."""
        dialog = self.dialog_with(request.from_tag)
        if dialog is None:
            server.respond(481, "", self.local_tag, now)
        elif not dialog.follows(request.cseq[0]):
            server.respond(500, "", self.local_tag, now)
        else:
            try:
                self._act(request, server, dialog, now)
            except SipError as error:
                extra = "Accept: application/sdp\r\n" if error.status == 415 else ""
                server.respond(error.status, "", self.local_tag, now, extra)

    def _act(self, request: Request, server: Server, dialog: Dialog, now: float) -> None:
        match request.method:
            case "BYE":
                server.respond(200, "", self.local_tag, now)
                self.ended(Ended(cause(request), by_peer=True), now)
            case "INVITE" | "UPDATE":
                self._reoffered(request, server, dialog, now)
            case "INFO":
                key = digit(request)
                server.respond(200, "", self.local_tag, now)
                if key is not None:
                    self.tell(DigitInfo(key))
            case "PRACK":
                self._pracked(request, server, now)
            case "OPTIONS":
                server.respond(200, "", self.local_tag, now, ALLOW + SUPPORTED)
            case _:
                server.respond(405, "", self.local_tag, now, ALLOW)

    def acknowledge(self, request: Request, now: float) -> None:
        """An ACK to a 2xx of ours."""
        waiting = self._confirmation
        if waiting is None or request.cseq[0] != waiting.cseq:
            return
        waiting.stop()
        self._confirmation = None
        if self._farewell is not None:
            self._bye(self._farewell, now)
            return
        sdp = None
        if waiting.offered:
            try:
                sdp = self.remote_sdp = session_description(request)
            except SipError:
                sdp = None
        if self._initial(waiting.cseq):
            self.tell(Confirmed(sdp))
        elif waiting.offered:
            self.tell(Renegotiated(sdp))

    def _reoffered(self, request: Request, server: Server, dialog: Dialog, now: float) -> None:
        """re-INVITE (RFC 3261 14.2) or UPDATE (RFC 3311 5.2)."""
        offer = session_description(request)
        is_invite = request.method == "INVITE"
        if (is_invite or offer is not None) and (
            self._our_offer_open() or (self._reinvite is not None and self._reinvite.is_open)
        ):
            server.respond(491, "", self.local_tag, now)
        elif self._offer_open or (is_invite and (self._confirmation or self.state is not State.TALKING)):
            wait = f"Retry-After: {int(self._agent.tokens.fraction() * 10)}\r\n"
            server.respond(500, "", self.local_tag, now, wait)
        elif refresh.too_brief(request):
            server.respond(422, "", self.local_tag, now, f"Min-SE: {refresh.MIN_SE}\r\n")
        else:
            dialog.move(request.contact)
            self._answer_offer(request, server, offer, now)

    def _answer_offer(self, request: Request, server: Server, offer: bytes | None, now: float) -> None:
        is_invite = request.method == "INVITE"

        def reply(sdp: bytes | None) -> None:
            self._offer_open = False
            at = self._agent.clock()
            if sdp is None and (offer is not None or is_invite):
                server.respond(488, "", self.local_tag, at)
                return
            interval, extra = refresh.as_server(request)
            extra += self._agent.contact(server.flow) + ALLOW + SUPPORTED + (SDP if sdp else "")
            data = server.respond(200, "", self.local_tag, at, extra, sdp or b"")
            if not data:
                return
            self.watch(interval, at)
            self.local_sdp = sdp or self.local_sdp
            self.remote_sdp = offer or self.remote_sdp
            if is_invite:
                self.confirm(data, server, request.cseq[0], at, offered=offer is None)

        if offer is None and not is_invite:
            reply(None)  # an UPDATE without a body only refreshes
        elif offer is not None and offer == self.remote_sdp and self.local_sdp is not None:
            reply(self.local_sdp)  # a refresh: nothing changed
        elif self.on_event is None:
            server.respond(488, "", self.local_tag, now)
        else:
            self._offer_open = True
            self.tell(Offered(offer, reply))

    # What the two directions do for themselves ---------------------------------------------------------------

    def dialog_with(self, remote_tag: str) -> Dialog | None:
        dialog = self.dialog
        return dialog if dialog is not None and dialog.remote_tag == remote_tag else None

    def _abandon(self, now: float) -> None:
        """`hang_up` before the answer."""
        raise NotImplementedError

    def _pracked(self, request: Request, server: Server, now: float) -> None:
        server.respond(481, "", self.local_tag, now)

    def _our_offer_open(self) -> bool:
        return False

    def _initial(self, cseq: int) -> bool:
        """Is this the CSeq of the INVITE that made the session?"""
        return False

    def released(self) -> None:
        """The agent forgets us: let go of what leads back to us, and of what only the early state needs."""

    # Shared steps --------------------------------------------------------------------------------------------

    def tell(self, event: Event) -> None:
        if self.on_event is not None and self.state is not State.OVER:
            self.on_event(event)

    def confirm(self, data: bytes, server: Server, cseq: int, now: float, *, offered: bool) -> None:
        """Repeat a 2xx until its ACK; without one the session is lost."""
        self._confirmation = Confirmation(
            self._agent.timers, data, server.flow, cseq, now, offered=offered, lost=self._unconfirmed
        )

    def _unconfirmed(self, now: float) -> None:
        self._confirmation = None
        if self._farewell is not None:
            self._bye(self._farewell, now)
        else:
            self.lost(now)

    def send(self, method: str, extra: str, body: bytes, told: OnResponse, now: float) -> None:
        """A request inside the dialog; a challenge is answered once."""
        dialog = self.dialog
        if dialog is None:
            raise SipError("there is no dialog yet", 481)
        agent = self._agent
        draft = dialog.draft(method, extra, body)
        flow = agent.path(dialog)

        def answered(response: Response, at: float) -> None:
            if response.status in (401, 407):
                line = answer_to(response, self.credentials, method, draft.uri, agent.tokens.draw())
                if line:
                    agent.send(dialog.draft(method, extra + line, body), flow, told, at)
                    return
            told(response, at)

        agent.send(draft, flow, answered, now)

    def watch(self, interval: refresh.Interval | None, now: float) -> None:
        """Start the session timer afresh."""
        timers = self._agent.timers
        timers.cancel(self._refresh_timer)
        self._refresh_timer = None
        if interval is not None and self.state is not State.OVER:
            act = self._refresh if interval.ours else self.lost
            self._refresh_timer = timers.set(now + interval.due(), act)

    def _refresh(self, now: float) -> None:
        self._refresh_timer = None
        if self.state is State.TALKING and self._reinvite is None and self.dialog is not None:
            update = self._allows_update
            self._reinvite = reinvite = Reinvite(self, self.dialog, self.local_sdp, refreshing=True, update=update)
            reinvite.start(now)

    @property
    def is_offered(self) -> bool:
        """Is an offer of the peer's in progress?"""
        return self._offer_open or self._confirmation is not None

    def glare_wait(self) -> float:
        """Seconds until an offer that met the peer's is made again; who owns the Call-ID waits longer."""
        return 2.0 * self._agent.tokens.fraction()

    def lost(self, now: float) -> None:
        """The peer is gone as far as we can know: say BYE into the dark and tell the application."""
        if self.state is State.OVER:
            return
        heard = self.on_event
        self._bye("", now)
        if heard is not None:
            heard(Ended(None, by_peer=False))

    def ended(self, event: Ended | Failed, now: float) -> None:
        """Last event: everything is released first, so that the application may do what it likes in it."""
        if self.state is State.OVER:
            self._agent.forget(self)
            return
        heard = self.on_event
        self._quiet()
        self._agent.forget(self)
        if heard is not None:
            heard(event)

    def _bye(self, extra: str, now: float) -> None:
        self._quiet()
        self._farewell = None
        self._agent.forget(self)
        if self.dialog is not None:
            self.send("BYE", extra, b"", _heard, now)

    def _quiet(self) -> None:
        """Over: no clock of the session runs any more (but that of a 2xx whose ACK a BYE waits for)."""
        self.state = State.OVER
        self.on_event = None
        timers = self._agent.timers
        timers.cancel(self._refresh_timer)
        self._refresh_timer = None
        if self._reinvite is not None:
            self._reinvite.stop()
            self._reinvite = None
        if self._confirmation is not None and self._farewell is None:
            self._confirmation.stop()
            self._confirmation = None


def _heard(response: Response, now: float) -> None:
    """The answer to a BYE changes nothing."""
