"""The two-channel recording of a call: a mu-law WAV file that is whole at every moment of its making."""

import os
from pathlib import Path
from struct import pack, unpack
from typing import Final

import numpy as np

from kinline.telephony.media.g711 import RATE

CHANNELS: Final = 2
HEADER_SIZE: Final = 58
_MU_LAW: Final = 7  # WAVE_FORMAT_MULAW
_SILENCE: Final = 0xFF
_DRIFT: Final = RATE // 5  # samples that a far end's time line may leave ours before it is fitted anew
_PAUSE: Final = 0.15  # seconds between packets after which a time line is looked at again
_HALF: Final = 0x80000000
_REORDER: Final = RATE // 50  # samples left unwritten at a flush: packets that are just arriving


def header(samples: int) -> bytes:
    """The head of a mu-law WAV file of so many samples in each channel, with the fact chunk it must have."""
    size = samples * CHANNELS
    return b"".join(
        (
            pack("<4sI4s", b"RIFF", HEADER_SIZE - 8 + size, b"WAVE"),
            pack("<4sIHHIIHHH", b"fmt ", 18, _MU_LAW, CHANNELS, RATE, RATE * CHANNELS, CHANNELS, 8, 0),
            pack("<4sII", b"fact", 4, samples),
            pack("<4sI", b"data", size),
        )
    )


def samples_in(head: bytes) -> int:
    """How long a recording is by its head, in samples."""
    return int(unpack("<I", head[HEADER_SIZE - 4 : HEADER_SIZE])[0]) // CHANNELS


class Track:
    """One side. A leg appends its packets; where each belongs is worked out once a flush."""

    __slots__ = ("_packets", "_shift", "_ssrc", "append")

    def __init__(self) -> None:
        self._packets: list[tuple[float, int, int, bytes]] = []
        self.append = self._packets.append  # (at, ssrc, timestamp, mu-law), bound once: it runs for every packet
        self._ssrc: int | None = None
        self._shift = 0

    def place(self, started: float) -> list[tuple[int, bytes]]:
        """What came since the last time, as stretches of sound: position in samples since `started`, and mu-law.

        A stream keeps its own time line (RTP timestamps, so that jitter is not heard), fitted to the clock at its
        first packet and whenever it strays from it: a new SSRC, a sender that stopped its clock, a long drift.
        """
        placed: list[tuple[int, bytes]] = []
        run: list[bytes] = []  # packets that follow on from one another, which are nearly all
        position = awaited = 0
        before = 0.0
        for at, ssrc, timestamp, payload in self._packets:
            if run and timestamp == awaited and ssrc == self._ssrc and at - before < _PAUSE:
                run.append(payload)
            else:
                if run:
                    placed.append((position, b"".join(run)))
                run = [payload]
                position = self._position(ssrc, timestamp, round((at - started) * RATE) - len(payload))
            awaited = (timestamp + len(payload)) & 0xFFFFFFFF
            before = at
        if run:
            placed.append((position, b"".join(run)))
        self._packets.clear()
        return placed

    def _position(self, ssrc: int, timestamp: int, spoken: int) -> int:
        """Where a packet belongs, by its timestamp if that is near the moment when it was spoken by our clock."""
        position = (timestamp + self._shift + _HALF & 0xFFFFFFFF) - _HALF
        if ssrc != self._ssrc or abs(position - spoken) > _DRIFT:
            self._ssrc = ssrc
            self._shift = spoken - timestamp
            return spoken
        return position


class TwoChannelRecording:
    """Left and right on one wall-clock time line, with silence where nothing was heard: gaps, loss, suppression.

    `flush` is to be called at least once a second. It writes the sound, then the header that counts it, so a file
    left behind by a crash plays up to its last flush. The write goes to the kernel, not to the disk: the loop must
    not wait, and the crash to survive is that of the process.
    """

    def __init__(self, path: Path, started: float) -> None:
        self.path = path
        self.left = Track()
        self.right = Track()
        self._started = started
        self._written = 0  # samples
        self._waiting: list[list[tuple[int, bytes]]] = [[], []]  # sound that lies after what is written
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        os.pwrite(self._file, header(0), 0)

    def flush(self, at: float, *, hold_back: int = _REORDER) -> None:
        """Write everything up to `at`, but for the last moment, in which packets may still be on their way."""
        if self._file is None:
            return
        end = max(self._written, round((at - self._started) * RATE) - hold_back)
        block = np.full((end - self._written, CHANNELS), _SILENCE, np.uint8)
        for channel, track in enumerate((self.left, self.right)):
            sounds = self._waiting[channel] + track.place(self._started)
            self._waiting[channel] = self._lay(block, channel, sounds, end)
        if len(block):
            os.pwrite(self._file, block.tobytes(), HEADER_SIZE + self._written * CHANNELS)
            os.pwrite(self._file, header(end), 0)
            self._written = end

    def finish(self, at: float) -> None:
        """Write what is left and close the file. Idempotent."""
        if self._file is not None:
            self.flush(at, hold_back=0)
            os.close(self._file)
            self._file = None

    def _lay(
        self,
        block: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
        channel: int,
        sounds: list[tuple[int, bytes]],
        end: int,
    ) -> list[tuple[int, bytes]]:
        """Put sounds into the block that is about to be written; give back what lies after it."""
        later: list[tuple[int, bytes]] = []
        for position, payload in sounds:
            if position + len(payload) > end:
                later.append((max(position, end), payload[max(0, end - position) :]))
            if position < self._written:
                self._mend(channel, position, payload[: self._written - position])
            start = max(position, self._written)
            stop = min(position + len(payload), end)
            if start < stop:
                sound = np.frombuffer(payload, np.uint8)[start - position : stop - position]
                block[start - self._written : stop - self._written, channel] = sound
        return later

    def _mend(self, channel: int, position: int, payload: bytes) -> None:
        """Put a packet that came late into what is written already."""
        payload = payload[max(0, -position) :]
        if self._file is None or not payload:
            return
        place = HEADER_SIZE + max(0, position) * CHANNELS
        block = bytearray(os.pread(self._file, len(payload) * CHANNELS, place))
        block[channel::CHANNELS] = payload[: len(block) // CHANNELS]
        os.pwrite(self._file, bytes(block), place)
