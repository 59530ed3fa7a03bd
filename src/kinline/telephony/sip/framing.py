"""Messages out of a byte stream: Content-Length says where one ends (RFC 3261 18.3), CRLF CRLF is a ping (RFC 5626)."""

from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.grammar import number
from kinline.telephony.sip.message import LIMIT

PING = b"\r\n\r\n"
PONG = b"\r\n"


class Framer:
    """Collects bytes and gives out whole messages. A stream that breaks the framing cannot be mended: `SipError`."""

    __slots__ = ("_buffer", "_scanned", "_wanted")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._scanned = 0  # so that a slow sender does not make us search the same bytes again and again
        self._wanted = 0  # bytes of the message whose head is complete

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete now; a ping is given out as `PING`."""
        buffer = self._buffer
        buffer += data
        found = []
        while True:
            if not self._wanted:
                if buffer.startswith(b"\r\n"):
                    if PING.startswith(buffer) and len(buffer) < 4:
                        break  # a pong, or the first half of a ping: what comes next tells
                    ping = buffer.startswith(PING)
                    del buffer[: 4 if ping else 2]
                    self._scanned = 0
                    if ping:
                        found.append(PING)
                    continue
                end = buffer.find(b"\r\n\r\n", self._scanned)
                if end < 0:
                    self._scanned = max(0, len(buffer) - 3)
                    if len(buffer) > LIMIT:
                        raise SipError("a message without end", 513)
                    break
                self._wanted = end + 4 + _content_length(bytes(buffer[:end]))
                if self._wanted > LIMIT:
                    raise SipError(f"a message of {self._wanted} bytes", 513)
            if len(buffer) < self._wanted:
                break
            found.append(bytes(buffer[: self._wanted]))
            del buffer[: self._wanted]
            self._wanted = self._scanned = 0
        return found


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon and name.strip().lower() in (b"content-length", b"l"):
            return number(value.strip().decode("ascii", "replace"), 2**31, "Content-Length")
    return 0  # required over a stream (RFC 3261 18.3), left out by some for messages without a body
