"""The offer/answer model (RFC 3264) for one audio stream of G.711 and telephone events (RFC 4733)."""

from dataclasses import dataclass, replace
from ipaddress import ip_address
from secrets import randbits
from typing import Final

from kinline.telephony.media.engine import NoCommonCodec, SdpError
from kinline.telephony.media.g711 import CODECS, Codec
from kinline.telephony.media.sdp import Attribute, Description, Media, number, parse, write

EVENTS_TYPE: Final = 101  # the payload type of telephone-event in our own offers
_DIRECTIONS: Final = ("sendrecv", "sendonly", "recvonly", "inactive")
_REVERSED: Final = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
_ON_HOLD: Final = ("0.0.0.0", "::")  # noqa: S104 - the hold of RFC 2543: no address to send to

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both ends settled on. `events_out` None: the far end knows no telephone events."""

    codec: Codec
    audio_out: int  # payload types
    audio_in: dict[int, Codec]  # what the far end may send, by payload type
    events_out: int | None
    events_in: int | None
    remote: Address | None  # where its RTP is wanted; None: nowhere, or a name that we do not resolve
    remote_rtcp: Address | None
    rtcp_mux: bool
    far_end_sends: bool
    far_end_listens: bool


@dataclass(frozen=True, slots=True)
class _Payloads:
    """The payload types of one description that we can use, by what they are, in its order."""

    audio: dict[Codec, int]
    events: int | None


class Negotiation:
    """One leg's side of every offer and answer of its dialog. `agreed` is the result of the last complete exchange."""

    def __init__(self, host: str, port: int) -> None:
        self.agreed: Agreed | None = None
        self._host = host
        self._port = port
        self._session = randbits(62)
        self._version = 0
        self._offered: _Payloads | None = None

    def offer(self) -> bytes:
        """PCMU, PCMA and telephone events, both ways; after a first exchange the codec in use comes first."""
        codecs = list(CODECS)
        types = {codec: codec.payload_type for codec in CODECS}
        events = EVENTS_TYPE
        if self.agreed is not None:  # RFC 3264 8.3.2: a payload type keeps its meaning for the whole session
            codecs.sort(key=lambda codec: codec is not self.agreed_codec)
            types |= {codec: payload_type for payload_type, codec in self.agreed.audio_in.items()}
            events = self.agreed.events_in if self.agreed.events_in is not None else EVENTS_TYPE
        self._offered = _Payloads({codec: types[codec] for codec in codecs}, events)
        return self._describe((self._audio(self._offered, "RTP/AVP", "sendrecv", mux=False),))

    @property
    def agreed_codec(self) -> Codec | None:
        return self.agreed.codec if self.agreed else None

    def answer(self, offer: bytes) -> bytes:
        """Answer with the first audio stream that we can carry and its first codec we know; refuse every other line."""
        description = parse(offer)
        if not description.media:
            raise SdpError("an offer without an m= line")
        chosen: Media | None = None
        lines: list[Media] = []
        for media in description.media:
            payloads = _payloads(media)
            if chosen is None and payloads.audio and media.port and _is_plain_audio(media):
                chosen = media
                direction = _REVERSED[_direction(description, media)]
                codec, payload_type = next(iter(payloads.audio.items()))
                answered = _Payloads({codec: payload_type}, payloads.events)
                mux = any(True for _ in media.values("rtcp-mux"))
                self.agreed = _agree(description, media, answered, answered, mux)
                lines.append(self._audio(answered, media.protocol, direction, mux=mux))
            else:
                lines.append(replace(media, port=0, address=None, attributes=()))
        if chosen is None:
            raise NoCommonCodec("no m= line offers PCMU or PCMA over RTP")
        self._offered = None
        return self._describe(tuple(lines))

    def accept(self, answer: bytes) -> None:
        """Take the answer to `offer()`. A second answer to the same offer (a forked or repeated 200) may replace it."""
        if self._offered is None:
            raise SdpError("an answer without an offer")
        description = parse(answer)
        if len(description.media) != 1:
            raise SdpError("the answer does not have as many m= lines as the offer")
        media = description.media[0]
        payloads = _payloads(media)
        if media.port == 0 or not payloads.audio or not _is_plain_audio(media):
            raise NoCommonCodec("the answer refuses the audio")
        codec, payload_type = next(iter(payloads.audio.items()))
        theirs = _Payloads({codec: payload_type}, payloads.events)
        self.agreed = _agree(description, media, theirs, self._offered, mux=False)

    def _describe(self, media: tuple[Media, ...]) -> bytes:
        self._version += 1
        return write(Description(self._session, self._version, self._host, self._host, (), media))

    def _audio(self, payloads: _Payloads, protocol: str, direction: str, *, mux: bool) -> Media:
        attributes = [Attribute("rtpmap", f"{number} {codec.name}/8000") for codec, number in payloads.audio.items()]
        formats = [str(payload_type) for payload_type in payloads.audio.values()]
        if payloads.events is not None:
            formats.append(str(payloads.events))
            attributes.append(Attribute("rtpmap", f"{payloads.events} telephone-event/8000"))
            attributes.append(Attribute("fmtp", f"{payloads.events} 0-15"))
        attributes += [Attribute("ptime", "20"), Attribute(direction)]
        attributes.append(Attribute("rtcp-mux") if mux else Attribute("rtcp", str(self._port + 1)))
        return Media("audio", self._port, protocol, tuple(formats), None, tuple(attributes))


