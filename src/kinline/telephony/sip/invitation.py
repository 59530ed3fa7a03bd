"""One INVITE of ours to one target: its early dialogs, its forks, its CANCEL (RFC 3261 9.1, 12.1.2, 13.2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinline.telephony.sip.dialog import Dialog
from kinline.telephony.sip.draft import SDP, Draft
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.flow import Flow
from kinline.telephony.sip.message import Response
from kinline.telephony.sip.target import Target
from kinline.telephony.sip.timers import Timer
from kinline.telephony.sip.transaction import Client

if TYPE_CHECKING:
    from kinline.telephony.sip.outgoing import OutgoingCall


class Invitation:
    """Lives as long as its transaction, also when the call went on without it: whoever answers late is thanked
    with ACK and BYE."""

    __slots__ = ("_acks", "_call", "_client", "_flow", "_over", "_patience", "_rseq", "_won", "answered_challenge",
                 "dialogs", "draft", "target")  # fmt: skip

    def __init__(self, call: OutgoingCall, target: Target, draft: Draft, now: float, *, challenged: bool = False):
        agent = call._agent
        self.answered_challenge = challenged
        self.dialogs: dict[str, Dialog] = {}
        self.draft = draft
        self.target = target
        self._acks: dict[str, tuple[bytes, Flow]] = {}
        self._call = call
        self._over = False  # the call no longer wants this target
        self._rseq: dict[str, int] = {}
        self._won: Dialog | None = None
        if target.flow is not None and target.flow.open:
            self._flow = target.flow
        else:
            self._flow = agent.connect(target.transport, target.host, target.port)
        self._patience: Timer | None = agent.timers.set(now + target.patience, self._impatient)
        self._client: Client = agent.send(draft, self._flow, self._told, now)

    def abandon(self, now: float) -> None:
        self._over = True
        self._call._agent.timers.cancel(self._patience)
        self._client.cancel(now)

    def acknowledge(self, dialog: Dialog, answer: bytes) -> None:
        """Send the ACK of a 2xx and keep it: it is repeated as often as the 2xx is (RFC 3261 13.2.2.4)."""
        agent = self._call._agent
        draft = dialog.draft("ACK", SDP if answer else "", answer, cseq=self.draft.cseq)
        flow = agent.path(dialog)
        data = agent.encode(draft, flow)
        self._acks[dialog.remote_tag] = data, flow
        flow.send(data)

    def _impatient(self, now: float) -> None:
        self.abandon(now)
        self._call.refused(self, Response.local(408, "Request Timeout"), now)

    def _told(self, response: Response, now: float) -> None:
        self._call._agent.timers.cancel(self._patience)
        status = response.status
        if 100 < status < 300:
            try:
                dialog = self._dialog(response)
            except SipError:
                return
            if status < 200:
                self._provisional(response, dialog, now)
            else:
                self._success(response, dialog, now)
        elif status >= 300 and not self._over:
            self._over = True
            self._call.refused(self, response, now)

    def _dialog(self, response: Response) -> Dialog | None:
        """Each To tag is a dialog of its own; a provisional answer without one makes none."""
        tag = response.to_tag
        if not tag and response.status < 200:
            return None
        dialog = self.dialogs.get(tag)
        if dialog is None:
            if len(self.dialogs) >= 16:
                raise SipError("too many forks")
            dialog = self.dialogs[tag] = Dialog.as_client(
                self.draft, response, self._flow, behind_nat=self.target.flow is not None
            )
        elif response.status >= 200 and tag not in self._acks:
            dialog.route_again(response)
            dialog.move(response.contact)
        return dialog

    def _provisional(self, response: Response, dialog: Dialog | None, now: float) -> None:
        if dialog is not None and response.lists("require", "100rel") and not self._fresh(response, dialog, now):
            return
        if not self._over and self._won is None:
            self._call.rang(response, now)

    def _fresh(self, response: Response, dialog: Dialog, now: float) -> bool:
        """PRACK a reliable provisional answer; False when it is a repetition or out of order (RFC 3262 4)."""
        rseq = response.seconds("rseq")
        last = self._rseq.get(dialog.remote_tag)
        if rseq is None or (last is not None and rseq != last + 1):
            return False
        self._rseq[dialog.remote_tag] = rseq
        agent = self._call._agent
        prack = dialog.draft("PRACK", f"RAck: {rseq} {self.draft.cseq} INVITE\r\n")
        agent.send(prack, agent.path(dialog), lambda *_: None, now)
        return True

    def _success(self, response: Response, dialog: Dialog | None, now: float) -> None:
        if dialog is None:  # cannot be: a 2xx always makes one
            return
        known = self._acks.get(dialog.remote_tag)
        if known is not None:
            data, flow = known
            flow.send(data)
        elif dialog is self._won:
            pass  # the ACK waits for the application's answer to a late offer
        elif self._over or self._won is not None:
            self.acknowledge(dialog, b"")
            agent = self._call._agent
            agent.send(dialog.draft("BYE"), agent.path(dialog), lambda *_: None, now)
        else:
            self._won = dialog
            self._over = True
            self._call.answered(self, dialog, response, now)
