"""The sans-I/O user agent: bytes in, bytes out through flows, events to sessions; it reads no clock and no socket.

Time comes in with `receive` and `tick`; verbs of sessions, which the application calls when it likes, take it
from the injected `clock`. Randomness comes from the injected `entropy`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from kinline.telephony.sip.admission import Admission
from kinline.telephony.sip.auth import ALGORITHMS, Challenger
from kinline.telephony.sip.authority import Authority
from kinline.telephony.sip.dialog import Dialog
from kinline.telephony.sip.draft import Draft, Reply
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.flow import Flow
from kinline.telephony.sip.guard import Guard, Limits
from kinline.telephony.sip.incoming import IncomingCall
from kinline.telephony.sip.message import Malformed, Request, Response, parse
from kinline.telephony.sip.outgoing import OutgoingCall
from kinline.telephony.sip.registrar import Registrar
from kinline.telephony.sip.session import Session
from kinline.telephony.sip.target import Headers, Identity, Target, Transport, transport_named
from kinline.telephony.sip.timers import Timers
from kinline.telephony.sip.tokens import Tokens
from kinline.telephony.sip.transaction import Client, InviteServer, OnResponse, OtherServer, Transactions, server_key
from kinline.telephony.sip.uri import Uri

Connect: TypeAlias = Callable[[Transport, str, int], Flow]
OnCall: TypeAlias = Callable[[IncomingCall], None]


@dataclass(frozen=True, slots=True)
class Listening:
    """Our own address on one transport, as text that goes into Via and Contact."""

    via: str
    contact: str


class UserAgent:
    """All transactions and sessions of one endpoint."""

    def __init__(
        self,
        *,
        connect: Connect,
        clock: Callable[[], float],
        entropy: Callable[[int], bytes],
        authority: Authority,
        on_call: OnCall | None = None,
        registrar: Registrar | None = None,
        realm: str = "kinline",
        digest_algorithms: Sequence[str] = ALGORITHMS,
        limits: Limits | None = None,
        session_expires: int = 1800,
        sooner: Callable[[float], None] | None = None,
    ) -> None:
        self.clock = clock
        self.connect = connect
        self.domain = "localhost"
        self.draining = False
        self.limits = limits or Limits()
        self.on_call = on_call
        self.registrar = registrar
        self.session_expires = session_expires
        self.timers = Timers(sooner)
        self.tokens = Tokens(entropy)
        self.transactions = Transactions(self.timers)
        self.sessions: dict[tuple[str, str], Session] = {}
        self.callers: dict[tuple[str, str], int] = {}  # Call-ID and From tag of incoming calls -> CSeq of the INVITE
        self.guard = Guard(self.limits)
        self._secret = entropy(32)
        self._admission = Admission(self, authority, Challenger(realm, self._secret, algorithms=digest_algorithms))
        self._listening: dict[Transport, Listening] = {}

    def listen(self, transport: Transport, host: str, port: int) -> None:
        """Where the peer's requests can reach us over this transport."""
        if not self._listening:
            self.domain = f"{host}:{port}"
        suffix = "" if transport == "udp" else f";transport={transport}"
        self._listening[transport] = Listening(
            f"SIP/2.0/{transport.upper()} {host}:{port};rport;branch=", f"Contact: <sip:{host}:{port}{suffix}>\r\n"
        )

    # The network's side ------------------------------------------------------------------------------------------

    def receive(self, data: bytes, flow: Flow, now: float) -> None:
        """One message that came over `flow`. Whatever the bytes are, this never raises for them."""
        try:
            message = parse(data)
            if isinstance(message, Response):
                client = self.transactions.clients.get((message.branch, message.cseq[1]))
                if client is not None and message.get("to") is not None:
                    client.receive(message, now)
            else:
                self._request(message, flow, now)
        except Malformed as error:
            if error.partial is not None:
                self._malformed(error.partial, error, flow, now)
        except SipError:
            pass  # a response that makes no sense

    def lost(self, flow: Flow, now: float) -> None:
        """A connection could not be made or was closed."""
        self.transactions.lost(flow, now)
        if self.registrar is not None and flow.reliable:
            self.registrar.lost(flow)

    @property
    def next_deadline(self) -> float | None:
        """When `tick` has to be called, at the latest."""
        return self.timers.next_due

    def tick(self, now: float) -> None:
        self.timers.run(now)

    def _request(self, request: Request, flow: Flow, now: float) -> None:
        try:
            key = server_key(request)
            server = self.transactions.servers.get(key)
            if server is not None:
                server.receive(request, now)
                return
            if request.method == "ACK":
                session = self.sessions.get((request.call_id, request.to_tag))
                if session is not None:
                    session.acknowledge(request, now)
                return
            request.require()
            if request.method == "CANCEL":
                self._cancel(request, key, flow, now)
                return
            to_tag = request.to_tag
        except SipError as error:
            self._malformed(request, error, flow, now)
            return
        if not to_tag:
            self._admission.request(request, key, flow, now)
            return
        session = self.sessions.get((request.call_id, to_tag))
        if session is None:
            if self._admission.answers(flow, now):
                self.refuse(request, flow, 481)
            return
        make = InviteServer if request.method == "INVITE" else OtherServer
        session.receive(request, make(self.transactions, key, request, flow, now), now)

    def _cancel(self, request: Request, key: object, flow: Flow, now: float) -> None:
        """RFC 3261 9.2. The transaction's key differs from the INVITE's in the method alone."""
        request_method, request.method = request.method, "INVITE"
        invite = self.transactions.servers.get(server_key(request))
        request.method = request_method
        if not isinstance(invite, InviteServer):
            if self._admission.answers(flow, now):
                self.refuse(request, flow, 481)
            return
        OtherServer(self.transactions, key, request, flow, now).respond(200, "", self.tokens.draw(), now)
        if invite.on_cancel is not None:
            invite.on_cancel(now, request)

    def _malformed(self, request: Request, error: SipError, flow: Flow, now: float) -> None:
        """Say what is wrong, when the message lets us say it and it is not an ACK (RFC 3261 8.2, 17.2)."""
        if request.method == "ACK" or not all(request.headers.get(n) for n in ("via", "from", "to", "call-id", "cseq")):
            return
        if not self._admission.answers(flow, now):
            return
        with suppress(SipError):  # not even its Via can be read
            self.refuse(request, flow, error.status, error.what)

    def refuse(self, request: Request, flow: Flow, status: int, phrase: str = "", extra: str = "") -> None:
        """Answer without keeping anything: the tag is a function of the request (RFC 3261 8.2.7)."""
        what = "\n".join((request.headers["call-id"][0], request.headers["from"][0], request.headers["cseq"][0]))
        tag = hmac.digest(self._secret, what.encode("utf-8", "surrogateescape"), "md5").hex()[:16]
        self.reply_flow(request, flow).send(Reply(request, flow.remote).encode(status, phrase, tag, extra))

    def reply_flow(self, request: Request, flow: Flow) -> Flow:
        """Where answers to this request go: back to where it came from, but over UDP to the port in Via when the
        peer did not ask for rport (RFC 3261 18.2.2)."""
        if flow.reliable:
            return flow
        try:
            via = request.via
        except SipError:
            return flow
        if "rport" in via.parameters:
            return flow
        port = via.port or 5060
        return flow if port == flow.remote[1] else self.connect("udp", flow.remote[0], port)

    # The sessions' side ------------------------------------------------------------------------------------------

    def call(
        self, targets: Sequence[Target], *, called: str, caller: Identity, offer: bytes | None, headers: Headers = (),
        hops: int = 70,
    ) -> OutgoingCall:  # fmt: skip
        """Place a call; it tries its targets one after the other."""
        return OutgoingCall(self, targets, called, caller, offer, headers, hops)

    def send(self, draft: Draft, flow: Flow, told: OnResponse, now: float) -> Client:
        """Send a request in a transaction of its own."""
        branch = self.tokens.branch()
        return self.transactions.client(draft, self._listening_on(flow.transport).via + branch, branch, flow, told, now)

    def encode(self, draft: Draft, flow: Flow) -> bytes:
        """A request without a transaction: the ACK of a 2xx."""
        return draft.encode(self._listening_on(flow.transport).via + self.tokens.branch())

    def contact(self, flow: Flow) -> str:
        return self._listening_on(flow.transport).contact

    def contact_of(self, transport: Transport) -> str:
        return self._listening_on(transport).contact

    def _listening_on(self, transport: Transport) -> Listening:
        found = self._listening.get(transport)
        if found is None:  # we only call out over it: say the address that we do listen on
            if not self._listening:
                raise SipError("the user agent listens on nothing", 503)
            first = next(iter(self._listening.values()))
            _, _, rest = first.via.partition(" ")
            found = self._listening[transport] = Listening(f"SIP/2.0/{transport.upper()} {rest}", first.contact)
        return found

    def path(self, dialog: Dialog) -> Flow:
        """The flow for a request inside a dialog. Over a connection that lives, or when the peer is where its
        messages come from, the flow stays; else the target or the first route says where to (RFC 3261 12.2.1.1)."""
        flow = dialog.flow
        if flow.open and (dialog.settled or (flow.reliable and not dialog.routes)):
            return flow
        dialog.settled = True
        hop: Uri = dialog.next_hop()
        host, port, transport = hop.host, hop.hop_port, hop.transport
        remote = flow.remote
        if (host == remote[0] and port == remote[1] and transport == flow.transport and flow.open) or dialog.behind_nat:
            return flow
        dialog.flow = self.connect(transport_named(transport) or "udp", host, port)
        return dialog.flow

    def forget(self, session: Session) -> None:
        """The session is over."""
        self.sessions.pop((session.call_id, session.local_tag), None)
        session.released()
