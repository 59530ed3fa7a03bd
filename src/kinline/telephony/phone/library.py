"""The prompts that a phone can recognise: every fragment of an installation, cut into frames as they are sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from kinline.core.identity import Language
from kinline.core.phrases import assembly
from kinline.core.phrases.assembly import Fragment
from kinline.telephony.media import fragments
from kinline.telephony.media.g711 import FRAME, Codec, Samples
from kinline.telephony.prompts import Prompts

QUIET: Final = 64
"""The loudest sample of a frame that nobody would call sound."""


@dataclass(frozen=True, slots=True)
class Known:
    """A fragment and its frames in one codec."""

    fragment: Fragment
    language: Language | None  # None: a name
    frames: tuple[bytes, ...]
    loud: tuple[bool, ...]  # for each frame, whether it is more than the near-silence that any two sounds share


class Library:
    """Looks up where a received frame comes from. A fragment is known by its sound alone, as an ear knows it."""

    def __init__(self, prompts: Prompts) -> None:
        """Every prompt and every recorded name of an installation; what is not built is not known."""
        self._prompts = prompts
        self._sounds = [(fragment, fragments.read(path)) for fragment, path in _built(prompts) if path.exists()]
        self._names_at = 0
        self._by_frame: dict[str, dict[bytes, list[tuple[Known, int]]]] = {}
        self._learn_names()

    def places(self, frame: bytes, codec: Codec) -> list[tuple[Known, int]]:
        """The fragments that have this frame, and at which position; none for silence."""
        places = self._index(codec).get(frame)
        if places is None and self._learn_names():  # a name may be recorded while one listens
            places = self._index(codec).get(frame)
        return places or []

    def sounds(self) -> list[tuple[Fragment, Samples]]:
        """Every fragment with its sound."""
        return self._sounds

    def _learn_names(self) -> bool:
        """Take in the names that were recorded since the last time; whether there are any."""
        folder = self._prompts.names
        changed_at = folder.stat().st_mtime_ns if folder.is_dir() else 0
        if changed_at == self._names_at:
            return False
        self._names_at = changed_at
        self._by_frame.clear()
        self._sounds = [(known, samples) for known, samples in self._sounds if assembly.subject_of(known) is None]
        self._sounds += [(name, fragments.read(path)) for name, path in _names(folder)]
        return True

    def _index(self, codec: Codec) -> dict[bytes, list[tuple[Known, int]]]:
        if codec.name not in self._by_frame:
            index = self._by_frame[codec.name] = {}
            for fragment, samples in self._sounds:
                encoded = codec.encode(samples)
                frames = tuple(encoded[at : at + FRAME] for at in range(0, len(encoded), FRAME))
                loud = tuple(not is_quiet(frame, codec) for frame in frames)
                known = Known(fragment, language_of(fragment), frames, loud)
                for position, frame in enumerate(frames):
                    if len(set(frame)) > 1:  # true silence may be anybody's
                        index.setdefault(frame, []).append((known, position))
        return self._by_frame[codec.name]


def is_quiet(frame: bytes, codec: Codec) -> bool:
    return not frame or int(np.abs(codec.decode(frame)).max()) <= QUIET


def _built(prompts: Prompts) -> Iterable[tuple[Fragment, Path]]:
    for name, text in assembly.inventory().items():
        fragment = Fragment(name, text)
        yield fragment, prompts.path(fragment, Language.ENGLISH)


def _names(folder: Path) -> Iterable[tuple[Fragment, Path]]:
    for recording in sorted(folder.glob("*.wav")):
        if not recording.name.endswith(".part.wav"):
            written = recording.with_suffix(".txt")
            text = written.read_text(encoding="utf-8") if written.exists() else "(recorded name)"
            yield Fragment(f"name:{recording.stem.replace('-', '/', 1)}", text), recording


def language_of(fragment: Fragment) -> Language | None:
    return None if assembly.subject_of(fragment) else Language(fragment.name.partition("/")[0])
