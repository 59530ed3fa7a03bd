"""Bodies: finding the SDP, the digit, the cause (RFC 3261 7.4, RFC 5621; RFC 3326; dtmf-relay)."""

import re

from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.grammar import parameters, split
from kinline.telephony.sip.message import Message


def session_description(message: Message) -> bytes | None:
    """The SDP of a message, also out of a multipart body; None without one. Raises `SipError` 415 for a body that
    must be understood and cannot be."""
    body = message.body
    if not body:
        return None
    kind = message.get("content-type")
    if kind == "application/sdp" or kind is None:  # without a type it can only be what SIP carries by default
        return body
    media, _, tail = kind.partition(";")
    media = media.strip().lower()
    encoding = message.get("content-encoding")
    if encoding is not None and encoding.lower() != "identity":
        raise SipError(f"content encoding {encoding[:30]!r} is not supported", 415)
    if media == "application/sdp":
        return body
    if media.startswith("multipart/"):
        return _part(body, parameters(tail).get("boundary", ""))
    disposition = (message.get("content-disposition") or "").lower()
    if "handling=optional" in disposition.replace(" ", ""):
        return None
    raise SipError(f"content type {media[:40]!r} is not supported", 415)


def _part(body: bytes, boundary: str) -> bytes | None:
    if not boundary:
        raise SipError("a multipart body without a boundary")
    for part in body.split(b"--" + boundary.encode("utf-8", "surrogateescape"))[1:]:
        head, _, content = part.partition(b"\r\n\r\n")
        if b"application/sdp" in head.lower():
            return content[:-2] if content.endswith(b"\r\n") else content
    return None


_SIGNAL = re.compile(rb"signal\s*=\s*([0-9A-D*#])", re.IGNORECASE)


def digit(message: Message) -> str | None:
    """The key that an INFO tells of, None when it is about something else."""
    kind = (message.get("content-type") or "").partition(";")[0].strip().lower()
    if kind == "application/dtmf-relay":
        found = _SIGNAL.search(message.body)
        return found.group(1).decode().upper() if found else None
    if kind == "application/dtmf":
        key = message.body.strip().decode("ascii", "replace").upper()
        key = {"10": "*", "11": "#"}.get(key, key)
        return key if len(key) == 1 and key in "0123456789*#ABCD" else None
    return None


def cause(message: Message) -> int | None:
    """The Q.850 cause of a Reason header (RFC 3326)."""
    for value in message.all("reason"):
        for reason in split(value):
            protocol, _, tail = reason.partition(";")
            if protocol.strip().lower() == "q.850":
                code = parameters(tail).get("cause", "")
                return int(code) if code.isascii() and code.isdigit() and len(code) < 4 else None
    return None
