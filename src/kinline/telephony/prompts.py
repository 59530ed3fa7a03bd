"""Where the sound of each fragment lies, and how it is built: espeak-ng, once, from the catalogue of phrases.

Every file is 8 kHz mono 16-bit WAV, a whole number of 20 ms frames long, so that fragments play one after the other
without a seam and a listener can tell them apart frame by frame. An operator's own recording of a fragment,
`<prompts>/custom/<name>.wav`, takes the place of the built one; it is best a whole number of frames too.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import soundfile  # type: ignore[import-untyped]
import soxr  # type: ignore[import-untyped]
from numpy.typing import NDArray

from kinline.core.identity import Language
from kinline.core.phrases import assembly
from kinline.core.phrases.assembly import Fragment
from kinline.core.speech import Utterance

RATE: Final = 8_000
FRAME: Final = 160
"""Samples in 20 ms."""

_VOICES: Final = {Language.ENGLISH: "en-us", Language.SPANISH: "es-419"}
_WORDS_PER_MINUTE: Final = 155
_SILENCE: Final = 10 ** (-46 / 20)  # below this at either end is not speech
_LOUDNESS: Final = 10 ** (-19 / 20)  # root mean square of what is spoken: comfortable beside telephone speech
_PEAK: Final = 10 ** (-2 / 20)
_PAUSES: Final = {"": 0.03, ",": 0.12, ":": 0.16, ";": 0.16, ".": 0.26, "?": 0.26, "!": 0.26}  # seconds after
_MANIFEST: Final = "built.json"
_RECIPE: Final = 3  # raise it when the sound of an unchanged text changes

Samples = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Told (done, all) while prompts are built."""


class SpeechMissing(RuntimeError):
    """No espeak-ng on this machine."""

    def __init__(self) -> None:
        super().__init__("espeak-ng is not installed, so the prompts cannot be built: sudo apt-get install espeak-ng")


class Prompts:
    """The sound files of an installation: prompts in `folder`, recorded names in `names`."""

    def __init__(self, folder: Path, names: Path) -> None:
        self.folder = folder
        self.names = names

    def paths(self, utterance: Utterance, language: Language) -> list[Path]:
        """The files to play one after the other. Raises `UnknownPhrase`.

        A name is the recording that the resident made of it; one that was not recorded is synthesised when it is
        first said (20 ms of waiting, once), and where it cannot be it is "a person in custody" and the like.
        """
        return [self.path(fragment, language) for fragment in assembly.fragments(utterance, language)]

    def path(self, fragment: Fragment, language: Language) -> Path:
        subject = assembly.subject_of(fragment)
        if subject is not None:
            recorded = self.name_path(subject)
            if fragment.text and not recorded.exists():
                with suppress(SpeechMissing):
                    self.synthesise_name(subject, fragment.text, language)
            return recorded if recorded.exists() else self.path(assembly.unrecorded(subject, language), language)
        custom = self.folder / "custom" / f"{fragment.name}.wav"
        return custom if custom.exists() else self.folder / f"{fragment.name}.wav"

    def name_path(self, subject: str) -> Path:
        """Where the recording of a name lies: `resident/42` -> `<names>/resident-42.wav`."""
        return self.names / f"{subject.replace('/', '-')}.wav"

    def synthesise_name(self, subject: str, text: str, language: Language = Language.ENGLISH) -> Path:
        """Speak a name whose written form is known, unless a recording is there. The text is kept beside it."""
        path = self.name_path(subject)
        if not path.exists():
            sound = render(text, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".txt").write_text(text, encoding="utf-8")
            _write(path, sound)
        return path


