import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony.media.g711 import CODECS, PCMA, PCMU, transcode

samples = st.integers(-32768, 32767)


def mu_law_by_the_book(sample: int) -> int:
    """G.711 table 2: sign, the segment whose end is not passed, the step within it, all bits inverted."""
    sign, magnitude = (0x80, -sample) if sample < 0 else (0, sample)
    magnitude = min(magnitude, 32635) + 132
    segment = 0
    while magnitude > (0x100 << segment) - 1:
        segment += 1
    return ~(sign | segment << 4 | (magnitude >> (segment + 3)) & 0x0F) & 0xFF


def a_law_by_the_book(sample: int) -> int:
    """G.711 table 1: the same with even bits inverted and a linear first segment."""
    sign, level = (0x00, ~sample) if sample < 0 else (0x80, sample)
    level >>= 4
    segment = 0
    while level > 31:
        level >>= 1
        segment += 1
    if level > 15:
        segment += 1
        level -= 16
    return (sign | segment << 4 | level) ^ 0x55


@given(samples)
def test_every_sample_is_coded_as_the_recommendation_says(sample: int) -> None:
    signal = np.array([sample], np.int16)
    assert PCMU.encode(signal)[0] == mu_law_by_the_book(sample)
    assert PCMA.encode(signal)[0] == a_law_by_the_book(sample)


@given(st.sampled_from(CODECS), st.integers(0, 255))
def test_what_was_decoded_codes_to_the_same_byte(codec, code: int) -> None:
    linear = codec.decode(bytes([code]))
    again = codec.encode(linear)[0]
    assert codec.decode(bytes([again]))[0] == linear[0]  # mu-law has two zeros, so the sound is compared


@given(st.sampled_from(CODECS), samples)
def test_the_error_is_within_half_a_step_of_the_segment(codec, sample: int) -> None:
    heard = int(codec.decode(codec.encode(np.array([sample], np.int16)))[0])
    clipped = max(-32635, min(32635, sample))
    bias, smallest_step = (132, 8) if codec is PCMU else (0, 16)  # ITU-T G.711, at 16 bits
    assert abs(heard - clipped) <= max(smallest_step / 2, (abs(clipped) + bias) / 32)


def test_known_codes() -> None:
    assert PCMU.encode(np.zeros(1, np.int16)) == PCMU.silence
    assert PCMA.encode(np.zeros(1, np.int16)) == PCMA.silence
    assert PCMU.decode(b"\x00\x80")[0] == -32124
    assert PCMU.decode(b"\x80")[0] == 32124
    assert PCMA.decode(b"\xaa")[0] == 32256
    assert PCMA.decode(b"\x2a")[0] == -32256


@given(st.binary(max_size=400))
def test_transcoding_there_and_back_stays_within_a_step(payload: bytes) -> None:
    there = transcode(payload, PCMU, PCMA)
    back = transcode(there, PCMA, PCMU)
    assert len(back) == len(payload)
    before, after = PCMU.decode(payload).astype(int), PCMU.decode(back).astype(int)
    assert np.all(np.abs(before - after) <= np.maximum(16, np.abs(before) / 15))


@pytest.mark.parametrize("codec", CODECS)
def test_mixing_adds_and_clips(codec) -> None:
    loud = codec.encode(np.full(4, 30000, np.int16))
    quiet = codec.encode(np.full(2, 1000, np.int16))
    assert codec.decode(codec.mix(quiet, quiet))[0] == pytest.approx(2000, rel=0.05)
    assert list(codec.decode(codec.mix(loud, loud))) == [codec.decode(codec.encode(np.array([32767], np.int16)))[0]] * 4
    assert codec.mix(loud, quiet)[2:] == loud[2:]


@given(st.sampled_from(CODECS), st.binary(min_size=1, max_size=200))
def test_mixing_with_silence_changes_nothing_that_can_be_heard(codec, payload: bytes) -> None:
    mixed = codec.mix(payload, codec.silence * len(payload))
    assert np.all(np.abs(codec.decode(mixed).astype(int) - codec.decode(payload)) <= 24)
