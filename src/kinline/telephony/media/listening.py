"""What a leg makes of the voice at its far end: spoken names, answering machines, fax."""

from collections import deque
from math import log10
from typing import Final

import numpy as np

from kinline.core.callflow.events import Machine
from kinline.telephony.media.g711 import FRAME, RATE, Codec, Samples

SILENCE: Final = -45.0  # dBm0: quieter than this is not speech
_LONGEST_GAP: Final = 2 * RATE  # samples of missing audio that are filled with silence


def level(samples: Samples) -> float:
    """Loudness in dBm0 (a full-scale sine is +3.17)."""
    signal = samples.astype(np.float32)
    power = float(signal @ signal) / max(1, len(signal))
    return 10 * log10(max(power, 1e-3) / (32124**2 / 2)) + 3.17


class Ear:
    """Puts the packets of one stream into a row of whole 20 ms blocks, with silence where time passed without any."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._rest: Samples = np.zeros(0, np.int16)

    def blocks(self, codec: Codec, timestamp: int, payload: bytes) -> list[Samples]:
        samples = codec.decode(payload)
        if self._next is not None:
            gap = (timestamp - self._next) & 0xFFFFFFFF
            if 0 < gap < _LONGEST_GAP:
                samples = np.concatenate((np.zeros(gap, np.int16), samples))
        self._next = (timestamp + len(payload)) & 0xFFFFFFFF
        if len(self._rest):
            samples = np.concatenate((self._rest, samples))
        whole = len(samples) // FRAME * FRAME
        self._rest = samples[whole:]
        return [samples[start : start + FRAME] for start in range(0, whole, FRAME)]


class SpokenPiece:
    """Keeps what is said until a second of silence after speech, or the limit; without the silence around it."""

    _ENOUGH_SILENCE = 50  # blocks
    _LEAD = 5  # blocks kept before the first speech and after the last, where soft consonants are
    _SPEECH = 4  # blocks in a row that are no mere click

    def __init__(self, seconds: float) -> None:
        self._limit = round(seconds * RATE / FRAME)
        self._blocks: list[Samples] = []
        self._loud = 0
        self._first: int | None = None
        self._last = 0

    def hear(self, block: Samples) -> bool:
        """Whether that was the end."""
        self._blocks.append(block)
        count = len(self._blocks)
        if level(block) > SILENCE:
            self._loud += 1
            if self._loud >= self._SPEECH:
                self._last = count
                if self._first is None:
                    self._first = count - self._loud
        else:
            self._loud = 0
        silent = self._first is not None and count - self._last >= self._ENOUGH_SILENCE
        return silent or count >= self._limit

    @property
    def samples(self) -> Samples:
        if self._first is None:
            return np.zeros(0, np.int16)
        return np.concatenate(self._blocks[max(0, self._first - self._LEAD) : self._last + self._LEAD])

    @property
    def seconds(self) -> float:
        """Of speech, pauses within it included."""
        return 0.0 if self._first is None else (self._last - self._first) * FRAME / RATE


class MachineWatch:
    """Tells a person who answers from a machine.

    A person says a word or two and waits. A machine speaks on without waiting (`GREETING`), or ends its greeting
    with a beep; a fax whistles at 2100 Hz (called, ITU-T T.30 CED) or 1100 Hz (calling, CNG).
    """

    GREETING: Final = 3.5  # seconds of speech without a pause of `PAUSE`
    PAUSE: Final = 0.8
    _BEEP_AFTER = 1.0  # seconds of speech before a beep counts: tones of the network come first
    _BEEP = 8  # blocks of 20 ms of one pure tone
    _FAX = 18

    def __init__(self) -> None:
        self._speech = 0  # blocks since the last long pause
        self._pause = 0
        self._ever = 0
        self._tones: deque[float] = deque(maxlen=self._FAX)  # Hz of the latest blocks, 0 for no pure tone

    def hear(self, block: Samples) -> Machine | None:
        loud = level(block) > SILENCE
        frequency = _pure_tone(block) if loud else 0.0
        self._tones.append(frequency)
        if frequency:
            return self._by_tone(frequency)
        if loud:
            self._speech += 1 + self._pause
            self._ever += 1
            self._pause = 0
        elif self._speech:
            self._pause += 1
            if self._pause * FRAME >= self.PAUSE * RATE:
                self._speech = self._pause = 0
        return Machine.ANSWERING_MACHINE if self._speech * FRAME >= self.GREETING * RATE else None

    def _by_tone(self, frequency: float) -> Machine | None:
        for whistle in (1100, 2100):
            steady = sum(abs(heard - whistle) < 40 for heard in self._tones)
            if steady == self._FAX:
                return Machine.FAX
        latest = list(self._tones)[-self._BEEP :]
        steady = len(latest) == self._BEEP and max(latest) - min(latest) < 30 and min(latest) > 0
        whistles = any(abs(frequency - whistle) < 40 for whistle in (1100, 2100))
        if steady and not whistles and self._ever * FRAME >= self._BEEP_AFTER * RATE:
            return Machine.ANSWERING_MACHINE
        return None


_HANN: Final = np.hanning(FRAME).astype(np.float32)


def _pure_tone(block: Samples) -> float:
    """The frequency of a block that is one tone from 350 to 2300 Hz, else 0."""
    spectrum = np.abs(np.fft.rfft(block * _HANN)) ** 2
    peak = int(spectrum.argmax())  # bins of 50 Hz
    if not 7 <= peak <= 46:
        return 0.0
    near = spectrum[peak - 2 : peak + 3]
    if near.sum() < 0.95 * spectrum[1:].sum():
        return 0.0
    middle = np.sqrt(near[1:4])
    return float(peak + (middle[2] - middle[0]) / middle.sum()) * RATE / FRAME
