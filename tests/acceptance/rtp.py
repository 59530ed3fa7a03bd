"""What a SIPp peer says, as a file of RTP packets: silence, tones and keys (RFC 3550, RFC 4733), for `play_pcap_audio`.

SIPp sends the payloads at the times of the file, from the port of its own SDP, whatever addresses the file names.
"""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kinline.telephony.media.g711 import FRAME, PCMU, RATE

KEYS = "0123456789*#"
EVENT_PAYLOAD = 101
_FRAME_SECONDS = FRAME / RATE


@dataclass
class Speech:
    """Grows at its end; every method gives the speech itself."""

    _packets: list[tuple[float, bytes]] = field(default_factory=list)
    _at: float = 0.0
    _sequence: int = 1000

    def silence(self, seconds: float) -> "Speech":
        return self._sound(np.zeros(int(seconds * RATE), np.int16))

    def tone(self, hertz: float, seconds: float) -> "Speech":
        at = np.arange(int(seconds * RATE)) / RATE
        return self._sound((8000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16))

    def keys(self, keys: str, seconds: float = 0.06, gap: float = 0.04) -> "Speech":
        """Press keys, with silence between them, as a phone does: an event every 20 ms, its end three times."""
        for key in keys:
            started = self._timestamp
            frames = round(seconds / _FRAME_SECONDS)
            for count in range(1, frames + 3):
                is_end = count >= frames
                event = struct.pack("!BBH", KEYS.index(key), 10 | (0x80 if is_end else 0), min(count, frames) * FRAME)
                self._packet(EVENT_PAYLOAD, event, started, marker=count == 1)
                self._at += _FRAME_SECONDS if count <= frames else 0.0
            self.silence(gap)
        return self

    def save(self, path: Path) -> Path:
        """Write a pcap file with Ethernet, IPv4 and UDP headers, of which only the lengths matter."""
        with path.open("wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            for at, rtp in self._packets:
                udp = struct.pack("!HHHH", 40000, 40002, 8 + len(rtp), 0) + rtp
                ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
                frame = b"\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0" + ip + udp
                whole = int(at)
                file.write(struct.pack("<IIII", whole, int((at - whole) * 1e6), len(frame), len(frame)) + frame)
        return path

    @property
    def seconds(self) -> float:
        return self._at

    @property
    def _timestamp(self) -> int:
        return round(self._at * RATE)

    def _sound(self, samples: np.ndarray) -> "Speech":
        encoded = PCMU.encode(samples)
        for start in range(0, len(encoded) - FRAME + 1, FRAME):
            self._packet(PCMU.payload_type, encoded[start : start + FRAME], self._timestamp)
            self._at += _FRAME_SECONDS
        return self

    def _packet(self, payload_type: int, payload: bytes, timestamp: int, *, marker: bool = False) -> None:
        kind = payload_type | (0x80 if marker else 0)
        header = struct.pack("!BBHII", 0x80, kind, self._sequence & 0xFFFF, timestamp & 0xFFFFFFFF, 0x5EED5EED)
        self._sequence += 1
        self._packets.append((self._at, header + payload))
