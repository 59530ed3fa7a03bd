"""An offer or a refresh of ours inside a session: re-INVITE (RFC 3261 14.1) or UPDATE (RFC 3311, RFC 4028)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinline.telephony.sip import refresh
from kinline.telephony.sip.body import session_description
from kinline.telephony.sip.dialog import Dialog
from kinline.telephony.sip.draft import ALLOW, SDP, SUPPORTED
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.events import Event, Renegotiated, RenegotiationFailed
from kinline.telephony.sip.message import Response
from kinline.telephony.sip.timers import Timer

if TYPE_CHECKING:
    from kinline.telephony.sip.session import Session


class Reinvite:
    """One at a time for each session. Glare (491) is tried again after a random while (RFC 3261 14.1)."""

    __slots__ = ("_ack", "_dialog", "_method", "_refreshing", "_sdp", "_session", "_timer", "is_open")

    def __init__(
        self,
        session: Session,
        dialog: Dialog,
        sdp: bytes | None,
        *,
        refreshing: bool = False,
        update: bool = False,
    ) -> None:
        self._session = session
        self._dialog = dialog
        self._sdp = None if update else sdp
        self._method = "UPDATE" if update else "INVITE"
        self._refreshing = refreshing
        self._timer: Timer | None = None
        self._ack = b""
        self.is_open = False  # sent, and no final answer yet

    def stop(self) -> None:
        self._session._agent.timers.cancel(self._timer)

    def start(self, now: float) -> None:
        """Send it, or wait while the peer's own offer is in progress."""
        session, agent = self._session, self._session._agent
        if session.is_offered:
            self._timer = agent.timers.set(now + session.glare_wait(), self.start)
            return
        self.is_open = True
        extra = agent.contact(self._dialog.flow) + ALLOW + SUPPORTED
        if agent.session_expires:
            extra += f"Session-Expires: {agent.session_expires}\r\n"
        if self._sdp is not None:
            extra += SDP
        session.send(self._method, extra, self._sdp or b"", self._told, now)

    def _told(self, response: Response, now: float) -> None:
        status = response.status
        if status < 200:
            return
        self.is_open = False
        if status < 300:
            self._agreed(response, now)
            return
        session = self._session
        if session._reinvite is not self:
            return
        if status == 491:
            agent = session._agent
            self._timer = agent.timers.set(now + session.glare_wait(), self.start)
            return
        session._reinvite = None
        if status in (408, 481):  # the dialog is dead (RFC 5057)
            session.lost(now)
        elif self._refreshing:
            session.watch(refresh.Interval(2 * refresh.MIN_SE, ours=True), now)
        else:
            session.tell(RenegotiationFailed(status))

    def _agreed(self, response: Response, now: float) -> None:
        session = self._session
        agent, dialog = session._agent, self._dialog
        if self._method == "INVITE":
            flow = agent.path(dialog)
            if not self._ack:
                dialog.move(response.contact)
                flow = agent.path(dialog)
                self._ack = agent.encode(dialog.draft("ACK", cseq=response.cseq[0]), flow)
            flow.send(self._ack)
        if session._reinvite is not self:
            return  # the 2xx again, or the session ended meanwhile
        session._reinvite = None
        session.watch(refresh.as_client(response), now)
        try:
            sdp = session_description(response)
        except SipError:
            sdp = None
        if sdp is not None:
            session.remote_sdp = sdp
        session.local_sdp = self._sdp or session.local_sdp
        if not self._refreshing:
            event: Event = Renegotiated(sdp)
            session.tell(event)
