"""Requests and responses on their way out: text put together once, in the order of the wire."""

from collections.abc import Sequence

from kinline.telephony.sip.flow import Endpoints
from kinline.telephony.sip.grammar import parameters
from kinline.telephony.sip.message import Request

PHRASES = {
    100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress",
    200: "OK", 202: "Accepted", 300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone",
    413: "Request Entity Too Large", 414: "Request-URI Too Long", 415: "Unsupported Media Type",
    416: "Unsupported URI Scheme", 420: "Bad Extension", 421: "Extension Required", 422: "Session Interval Too Small",
    423: "Interval Too Brief", 480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist",
    482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete", 486: "Busy Here", 487: "Request Terminated",
    488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error", 501: "Not Implemented",
    503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large",
    600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
}  # fmt: skip
METHODS = ("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "PRACK", "UPDATE", "INFO")
ALLOW = f"Allow: {', '.join(METHODS)}\r\n"
SUPPORTED = "Supported: 100rel, timer\r\n"


def lines(headers: Sequence[tuple[str, str]]) -> str:
    """Header lines as text; a line break inside a value would forge a header and becomes a space."""
    if not headers:
        return ""
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in headers)


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ") if "\r" in value or "\n" in value else value


class Draft:
    """A request of ours, complete but for its Via. `extra` is text of whole header lines."""

    __slots__ = ("body", "call_id", "cseq", "extra", "from_", "hops", "method", "routes", "to", "uri")

    def __init__(
        self, method: str, uri: str, *, from_: str, to: str, call_id: str, cseq: int,
        routes: str = "", extra: str = "", body: bytes = b"", hops: int = 70,
    ) -> None:  # fmt: skip
        self.method = method
        self.uri = uri
        self.from_ = from_
        self.to = to
        self.call_id = call_id
        self.cseq = cseq
        self.routes = routes
        self.extra = extra
        self.body = body
        self.hops = hops

    def encode(self, via: str) -> bytes:
        head = (
            f"{self.method} {self.uri} SIP/2.0\r\nVia: {via}\r\nMax-Forwards: {self.hops}\r\n{self.routes}"
            f"From: {self.from_}\r\nTo: {self.to}\r\nCall-ID: {self.call_id}\r\nCSeq: {self.cseq} {self.method}\r\n"
            f"{self.extra}Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode("utf-8", "surrogateescape") + self.body

    def sibling(self, method: str, to: str) -> "Draft":
        """The CANCEL of this INVITE, or the ACK of its refusal (RFC 3261 9.1, 17.1.1.3)."""
        return Draft(
            method, self.uri, from_=self.from_, to=to, call_id=self.call_id, cseq=self.cseq, routes=self.routes
        )


SDP = "Content-Type: application/sdp\r\n"


class Reply:
    """The answers to one request share all but status, To tag and a few lines."""

    __slots__ = ("_head", "_tail", "_to", "_to_tagged")

    def __init__(self, request: Request, source: Endpoints) -> None:
        headers = request.headers
        vias = headers["via"]
        top = (
            returned_via(vias[0], source)
            if len(vias) == 1
            else "\r\nVia: ".join([returned_via(vias[0], source), *vias[1:]])
        )
        self._head = f"\r\nVia: {top}\r\nFrom: {headers['from'][0]}\r\nTo: {headers['to'][0]}"
        self._to_tagged = ";tag=" in headers["to"][0].lower()
        self._tail = f"\r\nCall-ID: {headers['call-id'][0]}\r\nCSeq: {headers['cseq'][0]}\r\n"

    def encode(self, status: int, phrase: str, tag: str, extra: str = "", body: bytes = b"") -> bytes:
        to = f"{self._head};tag={tag}" if tag and not self._to_tagged else self._head
        phrase = _one_line(phrase) or PHRASES.get(status, "Unknown")
        head = f"SIP/2.0 {status} {phrase}{to}{self._tail}{extra}Content-Length: {len(body)}\r\n\r\n"
        return head.encode("utf-8", "surrogateescape") + body


def returned_via(top: str, source: Endpoints) -> str:
    """The topmost Via with where it really came from (RFC 3261 18.2.1, RFC 3581 4)."""
    host, port = source
    low = top.lower()
    at = low.find(";rport")
    if at >= 0 and low[at + 6 : at + 7] in ("", ";", " "):
        return f"{top[: at + 6]}={port};received={host}{top[at + 6 :]}"
    sent_by = top.partition(";")[0].split()[-1]
    if sent_by == host or sent_by.startswith((host + ":", f"[{host}]")):
        return top
    return f"{top};received={host}" if "received" not in parameters(top.partition(";")[2]) else top
