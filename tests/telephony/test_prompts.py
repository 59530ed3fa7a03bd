"""Prompts are built once from the catalogue, and an operator's recordings take their place."""

from pathlib import Path

import kept
import numpy as np
import pytest
import soundfile

from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.core.phrases import assembly
from kinline.core.speech import Digits, Say, SpokenName
from kinline.telephony import prompts
from kinline.telephony.prompts import FRAME, RATE, Prompts, SpeechMissing

PRICE = (Say.of("offer.rate", per_minute=Money(65_000)),)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prompts to play with."""
    folder = tmp_path_factory.mktemp("prompts")
    kept.linked(kept.spoken_prompts(), folder)
    return folder


def test_every_fragment_of_the_inventory_is_a_file_of_whole_frames_at_8_khz(folder: Path) -> None:
    for name, text in assembly.inventory().items():
        sound, rate = soundfile.read(folder / f"{name}.wav", dtype="int16")
        assert rate == RATE
        assert sound.ndim == 1
        assert len(sound) > 0
        assert len(sound) % FRAME == 0
        loudest = int(np.abs(sound).max())
        assert loudest > 3000 if any(letter.isalnum() for letter in text) else 0 < loudest < 32, name


def test_a_second_build_makes_nothing_and_a_changed_text_only_itself(folder: Path) -> None:
    assert prompts.build(folder) == 0
    changed = assembly.inventory() | {"en/talk.connected.0": "You may talk now."}
    told: list[tuple[int, int]] = []
    assert prompts.build(folder, lambda done, every: told.append((done, every)), changed) == 1
    assert told == [(1, 1)]
    assert prompts.build(folder) == 1


def test_a_prompt_that_was_deleted_is_built_again(folder: Path) -> None:
    (folder / "en" / "number.7.wav").unlink()
    assert prompts.build(folder) == 1


def test_the_operators_recording_is_played_in_place_of_the_built_one(folder: Path, tmp_path: Path) -> None:
    spoken = Prompts(folder, tmp_path)
    custom = folder / "custom" / "en" / "offer.rate.0.wav"
    assert custom not in spoken.paths(PRICE, Language.ENGLISH)
    custom.parent.mkdir(parents=True)
    custom.write_bytes((folder / "en" / "noon.wav").read_bytes())
    assert spoken.paths(PRICE, Language.ENGLISH)[0] == custom
    assert all(path.exists() for path in spoken.paths(PRICE, Language.ENGLISH))
    custom.unlink()


def test_a_name_that_was_not_recorded_is_synthesised_when_it_is_first_said(folder: Path, tmp_path: Path) -> None:
    spoken = Prompts(folder, tmp_path)
    name = (Say.of("talk.branding", facility=SpokenName("facility/1", "Bayou Parish Jail")),)
    made = tmp_path / "facility-1.wav"
    assert spoken.paths(name, Language.ENGLISH)[1] == made
    assert soundfile.info(made).frames % FRAME == 0


def test_a_name_that_cannot_be_said_is_a_neutral_phrase_of_the_language(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = Prompts(folder, tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("Andre Guidry", ""):
        block = Say.of("offer.confirm_block", resident=SpokenName("resident/1", name), confirm=Digits("1"))
        assert spoken.paths((block,), Language.SPANISH)[1] == folder / "es" / "name.resident.0.wav"


def test_a_recorded_name_is_never_overwritten_by_a_synthesised_one(folder: Path, tmp_path: Path) -> None:
    spoken = Prompts(folder, tmp_path)
    own_voice = spoken.name_path("resident/7")
    own_voice.write_bytes(b"own voice")
    spoken.synthesise_name("resident/7", "Andre Guidry")
    assert own_voice.read_bytes() == b"own voice"


def test_a_missing_speech_program_is_named_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpeechMissing, match="apt-get install espeak-ng"):
        prompts.build(tmp_path / "prompts")
