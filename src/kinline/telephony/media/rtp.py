"""RTP (RFC 3550): the packet, the stream that a leg receives, and the one continuous stream that it sends.

Nothing here has a socket or reads a clock: times are seconds of one monotonic clock, given as `at`.
"""

from dataclasses import dataclass
from secrets import randbits
from struct import Struct
from typing import Final

from kinline.telephony.media.g711 import FRAME, RATE

HEADER: Final = Struct("!BBHII")
VERSION: Final = 0x80
MARKER: Final = 0x80
LARGEST: Final = 2048  # bytes of a datagram that are read

_WORD = 0xFFFFFFFF
_HALF = 0x80000000
_DISORDER = 100  # packets; the MAX_MISORDER of RFC 3550 A.1
_DROPOUT = 3000  # packets; the MAX_DROPOUT of RFC 3550 A.1
_DRIFT = RATE  # samples that a relayed stream may run away from the clock before it is fitted anew


@dataclass(frozen=True, slots=True)
class Packet:
    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def parse(data: bytes) -> Packet | None:
    """The packet in a datagram, without padding, extension and contributing sources; None when it is not RTP."""
    if len(data) < HEADER.size or data[0] & 0xC0 != VERSION:
        return None
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    start = HEADER.size + 4 * (first & 0x0F)
    end = len(data)
    if first & 0x10:
        if start + 4 > end:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if first & 0x20:
        end -= data[-1]
        if data[-1] == 0:
            return None
    if start > end:
        return None
    return Packet(second & 0x7F, bool(second & MARKER), sequence, timestamp, ssrc, data[start:end])


def write(packet: Packet) -> bytes:
    second = packet.payload_type | (MARKER if packet.marker else 0)
    return HEADER.pack(VERSION, second, packet.sequence, packet.timestamp, packet.ssrc) + packet.payload


