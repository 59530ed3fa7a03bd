"""SIP messages: read lazily, written as text. Hundreds of calls a second pass here, so that a header line costs a
dictionary entry and its value is understood only when somebody asks (RFC 3261 7)."""

from functools import lru_cache

from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.grammar import is_token, number, parameters, split
from kinline.telephony.sip.uri import Address, addresses, parse_address, split_host_port

LIMIT = 65_536
"""Bytes of a message, at most."""
HEADERS_LIMIT = 256
"""Header lines of a message, at most: more is an attack."""

_COMPACT = {
    "i": "call-id", "m": "contact", "e": "content-encoding", "l": "content-length", "c": "content-type", "f": "from",
    "s": "subject", "k": "supported", "t": "to", "v": "via", "x": "session-expires", "r": "refer-to", "o": "event",
    "u": "allow-events", "a": "accept-contact", "j": "reject-contact", "d": "request-disposition",
}  # fmt: skip
_SPELLINGS = {
    name: name.lower()
    for name in (
        "Via", "From", "To", "Call-ID", "Call-Id", "CSeq", "Contact", "Max-Forwards", "Content-Length", "Content-Type",
        "Allow", "Supported", "Require", "User-Agent", "Server", "Record-Route", "Route", "Authorization", "Expires",
        "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate", "Subject", "Session-Expires", "Min-SE",
        "P-Asserted-Identity", "Accept", "Date", "Reason", "RSeq", "RAck",
    )
}  # fmt: skip
_SPELLINGS |= {compact: name for short, name in _COMPACT.items() for compact in (short, short.upper())}
_spelling = _SPELLINGS.get


class Via:
    """The topmost Via: where a response goes (RFC 3261 20.42, RFC 3581)."""

    __slots__ = ("host", "parameters", "port", "transport")

    def __init__(self, transport: str, host: str, port: int, parameters: dict[str, str]) -> None:
        self.transport = transport
        self.host = host
        self.port = port
        self.parameters = parameters

    @property
    def branch(self) -> str:
        return self.parameters.get("branch", "")


def parse_via(text: str) -> Via:
    sent, _, tail = text.partition(";")
    if tail and (";;" in tail or tail[0] == ";"):
        raise SipError(f"an empty parameter in Via: {text[:60]!r}")
    transport, host, port = _sent(sent) if len(sent) < 100 else _read_sent(sent)
    return Via(transport, host, port, parameters(tail) if tail else {})


def _read_sent(sent_protocol: str) -> tuple[str, str, int]:
    """`SIP/2.0/UDP host:port`, what a peer writes in each of its messages."""
    words = sent_protocol.split(None, 1)
    if len(words) == 2 and words[0].count("/") == 2 and words[1][:1] != "/":
        name, version, transport = words[0].split("/")
        sent_by = words[1]
    else:  # white space is allowed around the slashes
        pieces = [piece.strip() for piece in sent_protocol.split("/", 2)]
        if len(pieces) != 3 or len(last := pieces[2].split(None, 1)) != 2:
            raise SipError(f"a Via that is not one: {sent_protocol[:60]!r}")
        name, version = pieces[:2]
        transport, sent_by = last
    if name.upper() != "SIP" or not is_token(transport):
        raise SipError(f"a Via that is not one: {sent_protocol[:60]!r}")
    if version != "2.0":
        raise SipError(f"Via of another protocol version: {version[:20]!r}")
    host, port = split_host_port(sent_by)
    return transport.upper(), host, port


_sent = lru_cache(maxsize=1024)(_read_sent)


