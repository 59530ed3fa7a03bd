"""Sound files ready to be sent: decoded once, kept in both laws, the least used forgotten first."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile  # type: ignore[import-untyped]
import soxr  # type: ignore[import-untyped]

from kinline.telephony.media.g711 import PCMA, PCMU, RATE, Codec, Samples

_LARGEST: Final = 64 << 20  # bytes of sound in the cache: about 70 minutes


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio at 8,000 samples a second in both laws, one byte a sample."""

    pcmu: bytes
    pcma: bytes

    @classmethod
    def of(cls, samples: Samples) -> "Sound":
        return cls(PCMU.encode(samples), PCMA.encode(samples))

    def slice(self, codec: Codec, start: int, end: int) -> bytes:
        return (self.pcmu if codec is PCMU else self.pcma)[start:end]

    def __len__(self) -> int:
        return len(self.pcmu)


def read(path: Path) -> Samples:
    """Any sound file as 8,000 samples a second of one channel. Raises `OSError` when it is missing or no sound file."""
    try:
        audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise OSError(f"{path} cannot be read as sound: {error}") from error
    signal = audio.mean(axis=1)
    if rate != RATE:
        signal = soxr.resample(signal, rate, RATE)
    samples: Samples = np.clip(np.rint(signal * 32768), -32768, 32767).astype(np.int16)
    return samples


class Fragments:
    """A cache of sound files by path, as they were when first read."""

    def __init__(self, largest: int = _LARGEST) -> None:
        self._sounds: OrderedDict[Path, Sound] = OrderedDict()
        self._largest = largest
        self._size = 0

    def load(self, path: Path) -> Sound:
        """Raises `OSError`."""
        sound = self._sounds.get(path)
        if sound is not None:
            self._sounds.move_to_end(path)
            return sound
        sound = Sound.of(read(path))
        self._sounds[path] = sound
        self._size += 2 * len(sound)
        while self._size > self._largest and len(self._sounds) > 1:
            _, oldest = self._sounds.popitem(last=False)
            self._size -= 2 * len(oldest)
        return sound

    def forget(self, path: Path) -> None:
        """Read it anew next time: the file was replaced."""
        sound = self._sounds.pop(path, None)
        if sound is not None:
            self._size -= 2 * len(sound)
