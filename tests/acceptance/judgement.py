"""What a call's facts and recording must say, whoever the peers were."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

MICRO = Decimal("0.000001")


def assert_priced(facts: dict[str, Any]) -> None:
    """Charged for the whole seconds of the talk at the price that was told, and the balance moved by that, less what
    was credited; nothing at all without acceptance (47 CFR 64.6020: no charge for an unanswered call)."""
    charge, credited = Decimal(facts["charge_usd"]), Decimal(facts["credited_usd"])
    if facts["accepted_at"] is None or facts["payer"] == "free":
        assert (charge, credited) == (0, 0), facts
        assert facts["accepted_at"] or facts["billed_seconds"] == 0, facts
    else:
        assert facts["billed_seconds"] == int(facts["talk_seconds"]), facts
        fair = Decimal(facts["price_per_minute_usd"]) * facts["billed_seconds"] / 60
        assert fair - 3 * MICRO <= charge <= fair, facts
        assert 0 <= credited <= charge, facts
    if facts["balance_before_usd"] is not None:
        spent = Decimal(facts["balance_before_usd"]) - Decimal(facts["balance_after_usd"])
        assert spent == charge - credited, facts


def assert_heard_both(recording: Path, left: float, right: float) -> None:
    """The recording has each voice, a tone of its own, on its own channel only."""
    sound, rate = soundfile.read(recording, always_2d=True)
    assert sound.shape[1] == 2, "the recording is not of two channels"
    for channel, own, other in ((0, left, right), (1, right, left)):
        assert share(sound[:, channel], rate, own) > 0.5, f"no {own} Hz on channel {channel}"
        assert share(sound[:, channel], rate, other) < 0.05, f"{other} Hz leaks onto channel {channel}"


def share(samples: np.ndarray, rate: int, hertz: float) -> float:
    """How much of the sound's energy lies within 10 Hz of a pitch."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    pitch = np.fft.rfftfreq(len(samples), 1 / rate)
    return float(power[np.abs(pitch - hertz) < 10].sum() / max(power.sum(), 1e-12))
