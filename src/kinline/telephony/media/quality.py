"""How well a leg was heard: the E-model of ITU-T G.107 for G.711.

All terms but delay and loss have the recommendation's default values, which leave 93.2 of 100; echo is taken
as controlled. Loss uses Ie = 0 and Bpl = 25.1, the values of ITU-T G.113 appendix I for G.711 with packet loss
concealment (G.711 appendix I) under random loss: every telephone and gateway of today conceals. Without
concealment Bpl would be 4.3.
"""

from math import log2
from typing import Final

DEFAULT_R: Final = 93.2
BPL_CONCEALED: Final = 25.1
BPL_BARE: Final = 4.3


def r_factor(*, loss: float, delay_ms: float, robustness: float = BPL_CONCEALED) -> float:
    """R of a stream with that loss (fraction 0..1) and one-way delay from mouth to ear."""
    percent = 100 * min(1.0, max(0.0, loss))
    equipment = 95 * percent / (percent + robustness)  # G.107 7-29 with Ie = 0 and BurstR = 1
    return max(0.0, DEFAULT_R - delay_impairment(delay_ms) - equipment)


def delay_impairment(delay_ms: float) -> float:
    """Idd of G.107 7-27: what delay alone takes, nothing up to 100 ms."""
    if delay_ms <= 100:
        return 0.0
    x = log2(delay_ms / 100)
    return 25 * (_sixth_root(1 + x**6) - 3 * _sixth_root(1 + (x / 3) ** 6) + 2)


def _sixth_root(number: float) -> float:
    return float(number ** (1 / 6))


def mean_opinion(r: float) -> float:
    """MOS of an R factor, 1..4.5 (G.107 annex B)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)
