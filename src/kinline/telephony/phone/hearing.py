"""What a phone hears, as text: prompts recognised by their sound, tones by their pitch, all else is "(speech)".

Prompts are whole 20 ms frames long and G.711 is what it is, so a prompt arrives frame by frame as it was built: it
is recognised by exact comparison, and what is reported was truly on the wire. Times are seconds of the caller's clock.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np

from kinline.core.identity import Language
from kinline.core.phrases import assembly
from kinline.core.phrases.assembly import Fragment
from kinline.telephony.media.g711 import FRAME, RATE, Codec
from kinline.telephony.phone.library import Known, Library, is_quiet
from kinline.telephony.phone.overlay import Notice, Overlay

FRAME_SECONDS: Final = FRAME / RATE
_TALK_PAUSE: Final = 10.0  # seconds without a voice after which there is no talk
_SURE_FRAMES: Final = 3  # that are more than near-silence
_TONE_FRAMES: Final = 10  # 200 ms, enough to tell 440 Hz from 480


class Kind(StrEnum):
    """What sort of sound was heard."""

    PROMPT = "prompt"
    SPEECH = "speech"
    RINGING = "ringing"
    BUSY = "busy"
    TONE = "tone"


# How long a sound may pause and still be the same one: ringing is two seconds in six.
_PAUSE: Final = {Kind.PROMPT: 0.3, Kind.SPEECH: 1.2, Kind.RINGING: 4.6, Kind.BUSY: 0.8, Kind.TONE: 0.8}
_TONES: Final = {(440, 480): Kind.RINGING, (480, 620): Kind.BUSY}


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that was heard, once it is over. `fragments` are empty but for a prompt."""

    kind: Kind
    started_at: float
    ended_at: float
    text: str
    language: Language | None = None
    fragments: tuple[Fragment, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """The keys of the phrases of the catalogue that were said, in their order."""
        return phrases_in(self.fragments)


def phrases_in(fragments: Iterable[Fragment]) -> tuple[str, ...]:
    """The keys of the phrases that fragments belong to, in their order."""
    named = (assembly.phrase_of(fragment.name) for fragment in fragments)
    return tuple(dict.fromkeys(key for key in named if key))


def told(fragments: Sequence[Fragment], key: str, value: str, language: Language | None = None) -> str | None:
    """The key that a phrase named for one of its values: after "To accept, press 1" `told(..., "accept")` is "1".

    `language`: only when it was said in that one.
    """
    for before, after in pairwise(fragments):
        for spoken in Language if language is None else (language,):
            if before.name == assembly.piece_before(key, value, spoken):
                digit = after.name.rpartition(".")[2]  # `digit.1` and `number.1` sound the same
                return {"star": "*", "pound": "#"}.get(digit, digit)
    return None


@dataclass(slots=True)
class _Sound:
    """A sound that goes on."""

    kind: Kind
    started_at: float
    last_at: float
    fragments: list[Fragment] = field(default_factory=list)
    language: Language | None = None

    def finished(self) -> Heard:
        text = assembly.joined(fragment.text for fragment in self.fragments) if self.fragments else f"({self.kind})"
        return Heard(self.kind, self.started_at, self.last_at, text, self.language, tuple(self.fragments))


@dataclass(frozen=True, slots=True)
class _Guess:
    """A fragment that fits all frames since `since`, and which of its frames must come next."""

    known: Known
    since: int
    next: int

    @property
    def is_sure(self) -> bool:
        """Whether it was heard whole, or enough of it: speech may end in a frame or two of some prompt's ending."""
        is_whole = self.since == 0 and self.next == len(self.known.frames)
        return is_whole or sum(self.known.loud[self.since : self.next]) >= _SURE_FRAMES


class Hearing:
    """Takes 20 ms frames in, tells `on_heard` what they were. Without a frame, `quiet` must be called instead.

    `on_fragment` is told each fragment as soon as it was said, while the prompt may still go on.
    """

    def __init__(
        self,
        library: Library,
        on_heard: Callable[[Heard], None],
        on_fragment: Callable[[Fragment], None] = lambda fragment: None,
    ) -> None:
        self._library = library
        self._on_heard = on_heard
        self._on_fragment = on_fragment
        self._guesses: list[_Guess] = []
        self._sound: _Sound | None = None
        self._strange: list[bytes] = []  # frames of no prompt, until there are enough to tell what they are
        self._overlay = Overlay(library)
        self._speech_at = float("-inf")  # when somebody was last heard to speak

    @property
    def since(self) -> float | None:
        """When the sound that is being heard began; None in silence."""
        began = [self._sound.started_at] if self._sound else []
        return min([*began, *self._overlay.since], default=None)

    def frame(self, frame: bytes, codec: Codec, at: float) -> None:
        """A frame of sound that arrived at `at`."""
        if self._under_a_voice(frame, codec, at):
            return
        if self._go_on(frame, at):
            return
        places = self._library.places(frame, codec)
        if not places and is_quiet(frame, codec):
            return self.quiet(at)
        if places:
            self._guesses = [_Guess(known, position, position + 1) for known, position in places]
            self._hear(Kind.PROMPT, at)
            self._strange.clear()
            self._conclude(at)
            return
        self._strange.append(frame)
        if len(self._strange) >= _TONE_FRAMES:
            self._hear(_kind_of(self._strange, codec), at, (_TONE_FRAMES - 1) * FRAME_SECONDS)
            self._strange.clear()

    def quiet(self, at: float) -> None:
        """Nothing was heard at `at`. A prompt may go on where it was: its next packet may only be late."""
        self._notice(self._overlay.finish())
        if self._sound and at - self._sound.last_at > _PAUSE[self._sound.kind]:
            self._give_up(at)
            self._finish()

    def finish(self, at: float) -> None:
        """The call is over: what was going on has ended."""
        self._notice(self._overlay.finish())
        self._give_up(at)
        self._finish()

    def _under_a_voice(self, frame: bytes, codec: Codec, at: float) -> bool:
        """Whether the frame belongs to a notice that is spoken over a talk."""
        was_active = self._overlay.active
        if len(frame) != FRAME or (not was_active and not self._in_talk(at)):
            return False
        self._notice(self._overlay.frame(codec.decode(frame), at))
        if self._overlay.active and not was_active:  # its first words have just been said, and taken for a voice
            self._give_up(at)
            began = min(self._overlay.since)
            if self._sound and self._sound.started_at >= began - FRAME_SECONDS:
                self._sound = None
            self._finish()
        return self._overlay.active

    def _in_talk(self, at: float) -> bool:
        return at - self._speech_at < _TALK_PAUSE

    def _go_on(self, frame: bytes, at: float) -> bool:
        """Whether the frame is the next one of a fragment that is being heard."""
        fitting = [guess for guess in self._guesses if guess.known.frames[guess.next] == frame]
        if not fitting:
            self._give_up(at)
            return False
        self._guesses = [_Guess(guess.known, guess.since, guess.next + 1) for guess in fitting]
        self._hear(Kind.PROMPT, at)
        self._conclude(at)
        return True

    def _conclude(self, at: float) -> None:
        """A fragment that was heard to its end is heard, unless a longer one still fits."""
        complete = [guess for guess in self._guesses if guess.next == len(guess.known.frames) and guess.is_sure]
        self._guesses = [guess for guess in self._guesses if guess.next < len(guess.known.frames)]
        if complete and not self._guesses:
            self._recognised(_likeliest(complete, self._sound))

    def _give_up(self, at: float) -> None:
        """A fragment was cut, by a key or a lost packet: it counts when enough of it was heard to be sure."""
        sure = [guess for guess in self._guesses if guess.is_sure]
        self._guesses = []
        if sure:
            self._recognised(_likeliest(sure, self._sound))

    def _recognised(self, guess: _Guess) -> None:
        assert self._sound is not None  # noqa: S101 (a guess is a prompt that is being heard)
        fragment, sound = guess.known.fragment, self._sound
        if sound.language and guess.known.language and sound.language is not guess.known.language:
            # Another prompt, in another language. Frames that came late come thick, and took less time than they last.
            began = max(sound.started_at, sound.last_at - (guess.next - guess.since) * FRAME_SECONDS)
            self._sound = _Sound(Kind.PROMPT, began, sound.last_at)
            sound.last_at = began
            self._on_heard(sound.finished())
        cut_before = self._sound.fragments and self._sound.fragments[-1] == fragment and guess.since > 0
        self._sound.language = guess.known.language or self._sound.language
        if not cut_before:
            self._sound.fragments.append(fragment)
            self._on_fragment(fragment)

    def _hear(self, kind: Kind, at: float, lasted: float = 0.0) -> None:
        if self._sound and self._sound.kind is not kind:
            self._finish()
        if self._sound is None:
            self._sound = _Sound(kind, at - lasted, at)
        self._sound.last_at = at
        if kind is Kind.SPEECH:
            self._speech_at = at

    def _finish(self) -> None:
        sound, self._sound = self._sound, None
        self._strange.clear()
        if sound is None or (sound.kind is Kind.PROMPT and not sound.fragments):
            return
        if sound.fragments and self._in_talk(sound.last_at) and all(map(self._overlay.is_head, sound.fragments)):
            return  # a notice begins, which is heard as a whole
        self._on_heard(sound.finished())

    def _notice(self, notice: Notice | None) -> None:
        """A notice was heard, alone or under a voice."""
        if notice is None:
            return
        text = assembly.joined(fragment.text for fragment in notice.fragments)
        for fragment in notice.fragments:
            self._on_fragment(fragment)
        self._on_heard(Heard(Kind.PROMPT, notice.started_at, notice.ended_at, text, notice.language, notice.fragments))


def _likeliest(guesses: Iterable[_Guess], sound: _Sound | None) -> _Guess:
    """Of fragments that sound the same, the one that goes on with the phrase that is being said."""
    before = sound.fragments[-2:] if sound else []
    phrases = {assembly.phrase_of(fragment.name) for fragment in before} - {None}
    language = sound.language if sound else None

    def fit(guess: _Guess) -> tuple[int, bool, bool]:
        phrase = assembly.phrase_of(guess.known.fragment.name)
        return (guess.next - guess.since, phrase in phrases, guess.known.language is language)

    return max(guesses, key=fit)


def _kind_of(frames: list[bytes], codec: Codec) -> Kind:
    """Ringing, busy, another steady tone, or speech, by where the energy lies."""
    samples = codec.decode(b"".join(frames)).astype(np.float64)
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    width = RATE / len(samples)

    def share(hertz: float) -> float:
        middle = round(hertz / width)
        return float(power[max(0, middle - 3) : middle + 4].sum() / max(power.sum(), 1.0))

    for (low, high), kind in _TONES.items():
        if share(low) > 0.2 and share(high) > 0.2 and share(low) + share(high) > 0.9:
            return kind
    return Kind.TONE if share(float(power.argmax()) * width) > 0.95 else Kind.SPEECH
