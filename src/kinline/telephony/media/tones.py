"""Sounds made by calculation: the supervisory tones of the United States and the signals of keys."""

from functools import lru_cache
from typing import Final

import numpy as np

from kinline.core.callflow.commands import Tone
from kinline.telephony.media.fragments import Sound
from kinline.telephony.media.g711 import RATE, Samples

ROWS: Final = (697, 770, 852, 941)  # Hz, ITU-T Q.23
COLUMNS: Final = (1209, 1336, 1477, 1633)
KEYS: Final = ("123A", "456B", "789C", "*0#D")
_KEY_LEVEL: Final = -9.0  # dBm0 for each of the two
_FULL_SCALE: Final = 3.17  # dBm0 of the loudest mu-law sine

# Frequencies, dBm0 of each, seconds on, seconds off (precise tone plan, Telcordia GR-506).
_PLANS: Final = {Tone.RINGBACK: ((440, 480), -19.0, 2.0, 4.0), Tone.BUSY: ((480, 620), -24.0, 0.5, 0.5)}


def sines(frequencies: tuple[float, ...], seconds: float, level: float) -> Samples:
    """The sum of sines, each `level` dBm0 loud."""
    time = np.arange(round(seconds * RATE)) / RATE
    peak = 32124 * 10 ** ((level - _FULL_SCALE) / 20)
    total = sum((np.sin(2 * np.pi * frequency * time) for frequency in frequencies), np.zeros(len(time)))
    return np.clip(total * peak, -32768, 32767).astype(np.int16)


@lru_cache
def supervisory(tone: Tone) -> Sound:
    """One period of a tone, to be repeated."""
    frequencies, level, on, off = _PLANS[tone]
    return Sound.of(np.concatenate((sines(frequencies, on, level), np.zeros(round(off * RATE), np.int16))))


@lru_cache(maxsize=64)
def key(digit: str, milliseconds: int) -> Sound:
    """The two tones of a key, and as much silence as must follow it."""
    row, column = position(digit)
    signal = sines((ROWS[row], COLUMNS[column]), milliseconds / 1000, _KEY_LEVEL)
    return Sound.of(np.concatenate((signal, np.zeros(RATE * 60 // 1000, np.int16))))


def position(digit: str) -> tuple[int, int]:
    """Row and column of a key; raises `ValueError` for what is not one."""
    for row, keys in enumerate(KEYS):
        if digit and digit in keys:
            return row, keys.index(digit)
    raise ValueError(f"no key {digit!r}")
