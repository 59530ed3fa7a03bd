"""Session timers (RFC 4028): who refreshes a session, how often, and when it counts as dead."""

from dataclasses import dataclass

from kinline.telephony.sip.message import Message, Request, Response

MIN_SE = 90
"""Seconds; the least interval that the RFC allows and that we accept."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What was agreed. `ours`: we send the refreshes."""

    seconds: int
    ours: bool

    def due(self) -> float:
        """Seconds until we act: refresh at half time, or give a silent peer up shortly before the end (10)."""
        return self.seconds / 2 if self.ours else self.seconds - min(32.0, self.seconds / 3)


def _refresher(message: Message) -> str:
    value = message.get("session-expires") or ""
    return value.lower().partition("refresher=")[2].partition(";")[0].strip()


def too_brief(request: Request) -> bool:
    """Must this be answered with 422?"""
    seconds = request.seconds("session-expires")
    return seconds is not None and seconds < MIN_SE and request.lists("supported", "timer")


def as_server(request: Request) -> tuple[Interval | None, str]:
    """The interval, and the lines that our 2xx says it with; none when the peer did not ask."""
    if "session-expires" not in request.headers:
        return None, ""
    seconds = max(request.seconds("session-expires") or MIN_SE, MIN_SE)
    peer_can = request.lists("supported", "timer")
    asked = _refresher(request)
    ours = asked == "uas" or not peer_can
    line = f"Session-Expires: {seconds};refresher={'uas' if ours else 'uac'}\r\n"
    return Interval(seconds, ours), line if ours else line + "Require: timer\r\n"


def as_client(response: Response) -> Interval | None:
    """What the 2xx to an INVITE or UPDATE of ours agreed to."""
    if "session-expires" not in response.headers:
        return None
    seconds = max(response.seconds("session-expires") or MIN_SE, MIN_SE)
    return Interval(seconds, _refresher(response) != "uas")
