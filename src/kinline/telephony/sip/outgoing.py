"""A call that we place: targets in their order, challenges, redirections, and one winner among forks
(the UAC of RFC 3261 13.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kinline.telephony.sip import refresh
from kinline.telephony.sip.auth import answer_to
from kinline.telephony.sip.body import session_description
from kinline.telephony.sip.dialog import Dialog
from kinline.telephony.sip.draft import ALLOW, SDP, SUPPORTED, Draft, lines
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.events import Ended, Failed, Rang, WasAnswered
from kinline.telephony.sip.grammar import quoted
from kinline.telephony.sip.invitation import Invitation
from kinline.telephony.sip.message import Response
from kinline.telephony.sip.session import Session, State
from kinline.telephony.sip.target import Credentials, Headers, Identity, Target, transport_named
from kinline.telephony.sip.uri import addresses, parse_uri

if TYPE_CHECKING:
    from kinline.telephony.sip.useragent import UserAgent

REDIRECTIONS = 5
"""Contacts of 3xx answers that one call follows, at most."""


class OutgoingCall(Session):
    """Tries its targets until one answers; then it is that target's session."""

    __slots__ = ("_caller", "_headers", "_hops", "_invitation", "_redirections", "_targets", "_verdict")

    def __init__(
        self, agent: UserAgent, targets: Sequence[Target], called: str, caller: Identity, offer: bytes | None,
        headers: Headers, hops: int,
    ) -> None:  # fmt: skip
        first = targets[0] if targets else Target("")
        super().__init__(agent, agent.tokens.draw(32), agent.tokens.draw(), called, called, (first.host, first.port))
        self.local_sdp = offer
        self._caller = caller
        self._headers = headers
        self._hops = hops
        self._targets = list(targets)
        self._redirections = 0
        self._verdict = (0, "")
        self._invitation: Invitation | None = None
        if targets:
            self._try_next(agent.clock())
        else:
            agent.timers.set(agent.clock(), self._try_next)  # so that the application can set `on_event` first

    def _try_next(self, now: float) -> None:
        if self.state is not State.EARLY:
            return
        if not self._targets:
            status, phrase = self._verdict if self._verdict[0] else (503, "Service Unavailable")
            self.ended(Failed(status, phrase), now)
            return
        target = self._targets.pop(0)
        self.source = target.host, target.port
        self.credentials = target.credentials
        self._invitation = Invitation(self, target, self._draft(target, 1), now)

    def _draft(self, target: Target, cseq: int, extra: str = "", minimum: int = 0) -> Draft:
        agent = self._agent
        host = target.host if target.port == 5060 else f"{target.host}:{target.port}"
        suffix = f";transport={target.transport}" if target.transport != "udp" else ""
        uri = target.uri or f"sip:{self.called}@{host}{suffix}"
        identity = target.identity or self._caller
        domain = identity.domain or agent.domain
        own = f"sip:{identity.user}@{domain}" if identity.user else f"sip:{domain}"
        name = f"{quoted(identity.display)} " if identity.display else ""
        from_ = f"{name}<{own}>"
        extra += agent.contact_of(target.transport) + ALLOW + (SUPPORTED if self.local_sdp else "Supported: timer\r\n")
        if agent.session_expires:
            extra += f"Session-Expires: {max(agent.session_expires, minimum)}\r\n"
            if minimum:
                extra += f"Min-SE: {minimum}\r\n"
        if identity.asserted:
            extra += f"P-Asserted-Identity: {from_}\r\n"
        if identity.private:
            from_ = '"Anonymous" <sip:anonymous@anonymous.invalid>'
            extra += "Privacy: id\r\n"
        if self._headers:
            extra += lines(self._headers)
        if target.headers:
            extra += lines(target.headers)
        return Draft(
            "INVITE", uri, from_=f"{from_};tag={self.local_tag}", to=f"<{uri}>", call_id=self.call_id, cseq=cseq,
            extra=extra + SDP if self.local_sdp else extra, body=self.local_sdp or b"", hops=self._hops,
        )  # fmt: skip

    # What an invitation tells ---------------------------------------------------------------------------------

    def rang(self, response: Response, now: float) -> None:
        try:
            sdp = session_description(response)
        except SipError:
            sdp = None
        if sdp is not None:
            self.remote_sdp = sdp
        self.tell(Rang(response.status, sdp))

    def answered(self, invitation: Invitation, dialog: Dialog, response: Response, now: float) -> None:
        """The first 2xx: from now on this dialog is the session."""
        self.state = State.TALKING
        self.dialog = dialog
        self._allows_update = response.lists("allow", "update")
        try:
            sdp = session_description(response)
        except SipError:
            sdp = None
        self.remote_sdp = sdp or self.remote_sdp
        self.watch(refresh.as_client(response), now)
        if self.local_sdp is not None:
            invitation.acknowledge(dialog, b"")
            self.tell(WasAnswered(self.remote_sdp))
            return

        def reply(answer: bytes) -> None:
            self.local_sdp = answer
            invitation.acknowledge(dialog, answer)

        if self.on_event is None:
            reply(b"")
        else:
            self.tell(WasAnswered(sdp, reply))

    def refused(self, invitation: Invitation, response: Response, now: float) -> None:
        """A final refusal, or our own verdict on a silent target: what next?"""
        if self.state is not State.EARLY:
            return
        status = response.status
        target = invitation.target
        cseq = invitation.draft.cseq + 1
        if status in (401, 407) and not invitation.answered_challenge:
            line = answer_to(response, target.credentials, "INVITE", invitation.draft.uri, self._agent.tokens.draw())
            if line:
                self._invitation = Invitation(self, target, self._draft(target, cseq, line), now, challenged=True)
                return
        if status == 422 and not invitation.answered_challenge:
            try:
                minimum = min(response.seconds("min-se") or refresh.MIN_SE, 86_400)
            except SipError:
                minimum = refresh.MIN_SE
            again = self._draft(target, cseq, minimum=minimum)
            self._invitation = Invitation(self, target, again, now, challenged=True)
            return
        if 300 <= status < 400:
            self._follow(target, response)
        if not response.is_local or not self._verdict[0]:
            self._verdict = status, response.phrase
        if 300 <= status < 400 or status == 408 or 500 <= status < 600:
            self._try_next(now)
        else:
            self.ended(Failed(status, response.phrase), now)

    def _follow(self, target: Target, response: Response) -> None:
        """Put the contacts of a 3xx before the other targets, the most wanted first (RFC 3261 8.1.3.4)."""
        wanted: list[tuple[float, Target]] = []
        try:
            for contact in addresses(response.all("contact")):
                if self._redirections >= REDIRECTIONS:
                    break
                uri = parse_uri(contact.uri)
                credentials: Credentials | None = target.credentials if uri.host == target.host.lower() else None
                transport = transport_named(uri.transport)
                if transport is None:
                    continue
                self._redirections += 1
                preference = float(contact.parameters.get("q") or 1.0)
                wanted.append(
                    (preference, Target(
                        uri.host, uri.hop_port, transport, contact.uri, credentials, target.identity,
                        target.headers, target.patience,
                    ))
                )  # fmt: skip
        except (SipError, ValueError):
            pass
        wanted.sort(key=lambda pair: pair[0])
        self._targets[:0] = [next_one for _, next_one in reversed(wanted)]

    # Session ---------------------------------------------------------------------------------------------------

    def dialog_with(self, remote_tag: str) -> Dialog | None:
        if self.dialog is None and self._invitation is not None:
            return self._invitation.dialogs.get(remote_tag)
        return super().dialog_with(remote_tag)

    def glare_wait(self) -> float:
        return 2.1 + 1.9 * self._agent.tokens.fraction()

    def released(self) -> None:
        self._invitation = None

    def _abandon(self, now: float) -> None:
        invitation = self._invitation
        self._quiet()
        self._agent.forget(self)
        if invitation is not None:
            invitation.abandon(now)

    def ended(self, event: Ended | Failed, now: float) -> None:
        if self.state is State.EARLY and self._invitation is not None:
            self._invitation.abandon(now)
        super().ended(event, now)