class IncomingStream:
    """Counts what arrives: loss by sequence numbers (RFC 3550 A.1, A.3) and jitter (A.8), over changes of SSRC."""

    __slots__ = (
        "_base",
        "_earlier",
        "_highest",
        "_last_interval",
        "_odd",
        "_transit",
        "jitter",
        "packets",
        "restarts",
        "ssrc",
    )

    def __init__(self) -> None:
        self.ssrc: int | None = None
        self.packets = 0
        self.jitter = 0.0  # samples
        self.restarts = 0  # changes of SSRC or jumps of the sequence
        self._base = 0
        self._highest = 0  # extended by the count of wraps
        self._earlier = 0  # packets expected before the last restart
        self._odd = -1  # the sequence number that would prove a jump
        self._transit: float | None = None
        self._last_interval = (0, 0)

    def received(self, ssrc: int, sequence: int, timestamp: int, at: float, timed: bool = True) -> None:
        """Count one packet. `timed`: its timestamp is its own instant (those of RFC 4733 events are not)."""
        if ssrc != self.ssrc:
            self._restart(ssrc, sequence)
        else:
            step = (sequence - self._highest) & 0xFFFF
            if 0 < step < _DROPOUT:
                self._highest += step
            elif step and step <= 0x10000 - _DISORDER:
                if sequence != self._odd:  # one stray packet proves nothing, two in order do
                    self._odd = (sequence + 1) & 0xFFFF
                    return
                self._restart(ssrc, sequence)
        self.packets += 1
        if timed:
            transit = at * RATE - timestamp
            if self._transit is not None:
                difference = abs(transit - self._transit)
                if difference < RATE * 10:  # more is a clock that jumped, not the network
                    self.jitter += (difference - self.jitter) / 16
            self._transit = transit

    def _restart(self, ssrc: int, sequence: int) -> None:
        if self.ssrc is not None:
            self._earlier = self.expected
            self.restarts += 1
        self.ssrc = ssrc
        self._base = self._highest = sequence
        self._odd = -1
        self._transit = None

    @property
    def expected(self) -> int:
        return 0 if self.ssrc is None else self._earlier + self._highest - self._base + 1

    @property
    def lost(self) -> int:
        return max(0, self.expected - self.packets)

    @property
    def highest_sequence(self) -> int:
        """Extended by the count of wraps, as a report block wants it."""
        return self._highest & _WORD

    def fraction_lost(self) -> int:
        """Loss since the last time this was asked, in 1/256 (RFC 3550 6.4.1)."""
        expected, packets = self.expected, self.packets
        expected_before, packets_before = self._last_interval
        self._last_interval = (expected, packets)
        interval = expected - expected_before
        lost = interval - (packets - packets_before)
        return min(255, (lost << 8) // interval) if interval > 0 and lost > 0 else 0


class OutgoingStream:
    """One SSRC, one sequence and one time line towards a far end, whoever is the source of the sound at the moment.

    A relayed source keeps the gaps in its own sequence and time, so that loss before us is seen behind us. At each
    change of source the numbers go on from the last packet, the timestamp by the time that passed, with the marker.
    """

    __slots__ = (
        "_awaited_sequence",
        "_awaited_timestamp",
        "_event_start",
        "_sequence_shift",
        "_source",
        "_start",
        "_timestamp_shift",
        "octets",
        "packets",
        "sequence",
        "ssrc",
        "timestamp",
    )

    def __init__(self) -> None:
        self.ssrc = randbits(32)
        self.packets = 0
        self.octets = 0
        self.sequence = randbits(15)  # of the last packet; far from the wrap, as RFC 3711 asks of a first number
        self.timestamp = randbits(32)  # the sample after the last packet
        self._start: tuple[float, int] | None = None  # an instant and its timestamp
        self._source: int | None = None  # the SSRC being relayed
        self._awaited_sequence = -1  # what would follow on from the last packet of that source
        self._awaited_timestamp = -1
        self._event_start = 0
        self._sequence_shift = 0
        self._timestamp_shift = 0

    def own(self, payload_type: int, payload: bytes, at: float) -> bytes:
        """A packet of our own sound, following on what was sent before."""
        marker = 0
        if self._source is not None or not self.packets:
            self._source = None
            marker = MARKER
            self._catch_up(at)
        timestamp = self.timestamp
        self.timestamp = (timestamp + len(payload)) & _WORD
        return self._packet(payload_type | marker, timestamp, payload)

    def event(self, payload_type: int, payload: bytes, at: float, *, first: bool) -> bytes:
        """A packet of an RFC 4733 event, all of which carry the timestamp of its start; 20 ms of the time line each."""
        self._source = None
        if first:
            self._catch_up(at)
            self._event_start = self.timestamp
        self.skip(FRAME)
        return self._packet(payload_type | (MARKER if first else 0), self._event_start, payload)

    def relayed(self, payload_type: int, payload: bytes, at: float, ssrc: int, sequence: int, timestamp: int) -> bytes:
        """A packet of somebody else's stream as a packet of this one."""
        if sequence == self._awaited_sequence and timestamp == self._awaited_timestamp and ssrc == self._source:
            self._awaited_sequence = (sequence + 1) & 0xFFFF
            self._awaited_timestamp = (timestamp + len(payload)) & _WORD
            timestamp = self.timestamp
            self.timestamp = (timestamp + len(payload)) & _WORD
            return self._packet(payload_type, timestamp, payload)
        marker = 0
        if ssrc != self._source or self._astray(at, sequence, timestamp):
            self._source = ssrc
            self._catch_up(at)
            marker = MARKER
            self._sequence_shift = self.sequence + 1 - sequence
            self._timestamp_shift = self.timestamp - timestamp
        moved_sequence = (sequence + self._sequence_shift) & 0xFFFF
        moved_timestamp = (timestamp + self._timestamp_shift) & _WORD
        if (moved_sequence - self.sequence) & 0xFFFF < 0x8000:  # not a straggler
            self._awaited_sequence = (sequence + 1) & 0xFFFF
            self._awaited_timestamp = (timestamp + len(payload)) & _WORD
            self.sequence = moved_sequence
            self.timestamp = (moved_timestamp + len(payload)) & _WORD
        self.packets += 1
        self.octets += len(payload)
        return HEADER.pack(VERSION, payload_type | marker, moved_sequence, moved_timestamp, self.ssrc) + payload

    def skip(self, samples: int) -> None:
        """Let time pass without a packet."""
        self.timestamp = (self.timestamp + samples) & _WORD

    def clock(self, at: float) -> int:
        """The timestamp that belongs to an instant (for a sender report)."""
        if self._start is None:
            self._start = (at, self.timestamp)
        began, timestamp = self._start
        return timestamp + round((at - began) * RATE) & _WORD

    def _packet(self, second: int, timestamp: int, payload: bytes) -> bytes:
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.packets += 1
        self.octets += len(payload)
        return HEADER.pack(VERSION, second, self.sequence, timestamp, self.ssrc) + payload

    def _catch_up(self, at: float) -> None:
        """Move the time line up to the clock; where it is ahead (the source's clock is fast), the clock follows it."""
        behind = (self.clock(at) - self.timestamp) & _WORD
        if behind < _HALF:
            self.timestamp = (self.timestamp + behind) & _WORD
        else:
            self._start = (at, self.timestamp)

    def _astray(self, at: float, sequence: int, timestamp: int) -> bool:
        """Whether a relayed source jumped in sequence or time without a new SSRC, or drifted too far from our clock."""
        step = (sequence + self._sequence_shift - self.sequence + _DROPOUT) & 0xFFFF
        ahead = (timestamp + self._timestamp_shift - self.clock(at) + _DRIFT) & _WORD
        return step > 2 * _DROPOUT or ahead > 2 * _DRIFT
