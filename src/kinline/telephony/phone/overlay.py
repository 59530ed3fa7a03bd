"""Notices that are spoken over a talk: found under the voices by matching their known sound with what was heard.

The platform adds a notice to the voice sample by sample, frame upon frame, at its own loudness. So a frame that holds
it correlates with its sound at a gain of one, whatever else is in there, and no search in time is needed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kinline.core.identity import Language
from kinline.core.phrases.assembly import Fragment
from kinline.telephony.media.g711 import FRAME, Samples
from kinline.telephony.phone.library import Library, language_of

NOTICES: Final = ("talk.warning", "talk.branding")
_LEAST_GAIN: Final = 0.7
_LEAST_LIKENESS: Final = 0.3  # correlation: a voice of three times the loudness still lets a notice through
_AHEAD: Final = 110  # frames; longer than any word, number or name is allowed to be here


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that was heard under a voice; times as they were given with its frames."""

    started_at: float
    ended_at: float
    language: Language
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A fragment as it is looked for."""

    fragment: Fragment
    language: Language | None  # None: a name
    samples: Samples
    energy: float

    @property
    def frames(self) -> int:
        return len(self.samples) // FRAME


class Overlay:
    """Is given every frame of a leg; `active` from the first words of a notice until it is over."""

    def __init__(self, library: Library) -> None:
        self._library = library
        heads = {f"{language}/{key}.0" for language in Language for key in NOTICES}
        self.heads = _patterns((fragment, sound) for fragment, sound in library.sounds() if fragment.name in heads)
        self._kept = max((head.frames for head in self.heads), default=0)
        self._frames: list[Samples] = []
        self._times: list[float] = []
        self._said: list[_Pattern] = []

    @cached_property
    def _fragments(self) -> list[_Pattern]:
        """All that a notice may go on with."""
        return _patterns(self._library.sounds())

    @property
    def active(self) -> bool:
        return bool(self._said)

    @property
    def since(self) -> tuple[float, ...]:
        """When the notice began that is being heard; empty without one."""
        return (self._times[0],) if self._said else ()

    def is_head(self, fragment: Fragment) -> bool:
        """Whether it sounds like the first words of a notice."""
        return any(head.fragment.text == fragment.text for head in self.heads)

    def frame(self, samples: Samples, at: float) -> Notice | None:
        """Take a frame in; the notice that is over with it, if one is."""
        self._frames.append(samples)
        self._times.append(at)
        if not self._said:
            self._begin()
            return None
        if len(self._frames) - self._position() >= _AHEAD:
            return self._go_on()
        return None

    def finish(self) -> Notice | None:
        """No frames come any more."""
        while self._said:
            if notice := self._go_on():
                return notice
        return None

    def _begin(self) -> None:
        del self._frames[: -self._kept or None], self._times[: -self._kept or None]
        for head in self.heads:
            if len(self._frames) >= head.frames and self._fits(head, len(self._frames) - head.frames):
                del self._frames[: -head.frames], self._times[: -head.frames]
                self._said = [head]
                return

    def _go_on(self) -> Notice | None:
        """Find the next fragment, or the end."""
        position = self._position()
        language = self._said[0].language
        room = len(self._frames) - position
        fitting = [
            pattern
            for pattern in self._fragments
            if pattern.language in (language, None) and pattern.frames <= room and self._fits(pattern, position)
        ]
        if fitting:
            self._said.append(max(fitting, key=lambda pattern: self._explained(pattern, position)))
            return None
        assert language is not None  # noqa: S101 (a head is no name)
        ended_at = self._times[min(position, len(self._times)) - 1]
        notice = Notice(self._times[0], ended_at, language, tuple(pattern.fragment for pattern in self._said))
        self._said = []
        del self._frames[:position], self._times[:position]
        return notice

    def _position(self) -> int:
        return sum(pattern.frames for pattern in self._said)

    def _heard(self, pattern: _Pattern, position: int) -> NDArray[np.float32]:
        return np.concatenate(self._frames[position : position + pattern.frames]).astype(np.float32)

    def _fits(self, pattern: _Pattern, position: int) -> bool:
        heard = self._heard(pattern, position)
        common = float(heard @ pattern.samples)
        if abs(common / pattern.energy - 1) > 1 - _LEAST_GAIN:
            return False
        return common > _LEAST_LIKENESS * sqrt(_energy(heard) * pattern.energy)

    def _explained(self, pattern: _Pattern, position: int) -> float:
        """How much energy is gone when the fragment is taken out of what was heard."""
        return 2 * float(self._heard(pattern, position) @ pattern.samples) - pattern.energy


def _patterns(sounds: Iterable[tuple[Fragment, Samples]]) -> list[_Pattern]:
    return [
        _Pattern(fragment, language_of(fragment), samples, _energy(samples))
        for fragment, samples in sounds
        if len(samples) <= _AHEAD * FRAME and any(map(str.isalnum, fragment.text))
    ]


def _energy(samples: Samples | NDArray[np.float32]) -> float:
    sound = samples.astype(np.float32)
    return float(sound @ sound)
