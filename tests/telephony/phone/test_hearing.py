"""A phone recognises what is said to it by its sound alone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kinline.core.callflow.commands import Tone
from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.core.phrases import assembly
from kinline.core.speech import Digits, Say, Span, SpokenName, Utterance
from kinline.telephony.media import fragments, tones
from kinline.telephony.media.g711 import FRAME, PCMA, PCMU, Codec
from kinline.telephony.phone.hearing import FRAME_SECONDS, Heard, Hearing, Kind, told
from kinline.telephony.phone.library import QUIET, Library
from kinline.telephony.prompts import Prompts

ENGLISH, SPANISH = Language.ENGLISH, Language.SPANISH
OFFER = (
    Say.of(
        "offer.intro",
        provider=SpokenName("provider", "Kinline"),
        resident=SpokenName("resident/1", "Andre Guidry"),
        facility=SpokenName("facility/1", "Bayou Parish Jail"),
    ),
    Say.of("offer.rate", per_minute=Money(65_000)),
    Say.of("offer.keys", accept=Digits("3"), refuse=Digits("2"), price=Digits("9"), block=Digits("7")),
)


def sound_of(spoken: Prompts, utterance: Utterance, language: Language) -> np.ndarray:
    return np.concatenate([fragments.read(path) for path in spoken.paths(utterance, language)])


class Listener:
    """A hearing with a clock of its own that goes on by 20 ms a frame."""

    def __init__(self, library: Library, codec: Codec = PCMU) -> None:
        self.heard: list[Heard] = []
        self._hearing = Hearing(library, self.heard.append)
        self._codec = codec
        self._now = 0.0

    def hear(self, samples: np.ndarray) -> None:
        encoded = self._codec.encode(np.ascontiguousarray(samples))
        for start in range(0, len(encoded), FRAME):
            self._hearing.frame(encoded[start : start + FRAME], self._codec, self._now)
            self._now += FRAME_SECONDS

    def hear_nothing(self, seconds: float) -> None:
        for _ in range(round(seconds / FRAME_SECONDS)):
            self._hearing.quiet(self._now)
            self._now += FRAME_SECONDS


def speech_like(seconds: float, seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(seed).normal(0, 3000, round(seconds * 8000))).astype(np.int16)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("codec", [PCMU, PCMA], ids=lambda codec: codec.name)
def test_what_is_heard_reads_as_the_platform_would_write_it(
    spoken: Prompts, library: Library, language: Language, codec: Codec
) -> None:
    listener = Listener(library, codec)
    listener.hear(sound_of(spoken, OFFER, language))
    listener.hear_nothing(1)
    (heard,) = listener.heard
    assert heard.kind is Kind.PROMPT
    assert heard.text == assembly.words(OFFER, language)
    assert heard.language is language
    assert heard.phrases == ("offer.intro", "offer.rate", "offer.keys")


@pytest.mark.parametrize("language", Language)
def test_the_keys_that_a_prompt_names_are_told(spoken: Prompts, library: Library, language: Language) -> None:
    listener = Listener(library)
    listener.hear(sound_of(spoken, OFFER, language))
    listener.hear_nothing(1)
    (heard,) = listener.heard
    assert told(heard.fragments, "offer.keys", "accept") == "3"
    assert told(heard.fragments, "offer.keys", "block") == "7"
    assert told(heard.fragments, "language.choice", "key") is None


def test_times_are_those_of_the_sound(spoken: Prompts, library: Library) -> None:
    listener = Listener(library)
    listener.hear_nothing(2)
    sound = sound_of(spoken, (Say.of("dial.wait"),), ENGLISH)
    listener.hear(sound)
    listener.hear_nothing(1)
    (heard,) = listener.heard
    assert heard.started_at == pytest.approx(2, abs=0.05)
    assert heard.ended_at - heard.started_at == pytest.approx(len(sound) / 8000, abs=0.05)


def test_two_prompts_apart_are_two_things_heard(spoken: Prompts, library: Library) -> None:
    listener = Listener(library)
    for key in ("identify.enter_pin", "dial.wait"):
        listener.hear(sound_of(spoken, (Say.of(key),), SPANISH))
        listener.hear_nothing(1)
    assert [heard.phrases for heard in listener.heard] == [("identify.enter_pin",), ("dial.wait",)]


def test_two_languages_on_end_are_two_things_heard(spoken: Prompts, library: Library) -> None:
    listener = Listener(library)
    for language in Language:
        listener.hear(sound_of(spoken, (Say.of("language.choice", key=Digits("1")),), language))
    listener.hear_nothing(1)
    assert [(heard.language, told(heard.fragments, "language.choice", "key")) for heard in listener.heard] == [
        (ENGLISH, "1"),
        (SPANISH, "1"),
    ]
    first, second = listener.heard
    assert first.started_at < first.ended_at == pytest.approx(second.started_at, abs=0.05)


def test_a_prompt_that_a_key_cut_is_heard_as_far_as_it_went(spoken: Prompts, library: Library) -> None:
    listener = Listener(library)
    sound = sound_of(spoken, OFFER, ENGLISH)
    listener.hear(sound[: len(sound) // 2 // FRAME * FRAME])
    listener.hear_nothing(1)
    (heard,) = listener.heard
    assert heard.text
    assert heard.phrases[0] == "offer.intro"
    assert len(heard.text) < len(assembly.words(OFFER, ENGLISH))


def test_packets_that_come_late_do_not_hide_a_prompt(spoken: Prompts, library: Library) -> None:
    sound = sound_of(spoken, (Say.of("identify.enter_pin"),), ENGLISH)
    listener = Listener(library)
    for start in range(0, len(sound), 2 * FRAME):
        listener.hear(sound[start : start + 2 * FRAME])
        listener.hear_nothing(0.16)
    listener.hear_nothing(1)
    assert [heard.phrases for heard in listener.heard] == [("identify.enter_pin",)]


def test_a_lost_packet_does_not_hide_a_prompt(spoken: Prompts, library: Library) -> None:
    sound = sound_of(spoken, (Say.of("offer.recorded"),), ENGLISH)
    listener = Listener(library)
    middle = len(sound) // 2 // FRAME * FRAME
    listener.hear(sound[:middle])
    listener.hear_nothing(FRAME_SECONDS)
    listener.hear(sound[middle + FRAME :])
    listener.hear_nothing(1)
    assert [heard.text for heard in listener.heard] == [assembly.words((Say.of("offer.recorded"),), ENGLISH)]


def test_ringing_is_one_thing_however_often_it_rings_and_busy_another(library: Library) -> None:
    listener = Listener(library)
    for tone in (Tone.RINGBACK, Tone.RINGBACK, Tone.BUSY, Tone.BUSY):
        listener.hear(PCMU.decode(tones.supervisory(tone).pcmu))
    listener.hear_nothing(5)
    assert [(heard.kind, heard.text) for heard in listener.heard] == [
        (Kind.RINGING, "(ringing)"),
        (Kind.BUSY, "(busy)"),
    ]


def test_a_voice_that_is_no_prompt_is_speech_and_silence_is_nothing(library: Library) -> None:
    listener = Listener(library)
    listener.hear(np.zeros(8000, np.int16))
    assert listener.heard == []
    listener.hear(speech_like(1))
    listener.hear_nothing(0.5)
    listener.hear(speech_like(1, seed=2))
    listener.hear_nothing(2)
    (heard,) = listener.heard
    assert heard.text == "(speech)"
    assert heard.ended_at - heard.started_at == pytest.approx(2.5, abs=0.1)


def test_the_pause_between_two_words_of_a_prompt_is_not_taken_for_the_prompt(spoken: Prompts, library: Library) -> None:
    """The end of anybody's speech is as quiet, and may be so to the bit."""
    said = sound_of(spoken, (Say.of("account.enter_number"),), SPANISH)
    frames = said[: len(said) // FRAME * FRAME].reshape(-1, FRAME)
    pause = frames[np.abs(frames).max(axis=1) <= QUIET]
    assert len(pause) > 3
    listener = Listener(library)
    listener.hear(speech_like(1))
    listener.hear(pause.ravel())
    listener.hear_nothing(2)
    assert [heard.text for heard in listener.heard] == ["(speech)"]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("loudness", [0.0, 0.5, 1.0, 1.5])
def test_a_time_signal_is_heard_under_a_voice(
    spoken: Prompts, library: Library, language: Language, loudness: float
) -> None:
    said = (Say.of("talk.warning", left=Span(15)),)
    quiet_second = np.zeros(8000, np.int16)
    signal = np.concatenate([quiet_second, sound_of(spoken, said, language), quiet_second])
    voice = np.resize(sound_of(spoken, OFFER, SPANISH)[777:], len(signal)) * loudness  # out of step with frames
    listener = Listener(library)
    listener.hear(speech_like(1))
    listener.hear(np.clip(signal + voice, -32768, 32767).astype(np.int16))
    listener.hear_nothing(3)
    signals = [heard for heard in listener.heard if heard.kind is Kind.PROMPT]
    assert [heard.text.rstrip(".") for heard in signals] == [assembly.words(said, language).rstrip(".")]
    assert signals[0].started_at == pytest.approx(2.0, abs=0.1)


def test_a_long_talk_without_notices_has_none(spoken: Prompts, library: Library) -> None:
    listener = Listener(library)
    for key, _, utterance in list(every_phrase())[::7]:
        if not key.startswith("talk."):
            listener.hear(sound_of(spoken, utterance, SPANISH)[777:])
    assert all(heard.kind is Kind.SPEECH for heard in listener.heard)


def test_every_phrase_of_the_catalogue_is_recognised_as_itself(spoken: Prompts, library: Library) -> None:
    for key, language, utterance in every_phrase():
        listener = Listener(library)
        listener.hear(sound_of(spoken, utterance, language))
        listener.hear_nothing(1)
        assert [heard.text for heard in listener.heard] == [assembly.words(utterance, language)], key


def every_phrase() -> Iterator[tuple[str, Language, Utterance]]:
    for key in assembly.phrases():
        for language in Language:
            values = {name: Span(95) for name in assembly.placeholders(key, language)}
            yield key, language, (Say.of(key, **values),)


def test_a_name_that_is_recorded_during_the_call_is_recognised_in_it(spoken: Prompts, tmp_path: Path) -> None:
    prompts_of_call = Prompts(spoken.folder, tmp_path / "names")
    listener = Listener(Library(prompts_of_call))
    notice = (Say.of("talk.branding", facility=SpokenName("facility/9", "Bayou Parish Annex")),)
    listener.hear(sound_of(prompts_of_call, notice, ENGLISH))
    listener.hear_nothing(1)
    assert [heard.text for heard in listener.heard] == [assembly.words(notice, ENGLISH)]


def test_a_library_without_prompts_hears_speech(tmp_path: Path) -> None:
    listener = Listener(Library(Prompts(tmp_path / "prompts", tmp_path / "names")))
    listener.hear(speech_like(1))
    listener.hear_nothing(2)
    assert [heard.kind for heard in listener.heard] == [Kind.SPEECH]


def test_speech_that_ends_like_a_prompt_is_not_that_prompt(spoken: Prompts, library: Library) -> None:
    (ending,) = spoken.paths((Say.of("identify.enter_pin"),), ENGLISH)
    frames = fragments.read(ending).reshape(-1, FRAME)
    last_loud = max(at for at, frame in enumerate(frames) if np.abs(frame).max() > 2 * QUIET)
    listener = Listener(library)
    listener.hear(speech_like(1.0))
    listener.hear(frames[last_loud:].ravel())
    listener.hear_nothing(2)
    assert [heard.kind for heard in listener.heard] == [Kind.SPEECH]
