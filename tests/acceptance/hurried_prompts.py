"""Prompts that take no time: each is a short noise of its own, put where an operator puts recordings of their own.

Spoken prompts make a call of a minute out of a talk of two seconds. A phone of ours knows these noises as it knows
speech, since it compares what arrives with the files, frame by frame.
"""

import hashlib
from pathlib import Path

import numpy as np
import soundfile

from kinline.core.phrases import assembly

FRAMES = 4
RATE = 8_000
FRAME = 160


def record(folder: Path) -> None:
    """A noise for every fragment there is, in the folder `custom` of the prompts."""
    for name in assembly.inventory():
        path = folder / "custom" / f"{name}.wav"
        noise = np.frombuffer(hashlib.shake_128(name.encode()).digest(FRAMES * FRAME), np.uint8)
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, (noise.astype(np.int16) - 128) * 40, RATE, subtype="PCM_16")
