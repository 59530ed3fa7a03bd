"""Session descriptions (RFC 8866) as far as a telephone needs them: read leniently, written plainly."""

from collections.abc import Iterator
from dataclasses import dataclass

from kinline.telephony.media.engine import SdpError

LARGEST = 65536  # bytes


@dataclass(frozen=True, slots=True)
class Attribute:
    """`a=name:value`; `value` is None for a mere flag."""

    name: str
    value: str | None = None

    def __str__(self) -> str:
        return f"a={self.name}" if self.value is None else f"a={self.name}:{self.value}"


@dataclass(frozen=True, slots=True)
class Media:
    """One m= line with what stands under it."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    address: str | None = None  # of its own c= line
    attributes: tuple[Attribute, ...] = ()

    def values(self, name: str) -> Iterator[str]:
        """The values of every attribute of that name, "" for a flag."""
        return (attribute.value or "" for attribute in self.attributes if attribute.name == name)


@dataclass(frozen=True, slots=True)
class Description:
    """A session. `address` is that of the session's c= line; None where each media has its own."""

    session: int
    version: int
    origin: str
    address: str | None
    attributes: tuple[Attribute, ...]
    media: tuple[Media, ...]

    def address_of(self, media: Media) -> str:
        address = media.address or self.address
        if address is None:
            raise SdpError("no c= line says where the media goes")
        return address


def parse(body: bytes) -> Description:
    """Read a description; raises `SdpError` for anything that is not one."""
    if len(body) > LARGEST:
        raise SdpError("longer than 64 KiB")
    lines = [line for line in body.decode("utf-8", "replace").replace("\r\n", "\n").split("\n") if line]
    if not lines or lines[0].strip() != "v=0":
        raise SdpError("does not begin with v=0")
    origin: tuple[int, int, str] | None = None
    session_address: str | None = None
    session_attributes: list[Attribute] = []
    media: list[_MediaLines] = []
    for line in lines[1:]:
        if len(line) < 2 or line[1] != "=":
            raise SdpError("a line is not of the form x=...")
        kind, value = line[0], line[2:].strip()
        if kind == "m":
            media.append(_MediaLines(value))
        elif kind == "c" and media:
            media[-1].address = media[-1].address or _address(value)
        elif kind == "c":
            session_address = _address(value)
        elif kind == "a":
            name, colon, rest = value.partition(":")
            attribute = Attribute(name.strip().lower(), rest.strip() if colon else None)
            (media[-1].attributes if media else session_attributes).append(attribute)
        elif kind == "o":
            origin = _origin(value)
    if origin is None:
        raise SdpError("no o= line")
    return Description(*origin, session_address, tuple(session_attributes), tuple(lines.finished() for lines in media))


def write(description: Description) -> bytes:
    def connection(address: str) -> str:
        return f"c=IN {'IP6' if ':' in address else 'IP4'} {address}"

    family = "IP6" if ":" in description.origin else "IP4"
    lines = [
        "v=0",
        f"o=- {description.session} {description.version} IN {family} {description.origin}",
        "s=-",
        *([connection(description.address)] if description.address else []),
        "t=0 0",
        *map(str, description.attributes),
    ]
    for media in description.media:
        lines.append(f"m={media.kind} {media.port} {media.protocol} {' '.join(media.formats)}")
        if media.address:
            lines.append(connection(media.address))
        lines.extend(map(str, media.attributes))
    return "".join(f"{line}\r\n" for line in lines).encode()


class _MediaLines:
    """An m= line while the lines under it are being read."""

    def __init__(self, value: str) -> None:
        words = value.split()
        if len(words) < 4:
            raise SdpError("an m= line has too few words")
        self.kind, port, self.protocol = words[0].lower(), words[1].partition("/")[0], words[2].upper()
        self.port = number(port, 65535)
        self.formats = tuple(words[3:])
        self.address: str | None = None
        self.attributes: list[Attribute] = []

    def finished(self) -> Media:
        return Media(self.kind, self.port, self.protocol, self.formats, self.address, tuple(self.attributes))


def number(text: str, largest: int) -> int:
    """An unsigned decimal number; raises `SdpError`."""
    if not (text.isascii() and text.isdigit() and len(text) <= 20) or int(text) > largest:
        raise SdpError("a number is not one, or too large")
    return int(text)


def _address(value: str) -> str:
    words = value.split()
    if len(words) != 3 or words[0].upper() != "IN" or words[1].upper() not in ("IP4", "IP6"):
        raise SdpError("a c= line is not of the form IN IP4 address")
    return words[2].partition("/")[0]


def _origin(value: str) -> tuple[int, int, str]:
    words = value.split()
    if len(words) != 6:
        raise SdpError("the o= line does not have six words")
    return number(words[1], 10**20), number(words[2], 10**20), words[5]
