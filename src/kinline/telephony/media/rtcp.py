"""RTCP (RFC 3550 section 6): what a leg tells its far end about the streams, and what the far end tells us."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from kinline.telephony.media.g711 import RATE
from kinline.telephony.media.rtp import VERSION, IncomingStream, OutgoingStream

SENDER_REPORT: Final = 200
RECEIVER_REPORT: Final = 201
DESCRIPTION: Final = 202
BYE: Final = 203
INTERVAL: Final = 5.0  # seconds; RFC 3550 6.2: two parties stay far below 5 % of 64 kbit/s with it

_NTP_OF_1970: Final = 2208988800
_BLOCK = Struct("!IIIIII")
_SENDER = Struct("!IIIII")
_CNAME = 1


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What a receiver says of one stream. Loss over its whole life in packets, jitter in samples."""

    ssrc: int
    fraction_lost: int  # 1/256
    lost: int
    highest_sequence: int
    jitter: int
    last_report: int  # middle 32 bits of the NTP time of the sender report it saw last
    delay: int  # since then, 1/65536 s


@dataclass(frozen=True, slots=True)
class Report:
    """A sender report (with `ntp`, 32.32 fixed point) or a receiver report (`ntp` None)."""

    ssrc: int
    ntp: int | None
    blocks: tuple[ReportBlock, ...]


@dataclass(frozen=True, slots=True)
class Goodbye:
    ssrcs: tuple[int, ...]


def is_rtcp(data: bytes) -> bool:
    """Whether a datagram on a shared port is RTCP (RFC 5761 section 4)."""
    return len(data) >= 8 and data[0] & 0xC0 == VERSION and 192 <= data[1] <= 223


def parse(data: bytes) -> Iterator[Report | Goodbye]:
    """The reports and goodbyes of a compound packet, up to where it stops being one."""
    start = 0
    while start + 4 <= len(data) and data[start] & 0xC0 == VERSION:
        count, kind = data[start] & 0x1F, data[start + 1]
        end = start + 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
        if end > len(data):
            return
        body = data[start + 4 : end]
        if kind in (SENDER_REPORT, RECEIVER_REPORT):
            head = 24 if kind == SENDER_REPORT else 4
            if len(body) < head + 24 * count:
                return
            ssrc = int.from_bytes(body[:4], "big")
            ntp = int.from_bytes(body[4:12], "big") if kind == SENDER_REPORT else None
            yield Report(ssrc, ntp, tuple(_read_block(body, head + 24 * index) for index in range(count)))
        elif kind == BYE and len(body) >= 4 * count:
            yield Goodbye(tuple(int.from_bytes(body[4 * index : 4 * index + 4], "big") for index in range(count)))
        start = end


def _read_block(body: bytes, start: int) -> ReportBlock:
    ssrc, loss, highest, jitter, last, delay = _BLOCK.unpack_from(body, start)
    lost = loss & 0xFFFFFF
    return ReportBlock(ssrc, loss >> 24, lost - (1 << 24) if lost & 0x800000 else lost, highest, jitter, last, delay)


def _packet(kind: int, count: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return bytes((VERSION | count, kind)) + (len(body) // 4).to_bytes(2, "big") + body


class Control:
    """The RTCP of one leg. `epoch`: the Unix time of the zero of the monotonic clock."""

    def __init__(self, cname: str, epoch: float) -> None:
        self.round_trip: float | None = None  # seconds
        self.far_loss: float | None = None  # of what we sent, fraction over the whole stream
        self.far_jitter: int | None = None  # samples
        self.said_goodbye = False  # the far end did
        self._cname = cname.encode()[:255]
        self._epoch = epoch
        self._their_report: tuple[int, float] | None = None  # middle of its NTP time, when it came

    def report(self, at: float, outgoing: OutgoingStream, incoming: IncomingStream) -> bytes:
        """A compound packet of report and CNAME: a sender report once anything was sent."""
        block = b""
        if incoming.ssrc is not None:
            last, delay = 0, 0
            if self._their_report is not None:
                last, came = self._their_report
                delay = min(0xFFFFFFFF, int((at - came) * 65536))
            loss = incoming.fraction_lost() << 24 | min(incoming.lost, 0x7FFFFF)
            jitter = min(0xFFFFFFFF, int(incoming.jitter))
            block = _BLOCK.pack(incoming.ssrc, loss, incoming.highest_sequence, jitter, last, delay)
        count = 1 if block else 0
        ssrc = outgoing.ssrc.to_bytes(4, "big")
        if outgoing.packets:
            ntp = self._ntp(at)
            counters = (outgoing.packets & 0xFFFFFFFF, outgoing.octets & 0xFFFFFFFF)
            sender = _SENDER.pack(ntp >> 32, ntp & 0xFFFFFFFF, outgoing.clock(at), *counters)
            first = _packet(SENDER_REPORT, count, ssrc + sender + block)
        else:
            first = _packet(RECEIVER_REPORT, count, ssrc + block)
        item = bytes((_CNAME, len(self._cname))) + self._cname + b"\0"
        return first + _packet(DESCRIPTION, 1, ssrc + item)

    def goodbye(self, at: float, outgoing: OutgoingStream, incoming: IncomingStream) -> bytes:
        return self.report(at, outgoing, incoming) + _packet(BYE, 1, outgoing.ssrc.to_bytes(4, "big"))

    def received(self, data: bytes, at: float, outgoing: OutgoingStream) -> None:
        """Take what the far end says; anything malformed is passed over."""
        for item in parse(data):
            if isinstance(item, Goodbye):
                self.said_goodbye = True
                continue
            if item.ntp is not None:
                self._their_report = (item.ntp >> 16 & 0xFFFFFFFF, at)
            for block in item.blocks:
                if block.ssrc == outgoing.ssrc:
                    self._heard_of_us(block, at, outgoing.packets)

    def _heard_of_us(self, block: ReportBlock, at: float, sent: int) -> None:
        self.far_jitter = block.jitter
        if sent:
            self.far_loss = min(1.0, max(0, block.lost) / sent)
        if block.last_report:
            round_trip = ((self._ntp(at) >> 16) - block.last_report - block.delay & 0xFFFFFFFF) / 65536
            if round_trip < 60:  # more is arithmetic on a report that is not about us
                self.round_trip = round_trip

    def _ntp(self, at: float) -> int:
        return int((self._epoch + at + _NTP_OF_1970) * (1 << 32))


def jitter_ms(samples: float) -> float:
    return samples * 1000 / RATE
