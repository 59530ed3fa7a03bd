"""A registration of ours at somebody's registrar, kept fresh (RFC 3261 10.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kinline.telephony.sip.auth import answer_to
from kinline.telephony.sip.draft import Draft
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.flow import Flow
from kinline.telephony.sip.framing import PING
from kinline.telephony.sip.message import Response
from kinline.telephony.sip.target import Target
from kinline.telephony.sip.timers import Timer
from kinline.telephony.sip.uri import addresses, parse_uri

if TYPE_CHECKING:
    from kinline.telephony.sip.useragent import UserAgent

_RETRY = 5.0
_PING_EVERY = 30.0


class Registration:
    """Says REGISTER, answers challenges, says it again in time. `told(status)` hears every verdict: 200, or why not."""

    def __init__(
        self, agent: UserAgent, target: Target, user: str, expires: int, told: Callable[[int], None]
    ) -> None:  # fmt: skip
        self.registered = False
        self.user = user
        self._agent = agent
        self._call_id = agent.tokens.draw(32)
        self._closed = False
        self._cseq = 0
        self._expires = expires
        self._flow: Flow | None = None
        self._ping: Timer | None = None
        self._tag = agent.tokens.draw()
        self._target = target
        self._timer: Timer | None = None
        self._told = told
        self._say(agent.clock())

    def withdraw(self, told: Callable[[int], None]) -> None:
        """Take the binding back; nothing is refreshed any more."""
        self.stop()
        self._told = told
        self._expires = 0
        self._say(self._agent.clock())

    def stop(self) -> None:
        """Refresh no more, and say nothing."""
        self._closed = True
        self._agent.timers.cancel(self._timer)
        self._agent.timers.cancel(self._ping)

    def _say(self, now: float, line: str = "", *, challenged: bool = False) -> None:
        agent, target = self._agent, self._target
        flow = self._flow
        if flow is None or not flow.open:
            flow = self._flow = agent.connect(target.transport, target.host, target.port)
        host = target.host if target.port == 5060 else f"{target.host}:{target.port}"
        own = f"<sip:{self.user}@{host}>"
        self._cseq += 1
        contact = agent.contact_of(target.transport).replace("<sip:", f"<sip:{self.user}@")
        draft = Draft(
            "REGISTER", f"sip:{host}", from_=f"{own};tag={self._tag}", to=own, call_id=self._call_id, cseq=self._cseq,
            extra=f"{contact}Expires: {self._expires}\r\n{line}",
        )  # fmt: skip

        def answered(response: Response, at: float) -> None:
            self._answered(response, draft, at, challenged=challenged)

        agent.send(draft, flow, answered, now)

    def _answered(self, response: Response, draft: Draft, now: float, *, challenged: bool) -> None:
        status = response.status
        if status < 200:
            return
        if not challenged or "stale=true" in (response.get("www-authenticate") or "").lower():
            line = answer_to(response, self._target.credentials, "REGISTER", draft.uri, self._agent.tokens.draw())
            if line:
                self._say(now, line, challenged=True)
                return
        if status == 423 and not self._closed:
            try:
                self._expires = max(self._expires + 1, min(response.seconds("min-expires") or 3600, 86_400))
            except SipError:
                self._expires = 3600
            if not challenged or self._expires <= 86_400:
                self._say(now)
                return
        self.registered = 200 <= status < 300 and not self._closed
        if not self._closed:
            wait = max(self._granted(response) * 0.85, 1.0) if self.registered else _RETRY
            self._agent.timers.cancel(self._timer)
            self._timer = self._agent.timers.set(now + wait, self._say)
            if self._ping is None and self._target.transport != "udp":
                self._ping = self._agent.timers.set(now + _PING_EVERY, self._keep_open)
        self._told(status)

    def _granted(self, response: Response) -> float:
        """Seconds that the registrar gave our binding."""
        try:
            for contact in addresses(response.all("contact")):
                if parse_uri(contact.uri).user == self.user and contact.parameters.get("expires", "").isdigit():
                    return float(contact.parameters["expires"])
            return float(response.seconds("expires") or self._expires)
        except SipError:
            return float(self._expires)

    def _keep_open(self, now: float) -> None:
        """RFC 5626 3.5.1."""
        if self._flow is not None and self._flow.open and not self._closed:
            self._flow.send(PING)
        self._ping = self._agent.timers.set(now + _PING_EVERY, self._keep_open)
