"""Requests outside a session: who sends them, may they, and what becomes of them (RFC 3261 8.2).

A scanner learns nothing: a stranger's OPTIONS is met with silence, everything else with the same challenge,
whether the user exists or not, and no answer names the software. Nothing is kept for a stranger but the state
of one token bucket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinline.telephony.sip import refresh
from kinline.telephony.sip.auth import Challenger, Verdict
from kinline.telephony.sip.authority import Authority
from kinline.telephony.sip.draft import ALLOW, METHODS, SUPPORTED
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.flow import Flow
from kinline.telephony.sip.incoming import IncomingCall
from kinline.telephony.sip.message import Request
from kinline.telephony.sip.transaction import InviteServer, OtherServer
from kinline.telephony.sip.uri import parse_uri

if TYPE_CHECKING:
    from kinline.telephony.sip.useragent import UserAgent

_SUPPORTED = frozenset(("100rel", "timer"))
_KNOWN_ELSEWHERE = frozenset(("SUBSCRIBE", "NOTIFY", "REFER", "MESSAGE", "PUBLISH"))
_RETRY = "Retry-After: 5\r\n"


class Admission:
    """The door of a user agent."""

    def __init__(self, agent: UserAgent, authority: Authority, challenger: Challenger) -> None:
        self._agent = agent
        self._authority = authority
        self._challenger = challenger

    def answers(self, flow: Flow, now: float) -> bool:
        """May this source have one more answer that costs it nothing?"""
        address = flow.remote[0]
        return self._authority.trusted(address) is not None or self._agent.guard.admits(address, now)

    def request(self, request: Request, key: object, flow: Flow, now: float) -> None:
        """A request without a To tag."""
        agent = self._agent
        identity = self._authority.trusted(flow.remote[0])
        if identity is None or (identity and self._by_password(request, identity)):
            identity = self._authenticated(request, flow, now)
            if identity is None:
                return
        try:
            self._admitted(request, key, flow, identity, now)
        except SipError as error:
            extra = ""
            if error.status == 415:
                extra = "Accept: application/sdp\r\nAccept-Encoding: identity\r\n"
            elif error.status == 423 and agent.registrar is not None:
                extra = agent.registrar.too_brief
            elif error.status == 503:
                extra = _RETRY
            agent.refuse(request, flow, error.status, "", extra)

    def _by_password(self, request: Request, identity: str) -> bool:
        """From a trusted address, does this still need credentials? Who shows some is judged by them; and nobody
        registers as somebody else."""
        if "authorization" in request.headers:
            return True
        return request.method == "REGISTER" and f":{identity}@" not in request.to.uri

    def _authenticated(self, request: Request, flow: Flow, now: float) -> str | None:
        """The user whose password the request proves; None when it was met with a challenge or silence."""
        agent = self._agent
        address = flow.remote[0]
        value = request.get("authorization")
        if request.method == "OPTIONS" and value is None:
            if agent.registrar is not None and agent.registrar.knows(address) and agent.guard.admits(address, now):
                agent.refuse(request, flow, 503 if agent.draining else 200)
            return None
        stale = False
        if value is not None:
            verdict, user = self._challenger.check(value, request.method, address, now, self._authority.account)
            if verdict is Verdict.RIGHT:
                return user
            stale = verdict is Verdict.STALE
            if verdict is Verdict.WRONG:
                agent.guard.failed(address, now)
        if agent.guard.admits(address, now):
            challenges = self._challenger.challenges(now, address, agent.tokens.draw(), stale=stale)
            agent.refuse(request, flow, 401, "", "".join(f"WWW-Authenticate: {value}\r\n" for value in challenges))
        return None

    def _admitted(self, request: Request, key: object, flow: Flow, identity: str, now: float) -> None:
        """Method, Request-URI, extensions, body: the order of RFC 3261 8.2."""
        agent = self._agent
        method = request.method
        if method not in METHODS:
            known = method in _KNOWN_ELSEWHERE
            agent.refuse(request, flow, 405 if known else 501, "", ALLOW)
            return
        uri = parse_uri(request.uri)
        unknown = [tag for tag in request.listed("require") if tag.lower() not in _SUPPORTED]
        if unknown:
            agent.refuse(request, flow, 420, "", f"Unsupported: {', '.join(unknown)}\r\n")
            return
        if len(agent.transactions.servers) >= agent.limits.transactions:
            raise SipError("too many transactions", 503)
        match method:
            case "INVITE":
                self._invited(request, key, flow, uri.user, identity, now)
            case "OPTIONS":
                extra = f"{ALLOW}{SUPPORTED}Accept: application/sdp\r\n"
                agent.refuse(request, flow, 503 if agent.draining else 200, "", _RETRY if agent.draining else extra)
            case "REGISTER" if agent.registrar is not None:
                user = identity or parse_uri(request.to.uri).user
                contacts = agent.registrar.register(user, request, flow, now)
                OtherServer(agent.transactions, key, request, flow, now).respond(
                    200, "", agent.tokens.draw(), now, contacts
                )
            case "REGISTER":
                agent.refuse(request, flow, 405, "", ALLOW)
            case _:
                agent.refuse(request, flow, 481)

    def _invited(self, request: Request, key: object, flow: Flow, called: str, identity: str, now: float) -> None:
        agent = self._agent
        limits = agent.limits
        if agent.callers.get((request.call_id, request.from_tag)) == request.cseq[0]:
            raise SipError("the same request came another way", 482)  # RFC 3261 8.2.2.2
        if request.max_forwards == 0:
            raise SipError("no hop is left", 483)
        if refresh.too_brief(request):
            agent.refuse(request, flow, 422, "", f"Min-SE: {refresh.MIN_SE}\r\n")
            return
        if agent.on_call is None or agent.draining:
            raise SipError("no calls are taken", 503)
        if len(agent.sessions) >= limits.sessions or agent.transactions.proceeding >= limits.half_open:
            raise SipError("too many calls", 503)
        remote = identity or parse_uri(request.from_.uri).user
        flow = agent.reply_flow(request, flow)
        server = InviteServer(agent.transactions, key, request, flow, now)
        try:
            call = IncomingCall(agent, request, server, called, remote)
        except SipError as error:
            server.respond(error.status, error.what, agent.tokens.draw(), now)
            return
        try:
            agent.on_call(call)
        except Exception:
            call.reject(500)
            raise
