"""How loud a voice is, by what was recorded of it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from kinline.telephony.media.loudness import loudness


def tone(folder: Path, peak: int, seconds: float = 1.0, silence: float = 0.0) -> Path:
    at = np.arange(int(seconds * 8000)) * 2 * np.pi * 310 / 8000
    voice = np.clip(peak * np.sin(at), -32124, 32124).astype(np.int16)
    path = folder / "voice.wav"
    soundfile.write(path, np.concatenate((voice, np.zeros(int(silence * 8000), np.int16))), 8000, subtype="PCM_16")
    return path


def test_a_full_sine_has_three_dbm0_and_a_pause_does_not_make_it_quieter(tmp_path: Path) -> None:
    loud = loudness(tone(tmp_path, 32_124, silence=1.0))
    assert loud is not None
    assert loud.level == pytest.approx(3.17, abs=0.2)
    soft = loudness(tone(tmp_path, 321))
    assert soft is not None
    assert soft.level == pytest.approx(-36.8, abs=0.2)
    assert soft.clipped == 0


def test_a_voice_that_is_too_loud_for_the_line_is_seen(tmp_path: Path) -> None:
    torn = loudness(tone(tmp_path, 90_000))
    assert torn is not None
    assert torn.clipped > 0.5


def test_silence_and_no_file_have_no_loudness(tmp_path: Path) -> None:
    assert loudness(tone(tmp_path, 10)) is None
    assert loudness(tmp_path / "none.wav") is None
