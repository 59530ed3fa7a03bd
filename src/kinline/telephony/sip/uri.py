"""SIP URIs and the name-addr that carries them (RFC 3261 19.1, 20.10)."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote, unquote

from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.grammar import number, parameters, quoted, split, unquoted

_REMEMBERED = 160
_USER_SAFE = "-_.!~*'()&=+$,;?/"


class Uri(NamedTuple):
    """A sip: or sips: URI. `host` is lower case, IPv6 in brackets; `port` 0 means that none was written."""

    scheme: str
    user: str
    host: str
    port: int = 0
    parameters: Mapping[str, str] = MappingProxyType({})
    headers: str = ""

    @property
    def transport(self) -> str:
        """`udp`, `tcp` or `tls`: sips asks for TLS whatever its parameter says."""
        if self.scheme == "sips":
            return "tls"
        return self.parameters.get("transport", "udp").lower()

    @property
    def hop_port(self) -> int:
        return self.port or (5061 if self.transport == "tls" else 5060)

    def __str__(self) -> str:
        user = quote(self.user, safe=_USER_SAFE) + "@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        rest = "".join(f";{name}={value}" if value else f";{name}" for name, value in self.parameters.items())
        return f"{self.scheme}:{user}{self.host}{port}{rest}"


def parse_uri(text: str) -> Uri:
    """Raises `SipError`: 416 for a scheme that is not ours, 400 for what breaks the grammar."""
    return _uri(text) if len(text) < _REMEMBERED else _read_uri(text)


def _read_uri(text: str) -> Uri:
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not scheme.replace("+", "").replace("-", "").replace(".", "").isalnum():
        raise SipError(f"a URI without a scheme: {text[:60]!r}")
    if scheme not in ("sip", "sips"):
        raise SipError(f"URI scheme {scheme[:20]!r} is not supported", 416)
    if any(character in rest for character in ' \t<>"'):
        raise SipError(f"a URI with a character that it may not have: {text[:60]!r}")
    # A user part may contain ";" and "?", so it is cut off first.
    user, at, hostpart = rest.rpartition("@")
    hostpart, _, headers = hostpart.partition("?")
    hostport, _, tail = hostpart.partition(";")
    host, port = split_host_port(hostport)
    if at and not user:
        raise SipError("a URI with an empty user part")
    name = user.partition(":")[0]  # a password in a URI is dropped: RFC 3261 19.1.1 advises against it
    return Uri(scheme, unquote(name), host.lower(), port, parameters(tail) if tail else {}, headers)


def split_host_port(text: str) -> tuple[str, int]:
    """`host`, `host:port`, `[v6]:port`; port 0 when there is none."""
    text = text.strip()
    if text.startswith("["):
        host, bracket, rest = text.partition("]")
        host += bracket
        if not bracket or (rest and rest[0] != ":"):
            raise SipError(f"a broken IPv6 reference: {text[:60]!r}")
        port = rest[1:]
    else:
        host, _, port = text.partition(":")
        host, port = host.rstrip(), port.lstrip()
        if ":" in port:
            raise SipError(f"an IPv6 address needs brackets: {text[:60]!r}")
    if not host or not all(character.isalnum() or character in "-._[]:" for character in host):
        raise SipError(f"not a host name or address: {text[:60]!r}")
    return host, number(port, 65536, "a port") if port else 0


class Address(NamedTuple):
    """`"Display" <uri>;parameters`, the form of From, To, Contact, Route and their kin; the URI is kept as text."""

    display: str
    uri: str
    parameters: Mapping[str, str]

    def __str__(self) -> str:
        display = quoted(self.display) + " " if self.display else ""
        rest = "".join(f";{name}={value}" if value else f";{name}" for name, value in self.parameters.items())
        return f"{display}<{self.uri}>{rest}"


def parse_address(text: str) -> Address:
    """One name-addr or addr-spec. In the bare form every parameter belongs to the header (RFC 3261 20)."""
    return _address(text) if len(text) < _REMEMBERED else _read_address(text)


def _read_address(text: str) -> Address:
    text = text.strip()
    if '"' not in text:
        display, opening, rest = text.partition("<")
        if not opening:
            uri, _, tail = text.partition(";")
            uri = uri.strip()
            if "," in uri or "?" in uri:
                raise SipError(f"a URI with a comma or question mark needs angle brackets: {text[:60]!r}")
            return Address("", _with_scheme(uri), parameters(tail) if tail else {})
        uri, closing, tail = rest.partition(">")
        if not closing:
            raise SipError(f"an angle bracket is not closed: {text[:60]!r}")
        display = display.strip()
    else:
        display, uri, tail = _quoted_address(text)
    tail = tail.strip()
    if tail and tail[0] != ";":
        raise SipError(f"text after the angle bracket: {text[:60]!r}")
    return Address(display, _with_scheme(uri.strip()), parameters(tail) if tail else {})


def _quoted_address(text: str) -> tuple[str, str, str]:
    if not text.startswith('"'):  # quotes further on: in a parameter, or in the URI, where they are wrong
        display, _, rest = text.partition("<")
        if '"' in display:
            raise SipError(f"quotes inside a display name: {text[:60]!r}")
        uri, closing, tail = rest.partition(">")
        if not closing:
            raise SipError(f"an angle bracket is missing: {text[:60]!r}")
        return display.strip(), uri, tail
    at = 1
    while at < len(text) and text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    if at >= len(text):
        raise SipError(f"a quoted string is not closed: {text[:60]!r}")
    rest = text[at + 1 :].lstrip()
    if not rest.startswith("<"):
        raise SipError(f"no angle bracket after a display name: {text[:60]!r}")
    uri, closing, tail = rest[1:].partition(">")
    if not closing:
        raise SipError(f"an angle bracket is not closed: {text[:60]!r}")
    return unquoted(text[: at + 1]), uri, tail


def _with_scheme(uri: str) -> str:
    scheme, colon, rest = uri.partition(":")
    if not colon or not rest or not scheme or not scheme[0].isalpha() or " " in uri:
        raise SipError(f"not a URI: {uri[:60]!r}")
    return uri


# The messages of a session repeat their addresses. Longer ones are not kept, so that the memory stays bounded.
_uri = lru_cache(maxsize=2048)(_read_uri)
_address = lru_cache(maxsize=4096)(_read_address)


def addresses(values: list[str]) -> list[Address]:
    """Every address of a header that may occur several times and hold several."""
    return [parse_address(piece) for value in values for piece in split(value)]
