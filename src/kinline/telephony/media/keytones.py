"""Keys heard as tones in the audio (ITU-T Q.24), by Goertzel's sums over overlapping windows of 20 ms."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kinline.telephony.media.g711 import RATE, Samples
from kinline.telephony.media.tones import COLUMNS, KEYS, ROWS

WINDOW: Final = 160  # samples: 20 ms tells 697 from 770 Hz
STEP: Final = 40
_HITS: Final = 4  # windows in a row: a tone of 40 ms fills at least four
_MISSES: Final = 4
_QUIETEST: Final = 10 ** (-33 / 10) * 32124**2 / 2  # mean power of one tone, about -30 dBm0
_PURITY: Final = 0.82  # share of all power that lies in the two tones: speech spreads, keys do not
_TWIST: Final = 10 ** (10 / 10)  # between the two tones, either way; Q.24 allows 4 to 8 dB
_ALONE: Final = 10 ** (8 / 10)  # over the next tone of the same group
_DETUNE: Final = (-0.015, -0.0075, 0.0, 0.0075, 0.015)  # Q.24: a key counts up to 1.5 % out of tune


def _basis() -> NDArray[np.float32]:
    """One column for cosine and sine of each frequency: a dot product is Goertzel's sum at its last step."""
    frequencies = np.outer(ROWS + COLUMNS, 1 + np.array(_DETUNE)).ravel()
    time = 2 * np.pi * np.arange(WINDOW)[:, None] * frequencies[None, :] / RATE
    return np.concatenate((np.cos(time), np.sin(time)), axis=1).astype(np.float32)


_BASIS: Final = _basis()
_PLACES: Final = np.arange(WINDOW)


def heard_in(windows: NDArray[np.float32]) -> list[str | None]:
    """For each window of 160 samples the key whose two tones, and little else, fill it."""
    totals: list[float] = (np.einsum("ij,ij->i", windows, windows) / WINDOW).tolist()
    if max(totals) < _QUIETEST:
        return [None] * len(windows)
    sums = windows @ _BASIS
    half = sums.shape[1] // 2
    power = (sums[:, :half] ** 2 + sums[:, half:] ** 2) * (2 / WINDOW**2)
    tones = power.reshape(-1, 8, len(_DETUNE)).max(axis=2)
    return [_key(tone[:4], tone[4:], total) for tone, total in zip(tones.tolist(), totals, strict=True)]


def _key(rows: list[float], columns: list[float], total: float) -> str | None:
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
        self._tail: NDArray[np.float32] = np.zeros(0, np.float32)
        self._candidate: str | None = None
        self._hits = 0
        self._misses = _MISSES
        self._pressed: str | None = None

    def hear(self, samples: Samples) -> list[str]:
        """Take the next samples in order, any number; give the presses found."""
        signal = np.concatenate((self._tail, samples.astype(np.float32)))
        count = (len(signal) - WINDOW) // STEP + 1
        if count <= 0:
            self._tail = signal
            return []
        self._tail = signal[count * STEP :]
        found = map(self._window, heard_in(signal[np.arange(count)[:, None] * STEP + _PLACES]))
        return [digit for digit in found if digit is not None]

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