def build(folder: Path, progress: Progress = lambda done, every: None, texts: Mapping[str, str] | None = None) -> int:
    """Make every prompt that is missing or whose text has changed; says how many. Raises `SpeechMissing`.

    `texts` are those of all fragments by name, unless given the whole inventory.
    """
    texts = assembly.inventory() if texts is None else texts
    wanted = {name: _recipe(name, text) for name, text in texts.items()}
    manifest = folder / _MANIFEST
    built: dict[str, str] = json.loads(manifest.read_text()) if manifest.exists() else {}
    stale = [name for name, recipe in wanted.items() if built.get(name) != recipe or not _file(folder, name).exists()]
    if not stale:
        return 0
    if shutil.which("espeak-ng") is None:
        raise SpeechMissing
    for language in Language:
        (folder / language).mkdir(parents=True, exist_ok=True)

    def make(name: str) -> None:
        _write(_file(folder, name), render(texts[name], Language(name.partition("/")[0])))

    with ThreadPoolExecutor(os.cpu_count()) as workers:
        for done, _ in enumerate(workers.map(make, stale), start=1):
            progress(done, len(stale))
    for forgotten in built.keys() - wanted.keys():
        _file(folder, forgotten).unlink(missing_ok=True)
    _replace(manifest, json.dumps(wanted, indent=0).encode())
    return len(stale)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.wav"


def _recipe(name: str, text: str) -> str:
    return hashlib.sha256(f"{_RECIPE} {name.partition('/')[0]} {_WORDS_PER_MINUTE} {text}".encode()).hexdigest()[:16]


def render(text: str, language: Language) -> Samples:
    """The sound of a fragment: its words, and the silence that its punctuation asks for at either end."""
    spoken = text.strip(",.;:?! ")
    leading = text[: len(text) - len(text.lstrip(",.;:?! "))].strip()
    trailing = text[len(leading) :].strip()[len(spoken) :].strip() if spoken else ""
    if not spoken:
        return _room_tone(text)
    before = _pause(leading) if leading else np.zeros(0, np.float32)
    # A comma keeps the voice up where the sentence goes on in the next fragment.
    voiced = _spoken(spoken + (trailing or ","), language)
    return _whole_frames(np.concatenate([before, voiced, _pause(trailing)]))


def _pause(punctuation: str) -> Samples:
    seconds = max((_PAUSES.get(mark, 0.0) for mark in punctuation), default=_PAUSES[""])
    return np.zeros(int(seconds * RATE), np.float32)


def _room_tone(punctuation: str) -> Samples:
    """A pause that stands alone: so quiet that nobody hears it, yet unlike silence, so that a listener can tell it."""
    length = len(_whole_frames(_pause(punctuation)))
    grains = np.frombuffer(hashlib.shake_128(punctuation.encode()).digest(length), np.uint8).astype(np.float32)
    return (grains % 5 - 2) * np.float32(8 / 32768)


def _spoken(text: str, language: Language) -> Samples:
    voice: Sequence[str] = ("-v", _VOICES[language], "-s", str(_WORDS_PER_MINUTE))
    try:
        run = subprocess.run(
            ["espeak-ng", *voice, "--stdout", "--", text],
            capture_output=True,
            check=True,
        )
    except FileNotFoundError:
        raise SpeechMissing from None
    sound, rate = soundfile.read(BytesIO(run.stdout), dtype="float32")
    loud = np.flatnonzero(np.abs(sound) > _SILENCE)
    trimmed = sound[loud[0] : loud[-1] + 1] if loud.size else sound
    narrow: Samples = soxr.resample(trimmed, rate, RATE).astype(np.float32)
    level = float(np.sqrt(np.mean(narrow**2))) or 1.0
    peak = float(np.max(np.abs(narrow))) or 1.0
    return narrow * np.float32(min(_LOUDNESS / level, _PEAK / peak))


def _whole_frames(samples: Samples) -> Samples:
    return np.pad(samples, (0, -len(samples) % FRAME))


def _write(path: Path, samples: Samples) -> None:
    wav = BytesIO()
    soundfile.write(wav, samples, RATE, format="WAV", subtype="PCM_16")
    _replace(path, wav.getvalue())


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never sees half a file."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.write_bytes(content)
    partial.replace(path)
