"""Keys heard in audio: the receiver's side of ITU-T Q.24, with real speech against it."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.telephony.media import fragments, tones
from kinline.telephony.media.g711 import CODECS, PCMU
from kinline.telephony.media.keytones import KeyTones

KEYS = "123456789*0#ABCD"


def silence(milliseconds: int) -> np.ndarray:
    return np.zeros(8 * milliseconds, np.int16)


def a_key(digit: str, milliseconds: int, *, detune: float = 1.0, twist: float = 0.0, level: float = -9.0) -> np.ndarray:
    row, column = tones.position(digit)
    low = tones.sines((tones.ROWS[row] * detune,), milliseconds / 1000, level)
    high = tones.sines((tones.COLUMNS[column] * detune,), milliseconds / 1000, level + twist)
    return low + high


def heard(audio: np.ndarray, codec=PCMU, block: int = 160) -> str:
    ear = KeyTones()
    sound = codec.decode(codec.encode(audio.astype(np.int16)))
    return "".join("".join(ear.hear(sound[start : start + block])) for start in range(0, len(sound), block))


@given(
    st.text(KEYS, min_size=1, max_size=6),
    st.integers(40, 200),
    st.integers(40, 150),
    st.integers(0, 200),
    st.sampled_from(CODECS),
    st.sampled_from([80, 160, 240]),
)
@settings(max_examples=examples(60), deadline=None)
def test_keys_of_40_ms_and_more_are_heard_once_each(digits, on, off, offset, codec, block) -> None:
    parts = [np.zeros(offset, np.int16)]
    for digit in digits:
        parts += [a_key(digit, on), silence(off)]
    assert heard(np.concatenate([*parts, silence(40)]), codec, block) == digits


@pytest.mark.parametrize("digit", KEYS)
@pytest.mark.parametrize("detune", [0.985, 1.015])
def test_a_phone_may_be_out_of_tune_by_one_and_a_half_per_cent(digit: str, detune: float) -> None:
    assert heard(np.concatenate([a_key(digit, 60, detune=detune), silence(60)])) == digit


@pytest.mark.parametrize("twist", [-8.0, -4.0, 4.0, 8.0])
@pytest.mark.parametrize("digit", KEYS)
def test_one_tone_may_be_louder_than_the_other(digit: str, twist: float) -> None:
    assert heard(np.concatenate([a_key(digit, 60, twist=twist, level=-18.0), silence(60)])) == digit


def test_a_quiet_key_is_heard_and_a_key_far_away_is_not() -> None:
    assert heard(np.concatenate([a_key("5", 60, level=-25.0), silence(60)])) == "5"
    assert heard(np.concatenate([a_key("5", 60, level=-45.0), silence(60)])) == ""


def test_a_key_is_heard_over_the_noise_of_a_bad_line() -> None:
    noise = np.random.default_rng(1).normal(0, 32124 * 10 ** (-30 / 20) / 2**0.5, 8 * 2000)
    line = noise.copy()
    for index, digit in enumerate("1596"):
        start = 8 * (100 + 300 * index)
        line[start : start + 8 * 80] += a_key(digit, 80, level=-9.0)
    assert heard(line) == "1596"
    assert heard(noise) == ""


@pytest.mark.parametrize(
    "frequencies", [(440, 480), (480, 620), (350, 440), (697,), (1209,), (1100,), (2100,), (1000,)]
)
def test_other_tones_are_no_keys(frequencies: tuple[int, ...]) -> None:
    assert heard(tones.sines(frequencies, 2.0, -12.0)) == ""


def test_a_click_of_20_ms_is_no_key() -> None:
    assert heard(np.concatenate([silence(100), a_key("5", 20), silence(100)])) == ""


@pytest.mark.parametrize("voice", ["en-us", "en-us+f3", "es-419"])
def test_speech_is_no_key(voice: str, tmp_path: Path) -> None:
    text = (
        "Hello? Yes, mama, it is me. I am fine, they moved me to another unit, so call the lawyer about Friday. "
        "Who is that singing in the kitchen? One, two, three, four, five, six, seven, eight, nine, zero. "
        "I will phone again on Sunday, when the children are home. Do you need anything? Good night, I love you."
    )
    path = tmp_path / "speech.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-w", path, text], check=True)
    assert heard(fragments.read(path)) == ""
