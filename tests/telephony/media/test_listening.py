"""Who is at the far end: a person, a machine or a fax; and the name somebody says."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from kinline.core.callflow.events import Machine
from kinline.telephony.media import fragments, tones
from kinline.telephony.media.g711 import FRAME, PCMA, PCMU
from kinline.telephony.media.listening import Ear, MachineWatch, SpokenPiece, level


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(8000 * seconds), np.int16)


@pytest.fixture(scope="module")
def say(tmp_path_factory):
    def spoken(text: str, voice: str = "en-us") -> np.ndarray:
        path: Path = tmp_path_factory.mktemp("speech") / "speech.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-w", path, text], check=True)
        return fragments.read(path)

    return spoken


def blocks(*sound: np.ndarray) -> list[np.ndarray]:
    audio = np.concatenate(sound)
    return [audio[start : start + FRAME] for start in range(0, len(audio) - FRAME + 1, FRAME)]


def machine_in(*sound: np.ndarray) -> Machine | None:
    watch = MachineWatch()
    return next((machine for block in blocks(*sound) if (machine := watch.hear(block))), None)


GREETING = (
    "Hi, you have reached the Boudreaux family. We cannot come to the phone right now, "
    "but if you leave your name and number after the tone, we will call you back as soon as we can."
)


@pytest.mark.parametrize("words", ["Hello?", "Boudreaux residence, good evening.", "Yes? Who is this?"])
def test_a_person_says_little_and_waits(say, words: str) -> None:
    assert machine_in(silence(0.5), say(words), silence(4.0), say(words), silence(2.0)) is None


def test_a_greeting_without_a_pause_is_a_machine(say) -> None:
    assert machine_in(silence(0.5), say(GREETING)) is Machine.ANSWERING_MACHINE


def test_a_short_greeting_and_a_beep_are_a_machine(say) -> None:
    beep = tones.sines((1400.0,), 0.4, -12.0)
    assert machine_in(say("Hi, it is Ana, leave a message."), silence(0.3), beep) is Machine.ANSWERING_MACHINE


def test_a_beep_before_anybody_spoke_is_no_machine(say) -> None:
    beep = tones.sines((1400.0,), 0.4, -12.0)
    assert machine_in(beep, silence(1.0), say("Hello?"), silence(3.0)) is None


@pytest.mark.parametrize("frequency", [2100.0, 1100.0])
@pytest.mark.parametrize("error", [-15.0, 15.0])
def test_a_fax_is_known_by_its_whistle(frequency: float, error: float) -> None:
    assert machine_in(silence(0.4), tones.sines((frequency + error,), 0.5, -15.0)) is Machine.FAX


@pytest.mark.parametrize("frequencies", [(440, 480), (480, 620)])
def test_the_networks_tones_are_no_machine(frequencies: tuple[float, ...]) -> None:
    tone = tones.sines(frequencies, 2.0, -19.0)
    assert machine_in(tone, silence(4.0), tone) is None


def test_a_spoken_name_is_kept_without_the_silence_around_it(say) -> None:
    name = say("Roberto Boudreaux")
    piece = SpokenPiece(5.0)
    heard = blocks(silence(1.2), name, silence(3.0))
    ended = next(index for index, block in enumerate(heard) if piece.hear(block))
    spoken = len(name) / 8000
    assert abs(piece.seconds - spoken) < 0.6
    assert len(piece.samples) / 8000 < spoken + 0.3
    assert ended * 0.02 < 1.2 + spoken + 1.1


def test_nothing_said_is_no_speech() -> None:
    noise = np.random.default_rng(3).normal(0, 30, 8000 * 4).astype(np.int16)
    click = silence(4.0)
    click[16000:16100] = 20000
    for nothing in (noise, click, silence(4.0)):
        piece = SpokenPiece(3.0)
        ended = next(index for index, block in enumerate(blocks(nothing)) if piece.hear(block))
        assert ended == 149
        assert (piece.seconds, len(piece.samples)) == (0.0, 0)


def test_one_who_speaks_on_is_stopped_at_the_limit(say) -> None:
    piece = SpokenPiece(2.0)
    assert next(index for index, block in enumerate(blocks(say(GREETING))) if piece.hear(block)) == 99
    assert piece.seconds > 1.5


def test_silence_stands_where_packets_are_missing() -> None:
    ear = Ear()
    loud = PCMU.encode(np.full(FRAME, 8000, np.int16))
    heard = ear.blocks(PCMU, 0xFFFFFF60, loud) + ear.blocks(PCMU, 480, loud)
    assert [bool(block.any()) for block in heard] == [True, False, False, False, True]


def test_packets_of_any_length_become_whole_blocks() -> None:
    ear = Ear()
    sound = PCMA.encode(tones.sines((500.0,), 0.3, -10.0))
    parts = [ear.blocks(PCMA, start, sound[start : start + 240]) for start in range(0, 2400, 240)]
    whole = np.concatenate([block for part in parts for block in part])
    assert np.array_equal(whole, PCMA.decode(sound))


def test_loudness_is_told_in_decibels() -> None:
    assert level(tones.sines((1000.0,), 0.02, -10.0)) == pytest.approx(-10, abs=0.3)
    assert level(silence(0.02)) < -60
