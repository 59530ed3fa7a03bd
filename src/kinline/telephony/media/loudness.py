"""How loud a recorded voice is, and whether it was too loud for the line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile  # type: ignore[import-untyped]

from kinline.telephony.media.g711 import FRAME
from kinline.telephony.media.listening import SILENCE, level

_CLIPPED: Final = 31_000  # of 32 124, the loudest that G.711 has: the last two of its steps


@dataclass(frozen=True, slots=True)
class Loudness:
    """Of the speech alone, without the pauses. `level` in dBm0, `clipped`: share of its samples, 0..1."""

    level: float
    clipped: float


def loudness(path: Path) -> Loudness | None:
    """Of what `record_speech` has written; None: no speech is in it. Raises `OSError`."""
    if not path.exists():
        return None
    samples, _ = soundfile.read(path, dtype="int16")
    blocks = [samples[start : start + FRAME] for start in range(0, len(samples) - FRAME + 1, FRAME)]
    speech = [block for block in blocks if level(block) > SILENCE]
    if not speech:
        return None
    joined = np.concatenate(speech)
    return Loudness(level(joined), float(np.mean(np.abs(joined.astype(np.int32)) >= _CLIPPED)))
