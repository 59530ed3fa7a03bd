"""Keys heard as tones in the audio (ITU-T Q.24), by Goertzel's sums over overlapping windows of 20 ms."""

from typing import Final

import numpy as np

from kinline.telephony.media.g711 import RATE, Samples
from kinline.telephony.media.tones import COLUMNS, KEYS, ROWS

WINDOW: Final = 160  # samples: 20 ms tells 697 from 770 Hz
STEP: Final = 80
_HITS: Final = 3  # windows in a row: a tone of 40 ms touches four or five
_MISSES: Final = 2
_QUIETEST: Final = 10 ** (-33 / 10) * 32124**2 / 2  # mean power of one tone, about -30 dBm0
_PURITY: Final = 0.82  # share of all power that lies in the two tones: speech spreads, keys do not
_TWIST: Final = 10 ** (9 / 10)  # Q.24 allows 4 to 8 dB between the two, either way
_ALONE: Final = 10 ** (7 / 10)  # over the next tone of the same group


def _basis() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """One column for cosine and sine of each frequency: a dot product is Goertzel's sum at its last step."""
    time = 2 * np.pi * np.arange(WINDOW)[:, None] * np.array(ROWS + COLUMNS)[None, :] / RATE
    return np.concatenate((np.cos(time), np.sin(time)), axis=1).astype(np.float32)


_BASIS: Final = _basis()


def heard_in(window: Samples) -> str | None:
    """The key whose two tones, and little else, fill a window of 160 samples."""
    signal = window.astype(np.float32)
    total = float(signal @ signal) / WINDOW
    if total < _QUIETEST:
        return None
    sums = signal @ _BASIS
    power = (sums[:8] ** 2 + sums[8:] ** 2) * (2 / WINDOW**2)
    rows, columns = power[:4].tolist(), power[4:].tolist()
    row, column = max(rows), max(columns)
    if row + column < _PURITY * total or min(row, column) < _QUIETEST:
        return None
    if row > column * _TWIST or column > row * _TWIST:
        return None
    if sorted(rows)[2] * _ALONE > row or sorted(columns)[2] * _ALONE > column:
        return None
    return KEYS[rows.index(row)][columns.index(column)]


class KeyTones:
    """Follows one far end's audio and tells each press once, about 40 ms after it begins."""

    def __init__(self) -> None:
        self._tail: Samples = np.zeros(0, np.int16)
        self._candidate: str | None = None
        self._hits = 0
        self._misses = _MISSES
        self._pressed: str | None = None

    def hear(self, samples: Samples) -> list[str]:
        """Take the next samples in order, any number; give the presses found."""
        samples = np.concatenate((self._tail, samples))
        presses: list[str] = []
        start = 0
        while start + WINDOW <= len(samples):
            digit = self._window(heard_in(samples[start : start + WINDOW]))
            if digit is not None:
                presses.append(digit)
            start += STEP
        self._tail = samples[start:]
        return presses

    def _window(self, digit: str | None) -> str | None:
        if digit is not None and digit == self._pressed:
            self._misses = 0
            return None
        if self._pressed is not None:
            self._misses += 1
            if self._misses >= _MISSES:
                self._pressed = None
        self._hits = self._hits + 1 if digit is not None and digit == self._candidate else int(digit is not None)
        self._candidate = digit
        if self._hits < _HITS:
            return None
        self._pressed, self._misses, self._hits = digit, 0, 0
        return digit