class Message:
    """What requests and responses share. Header names are asked for in lower case and in their long form."""

    __slots__ = ("_cseq", "_from", "_to", "_via", "body", "headers")

    def __init__(self, headers: dict[str, list[str]], body: bytes) -> None:
        self.headers = headers
        self.body = body
        self._via: Via | None = None
        self._cseq: tuple[int, str] | None = None
        self._from: Address | None = None
        self._to: Address | None = None

    def get(self, name: str) -> str | None:
        """The value of the first line with this name."""
        values = self.headers.get(name)
        return values[0] if values else None

    def all(self, name: str) -> list[str]:
        """The value of each line with this name, unsplit."""
        return self.headers.get(name, [])

    def listed(self, name: str) -> list[str]:
        """The elements of a comma-separated header over all its lines."""
        return [piece for value in self.headers.get(name, ()) for piece in split(value)]

    def lists(self, name: str, token: str) -> bool:
        """Does a list of tokens (Supported, Require, Allow) hold this one? Case does not count."""
        values = self.headers.get(name)
        if not values:
            return False
        return any(token == piece.strip().lower() for value in values for piece in value.split(","))

    @property
    def via(self) -> Via:
        if self._via is None:
            values = self.headers.get("via")
            if not values:
                raise SipError("no Via")
            top = values[0]
            if "," in top:
                top, *others = split(top)
                values[:1] = [top, *others]
            self._via = parse_via(top)
        return self._via

    @property
    def branch(self) -> str:
        """The branch of the topmost Via, without reading the rest of it: what finds the transaction of a response."""
        value = (self.headers.get("via") or ("",))[0]
        at = value.find(";branch=")
        if at < 0 or "," in value:
            return self.via.branch
        end = value.find(";", at + 8)
        return value[at + 8 :] if end < 0 else value[at + 8 : end]

    @property
    def cseq(self) -> tuple[int, str]:
        """Number (below 2**31) and method."""
        if self._cseq is None:
            digits, _, method = self.single("cseq").partition(" ")
            self._cseq = number(digits, 2**31, "CSeq"), method.strip()
        return self._cseq

    @property
    def call_id(self) -> str:
        return self.single("call-id")

    @property
    def from_(self) -> Address:
        found = self._from
        if found is None:
            found = self._from = parse_address(self.single("from"))
        return found

    @property
    def to(self) -> Address:
        found = self._to
        if found is None:
            found = self._to = parse_address(self.single("to"))
        return found

    @property
    def from_tag(self) -> str:
        return self.from_.parameters.get("tag", "")

    @property
    def to_tag(self) -> str:
        return self.to.parameters.get("tag", "")

    @property
    def contact(self) -> str | None:
        """The URI of the first Contact; None without one."""
        value = self.get("contact")
        if value is None or value == "*":
            return None
        if "," not in value:
            return parse_address(value).uri
        return addresses([value])[0].uri

    def single(self, name: str) -> str:
        """The value of a header that must occur exactly once."""
        values = self.headers.get(name)
        if not values:
            raise SipError(f"no {name} header")
        if len(values) > 1:
            raise SipError(f"{len(values)} {name} headers where one is allowed")
        return values[0]

    def seconds(self, name: str) -> int | None:
        """A header that holds a number of seconds (Expires, Min-SE), parameters cut off; None without one."""
        value = self.get(name)
        return None if value is None else number(value.partition(";")[0].strip(), 2**32, name)


class Request(Message):
    __slots__ = ("method", "uri")

    def __init__(self, method: str, uri: str, headers: dict[str, list[str]], body: bytes) -> None:
        super().__init__(headers, body)
        self.method = method
        self.uri = uri

    def require(self) -> None:
        """Check what each request must have (RFC 3261 8.1.1); raises `SipError` with the answer it deserves."""
        number_and_method = self.cseq
        if number_and_method[1] != self.method:
            raise SipError(f"CSeq names {number_and_method[1][:30]!r}, the request is {self.method[:30]!r}")
        if not self.from_.uri or not self.to.uri or not self.call_id or not self.via:
            raise SipError("From, To or Call-ID is empty")

    @property
    def max_forwards(self) -> int:
        value = self.get("max-forwards")
        return 70 if value is None else number(value, 256, "Max-Forwards")


