"""What a leg is made to hear: a queue of utterances, with a tone behind it."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kinline.telephony.media.fragments import Sound
from kinline.telephony.media.g711 import Codec


@dataclass(slots=True)
class _Utterance:
    sounds: Sequence[Sound]
    token: int | None
    interruptible: bool
    fragment: int = 0
    position: int = 0


class Playout:
    """Gives out sound frame by frame. `on_ended(token)` is called once the last frame of an utterance was given out."""

    def __init__(self, on_ended: Callable[[int], None]) -> None:
        self._on_ended = on_ended
        self._queue: deque[_Utterance] = deque()
        self._tone: Sound | None = None
        self._tone_position = 0

    @property
    def active(self) -> bool:
        return bool(self._queue) or self._tone is not None

    def queue(self, sounds: Sequence[Sound], token: int | None, *, interruptible: bool) -> None:
        self._tone = None
        self._queue.append(_Utterance(sounds, token, interruptible))

    def insert(self, sound: Sound) -> None:
        """Play a sound at once, before everything that is queued; nothing cuts it but `stop`."""
        self._queue.appendleft(_Utterance((sound,), None, False))

    def repeat(self, tone: Sound) -> None:
        """Play a tone whenever no utterance is, until the next utterance or `stop`."""
        self._tone = tone
        self._tone_position = 0

    def stop_tone(self) -> None:
        self._tone = None

    def stop(self) -> None:
        self._queue.clear()
        self._tone = None

    def interrupt(self) -> None:
        """A key was pressed: what it may cut is gone, nobody is told of its end."""
        self._queue = deque(utterance for utterance in self._queue if not utterance.interruptible)

    def frame(self, codec: Codec, size: int) -> bytes | None:
        """The next `size` samples, padded with silence at an end; None when there is nothing to play."""
        parts: list[bytes] = []
        missing = size
        while self._queue and missing:
            utterance = self._queue[0]
            part = self._advance(utterance, codec, missing)
            parts.append(part)
            missing -= len(part)
            if utterance.fragment == len(utterance.sounds):
                self._queue.popleft()
                if utterance.token is not None:
                    self._on_ended(utterance.token)
        if not parts and self._tone is not None:
            start = self._tone_position
            self._tone_position = (start + size) % len(self._tone)
            part = self._tone.slice(codec, start, start + size)
            return part + self._tone.slice(codec, 0, size - len(part)) if len(part) < size else part
        if len(parts) == 1 and not missing:
            return parts[0]
        return b"".join(parts) + codec.silence * missing if parts else None

    @staticmethod
    def _advance(utterance: _Utterance, codec: Codec, size: int) -> bytes:
        if utterance.fragment == len(utterance.sounds):
            return b""
        sound = utterance.sounds[utterance.fragment]
        part = sound.slice(codec, utterance.position, utterance.position + size)
        utterance.position += len(part)
        if utterance.position >= len(sound):
            utterance.fragment += 1
            utterance.position = 0
        return part
