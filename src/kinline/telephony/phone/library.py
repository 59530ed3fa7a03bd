"""The prompts that a phone can recognise: every fragment of an installation, cut into frames as they are sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from kinline.core.identity import Language
from kinline.core.phrases import assembly
from kinline.core.phrases.assembly import Fragment
from kinline.telephony.media import fragments
from kinline.telephony.media.g711 import FRAME, PCMU, Codec, Samples
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


_Places: TypeAlias = dict[bytes, list[tuple[Known, int]]]


class Library:
    """Looks up where a received frame comes from. A fragment is known by its sound alone, as an ear knows it."""

    def __init__(self, prompts: Prompts, codec: Codec = PCMU) -> None:
        """Every prompt and every recorded name of an installation; what is not built is not known.

        The prompts are made ready in this codec at once: it takes a second, for which a phone in a call would be deaf
        and mute.
        """
        self._prompts = prompts
        self._spoken = [(fragment, fragments.read(path)) for fragment, path in _built(prompts) if path.exists()]
        self._spoken_places: dict[str, _Places] = {codec.name: _placed(self._spoken, codec)}
        self._named: list[tuple[Fragment, Samples]] = []
        self._named_places: dict[str, _Places] = {}
        self._names_at = 0
        self._learn_names()

    def places(self, frame: bytes, codec: Codec) -> list[tuple[Known, int]]:
        """The fragments that have this frame, and at which position; none for silence."""
        places = self._known_places(frame, codec)
        if not places and self._learn_names():  # a name may be recorded while one listens
            places = self._known_places(frame, codec)
        return places

    def sounds(self) -> list[tuple[Fragment, Samples]]:
        """Every fragment with its sound."""
        return self._spoken + self._named

    def _known_places(self, frame: bytes, codec: Codec) -> list[tuple[Known, int]]:
        if codec.name not in self._spoken_places:
            self._spoken_places[codec.name] = _placed(self._spoken, codec)
        if codec.name not in self._named_places:
            self._named_places[codec.name] = _placed(self._named, codec)
        return self._spoken_places[codec.name].get(frame, []) + self._named_places[codec.name].get(frame, [])

    def _learn_names(self) -> bool:
        """Take in the names that were recorded since the last time; whether there are any."""
        folder = self._prompts.names
        changed_at = folder.stat().st_mtime_ns if folder.is_dir() else 0
        if changed_at == self._names_at:
            return False
        self._names_at = changed_at
        self._named = [(name, fragments.read(path)) for name, path in _names(folder)]
        self._named_places.clear()
        return True


def _placed(sounds: Iterable[tuple[Fragment, Samples]], codec: Codec) -> _Places:
    """Where each frame is found."""
    places: _Places = {}
    for fragment, samples in sounds:
        encoded = codec.encode(samples)
        frames = tuple(encoded[at : at + FRAME] for at in range(0, len(encoded), FRAME))
        loud = tuple(not is_quiet(frame, codec) for frame in frames)
        known = Known(fragment, language_of(fragment), frames, loud)
        for position, frame in enumerate(frames):
            if len(set(frame)) > 1:  # true silence may be anybody's
                places.setdefault(frame, []).append((known, position))
    return places


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
