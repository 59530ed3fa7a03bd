"""A 2xx to an INVITE on its way: repeated until the ACK comes, over every transport (RFC 3261 13.3.1.4)."""

from collections.abc import Callable

from kinline.telephony.sip.flow import Flow
from kinline.telephony.sip.timers import Timer, Timers
from kinline.telephony.sip.transaction import T1, T2, TIMEOUT


class Confirmation:
    """Waits for one ACK. `offered`: our 2xx carried the offer, so that the ACK brings the answer."""

    __slots__ = ("_data", "_deadline", "_flow", "_interval", "_lost", "_timer", "_timers", "cseq", "offered")

    def __init__(
        self, timers: Timers, data: bytes, flow: Flow, cseq: int, now: float, *, offered: bool,
        lost: Callable[[float], None],
    ) -> None:  # fmt: skip
        self.cseq = cseq
        self.offered = offered
        self._timers = timers
        self._data = data
        self._flow = flow
        self._lost = lost
        self._interval = T1
        self._deadline = now + TIMEOUT
        self._timer: Timer = timers.set(now + T1, self._repeat)

    def stop(self) -> None:
        self._timers.cancel(self._timer)

    def _repeat(self, now: float) -> None:
        if now >= self._deadline:
            self._lost(now)
            return
        self._flow.send(self._data)
        self._interval = min(self._interval * 2, T2)
        self._timer = self._timers.set(min(now + self._interval, self._deadline), self._repeat)
