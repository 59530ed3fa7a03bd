"""ITU-T G.711 mu-law and A-law by table: 8,000 samples a second, one byte each."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.int16]

RATE: Final = 8000
FRAME: Final = 160  # samples of the 20 ms that a packet carries


@dataclass(frozen=True, slots=True, eq=False)
class Codec:
    """One companding law. `payload_type` is the static one of RFC 3551."""

    name: str
    payload_type: int
    silence: bytes  # one byte of it
    to_linear: NDArray[np.int16]
    from_linear: NDArray[np.uint8]  # indexed by the sample's sixteen bits

    def decode(self, payload: bytes) -> Samples:
        return self.to_linear[np.frombuffer(payload, np.uint8)]

    def encode(self, samples: Samples) -> bytes:
        return self.from_linear[samples.view(np.uint16)].tobytes()

    def mix(self, one: bytes, other: bytes) -> bytes:
        """Both at once, clipped; the shorter is padded with silence."""
        length = max(len(one), len(other))
        total = np.zeros(length, np.int32)
        total[: len(one)] += self.decode(one)
        total[: len(other)] += self.decode(other)
        return self.encode(np.clip(total, -32768, 32767).astype(np.int16))


def _every_sample() -> NDArray[np.int32]:
    """All sixteen-bit samples in the order of their bits read as unsigned."""
    return np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)


def _mu_law() -> Codec:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 132) << (code >> 4 & 7)) - 132
    to_linear = np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)

    sample = _every_sample()
    biased = np.minimum(np.abs(sample), 32635) + 132
    exponent = np.frexp(biased)[1] - 8  # biased is 132..32767, so its top bit is 7..14
    mantissa = biased >> (exponent + 3) & 0x0F
    from_linear = ~(np.where(sample < 0, 0x80, 0) | exponent << 4 | mantissa) & 0xFF
    return Codec("PCMU", 0, b"\xff", to_linear, from_linear.astype(np.uint8))


def _a_law() -> Codec:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent = code >> 4 & 7
    mantissa = (code & 0x0F) + np.where(exponent > 0, 16, 0)
    magnitude = (mantissa << 4) + 8 << np.maximum(exponent - 1, 0)
    to_linear = np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)

    sample = _every_sample()
    level = np.where(sample < 0, ~sample, sample) >> 4  # eleven bits
    segment = np.maximum(np.frexp(level)[1] - 4, 0)  # levels 0..15 are the linear segment
    code = (level >> np.maximum(segment - 1, 0) & 0x0F) | segment << 4
    from_linear = (code | np.where(sample < 0, 0, 0x80)) ^ 0x55
    return Codec("PCMA", 8, b"\xd5", to_linear, from_linear.astype(np.uint8))


PCMU: Final = _mu_law()
PCMA: Final = _a_law()
CODECS: Final = (PCMU, PCMA)

_TRANSLATION: Final = {
    (one.name, other.name): other.encode(one.to_linear) for one in CODECS for other in CODECS if one is not other
}


def transcode(payload: bytes, origin: Codec, destination: Codec) -> bytes:
    """The same sound in the other law, by way of linear samples."""
    if origin is destination:
        return payload
    return payload.translate(_TRANSLATION[origin.name, destination.name])
