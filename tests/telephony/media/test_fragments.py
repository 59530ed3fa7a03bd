from pathlib import Path

import numpy as np
import pytest
import soundfile

from kinline.telephony.media import fragments, tones
from kinline.telephony.media.fragments import Fragments
from kinline.telephony.media.g711 import PCMA, PCMU


def loudest(samples: np.ndarray) -> int:
    """The frequency that prevails, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples))
    return round(int(spectrum.argmax()) * 8000 / len(samples))


@pytest.mark.parametrize("subtype", ["PCM_16", "ULAW", "ALAW", "FLOAT"])
@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_wav_becomes_telephone_sound(tmp_path: Path, subtype: str, rate: int, channels: int) -> None:
    path = tmp_path / "tone.wav"
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)
    soundfile.write(path, np.stack([tone] * channels, axis=1), rate, subtype=subtype)
    sound = Fragments().load(path)
    assert abs(len(sound) - 8000) <= 2
    for codec, data in ((PCMU, sound.pcmu), (PCMA, sound.pcma)):
        heard = codec.decode(data)
        assert abs(loudest(heard) - 440) <= 2
        assert np.sqrt(np.mean(heard.astype(float) ** 2)) == pytest.approx(0.3 * 32768 / 2**0.5, rel=0.05)


def a_wav(path: Path, seconds: float = 1.0) -> Path:
    soundfile.write(path, tones.sines((500.0,), seconds, -10.0), 8000)
    return path


def test_a_file_is_read_once(tmp_path: Path) -> None:
    cache, path = Fragments(), a_wav(tmp_path / "a.wav")
    first = cache.load(path)
    path.unlink()
    assert cache.load(path) is first
    cache.forget(path)
    with pytest.raises(OSError, match=r"a\.wav"):
        cache.load(path)


def test_the_least_used_is_forgotten_first(tmp_path: Path) -> None:
    cache = Fragments(largest=5 * 8000)  # room for two seconds in both laws
    first, second, third = (a_wav(tmp_path / f"{name}.wav") for name in "abc")
    kept = cache.load(first)
    cache.load(second)
    cache.load(first)
    cache.load(third)
    second.unlink()
    assert cache.load(first) is kept
    with pytest.raises(OSError, match=r"b\.wav"):
        cache.load(second)


def test_what_is_no_sound_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_text("not a sound")
    with pytest.raises(OSError, match=r"x\.wav"):
        fragments.read(path)