def _is_plain_audio(media: Media) -> bool:
    return media.kind == "audio" and media.protocol in ("RTP/AVP", "RTP/AVPF")


def _payloads(media: Media) -> _Payloads:
    """What each payload type of an m= line means: by rtpmap, else by the static table of RFC 3551."""
    names = {str(codec.payload_type): codec.name for codec in CODECS}
    for value in media.values("rtpmap"):
        payload_type, _, encoding = value.partition(" ")
        name, _, parameters = encoding.strip().partition("/")
        rate, _, channels = parameters.partition("/")
        names[payload_type] = name.upper() if rate == "8000" and channels in ("", "1") else ""
    audio: dict[Codec, int] = {}
    events: int | None = None
    for payload_type in media.formats:
        name = names.get(payload_type, "")
        codec = next((codec for codec in CODECS if codec.name == name), None)
        if codec is not None:
            audio.setdefault(codec, number(payload_type, 127))
        elif name == "TELEPHONE-EVENT" and events is None:
            events = number(payload_type, 127)
    return _Payloads(audio, events)


def _direction(description: Description, media: Media) -> str:
    """RFC 3264 6.1: the media's, else the session's, else both ways."""
    for attributes in (media.attributes, description.attributes):
        for attribute in attributes:
            if attribute.name in _DIRECTIONS:
                return attribute.name
    return "sendrecv"


def _agree(description: Description, media: Media, theirs: _Payloads, ours: _Payloads, mux: bool) -> Agreed:
    host = description.address_of(media)
    direction = _direction(description, media)
    held = host in _ON_HOLD
    remote = None if held else _destination(host, media.port)
    return Agreed(
        codec=next(iter(theirs.audio)),
        audio_out=next(iter(theirs.audio.values())),
        audio_in={payload_type: codec for codec, payload_type in ours.audio.items()},
        events_out=theirs.events,
        events_in=ours.events if theirs.events is not None else None,
        remote=remote,
        remote_rtcp=remote if mux else None if held else _rtcp_destination(host, media),
        rtcp_mux=mux,
        far_end_sends=direction in ("sendrecv", "sendonly"),
        far_end_listens=direction in ("sendrecv", "recvonly") and not held,
    )


def _destination(host: str, port: int) -> Address | None:
    try:
        address = ip_address(host)
    except ValueError:  # a name: wait until a packet shows where it comes from
        return None
    if address.is_multicast:
        raise SdpError("a multicast address")
    return (str(address), port)


def _rtcp_destination(host: str, media: Media) -> Address | None:
    """RFC 3605: `a=rtcp:port [IN IP4 address]`, else the port after that of the RTP."""
    for value in media.values("rtcp"):
        words = value.split()
        if words:
            return _destination(words[3] if len(words) == 4 else host, number(words[0], 65535))
    return _destination(host, min(media.port + 1, 65535))