class Response(Message):
    __slots__ = ("phrase", "status")

    def __init__(self, status: int, phrase: str, headers: dict[str, list[str]], body: bytes) -> None:
        super().__init__(headers, body)
        self.status = status
        self.phrase = phrase

    @classmethod
    def local(cls, status: int, phrase: str) -> "Response":
        """A verdict of our own (timeout 408, no connection 503) in the place of an answer (RFC 3261 8.1.3.1)."""
        return cls(status, phrase, {}, b"")

    @property
    def is_local(self) -> bool:
        return not self.headers


class Malformed(SipError):
    """A message that breaks the grammar; `partial` is what could be read of a request, for the 400 to it."""

    def __init__(self, what: str, status: int = 400, partial: Request | None = None) -> None:
        super().__init__(what, status)
        self.partial = partial


def parse(data: bytes) -> Request | Response:
    """Read one message: a datagram, or what the framing cut from a stream. Raises `Malformed`."""
    if len(data) > LIMIT:
        raise Malformed(f"a message of {len(data)} bytes", 513)
    if data[:2] == b"\r\n":  # RFC 3261 7.5
        data = data.lstrip(b"\r\n")
    head, _, body = data.partition(b"\r\n\r\n")
    text = head.decode("utf-8", "surrogateescape")
    if "\r\n " in text or "\r\n\t" in text:
        text = _unfolded(text)
    start, *lines = text.split("\r\n", HEADERS_LIMIT + 1)
    headers: dict[str, list[str]] = {}
    broken = ""
    for line in lines:
        name, colon, value = line.partition(":")
        key = _spelling(name) or (_canonical(name) if colon else "")
        if key in headers:
            headers[key].append(value.strip())
        elif key:
            headers[key] = [value.strip()]
        else:
            broken = broken or f"a line that is no header: {line[:60]!r}"
    message = _started(start, headers)
    if broken or len(lines) > HEADERS_LIMIT:
        raise Malformed(broken or f"{text.count(chr(10))} header lines", 400, _request(message))
    if body:
        message.body = body
    length = headers.get("content-length")
    if length is not None and (len(length) > 1 or length[0] != str(len(body))):
        try:
            expected = number(message.single("content-length"), LIMIT, "Content-Length")
        except SipError as error:
            raise Malformed(error.what, 400, _request(message)) from None
        if expected != len(body):
            if expected > len(body):
                raise Malformed(f"{len(body)} bytes of body, {expected} announced", 400, _request(message))
            message.body = body[:expected]
    return message


def _started(start: str, headers: dict[str, list[str]]) -> Request | Response:
    if start.startswith("SIP/2.0 "):
        code = start[8:11]
        if not (code.isascii() and code.isdigit()) or not 100 <= int(code) <= 699 or start[11:12] not in ("", " "):
            raise Malformed(f"a status line that is not one: {start[:60]!r}")
        return Response(int(code), start[12:], headers, b"")
    words = start.rstrip(" ").split(" ")
    if len(words) != 3:
        method = words[0] if is_token(words[0]) and words[-1].upper() == "SIP/2.0" else ""
        partial = Request(method, "", headers, b"") if method else None
        raise Malformed(f"a request line that is not one: {start[:60]!r}", 400, partial)
    method, uri, version = words
    request = Request(method, uri, headers, b"")
    if version.upper() != "SIP/2.0":
        if not version.upper().startswith("SIP/"):
            raise Malformed(f"not SIP: {start[:60]!r}")
        raise Malformed(f"protocol version {version[:20]!r}", 505, request)
    if not is_token(method) or not uri:
        raise Malformed(f"a request line that is not one: {start[:60]!r}", 400, request)
    return request


def _request(message: Request | Response) -> Request | None:
    return message if isinstance(message, Request) else None


def _canonical(name: str) -> str:
    """The lower-case long form of a header name; "" when it is no token."""
    name = name.rstrip(" \t").lower()
    if not is_token(name):
        return ""
    return _COMPACT.get(name, name)


def _unfolded(text: str) -> str:
    """Continuation lines joined to the line they continue (RFC 3261 7.3.1)."""
    lines: list[str] = []
    for line in text.split("\r\n"):
        if line[:1] in (" ", "\t") and len(lines) > 1:
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return "\r\n".join(lines)
