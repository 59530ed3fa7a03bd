"""Keys as RFC 4733 telephone events, in and out, and the one report that each press becomes."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from kinline.core.servicecall.findings import KeySignal
from kinline.telephony.media.g711 import FRAME, RATE

EVENTS: Final = "0123456789*#ABCD"
_PAYLOAD: Final = Struct("!BBH")
_END: Final = 0x80
_VOLUME: Final = 10  # -dBm0
_ENDS: Final = 3  # RFC 4733 2.5.1.4: the last packet is sent three times
_LONGEST: Final = 0xFFFF
_ECHO: Final = 0.5  # seconds in which a tone and an event of the same key are one press


class EventReceiver:
    """Finds presses in a stream of events, which repeats each of them many times, in any order.

    A press is known by the timestamp of its start. It is told at the first packet that shows it, so that a key cuts
    a prompt at once.
    """

    def __init__(self) -> None:
        self._ssrc: int | None = None
        self._timestamp = 0
        self._digit = ""
        self._duration = 0

    def received(self, ssrc: int, timestamp: int, marker: bool, payload: bytes) -> str | None:
        """The key that was pressed, if this packet is the first sign of it."""
        if len(payload) < _PAYLOAD.size:
            return None
        event, _, duration = _PAYLOAD.unpack_from(payload)
        if event >= len(EVENTS):
            return None
        digit = EVENTS[event]
        if ssrc == self._ssrc:
            later = (timestamp - self._timestamp) & 0xFFFFFFFF
            if later == 0:
                self._duration = max(self._duration, duration)
                return None
            if later >= 0x80000000:  # a straggler of an earlier press
                return None
            if digit == self._digit and not marker and self._duration >= _LONGEST - RATE and later <= _LONGEST:
                self._timestamp = timestamp  # RFC 4733 2.5.1.3: a press too long for one event goes on in the next
                self._duration = duration
                return None
        self._ssrc = ssrc
        self._timestamp, self._digit, self._duration = timestamp, digit, duration
        return digit


@dataclass(frozen=True, slots=True)
class EventPacket:
    """What the next packet of a press carries. `start`: samples since the press began to be sent."""

    payload: bytes
    first: bool


def press(digit: str, milliseconds: int) -> Iterator[EventPacket | None]:
    """The packets of one press, one for each 20 ms, then the pause before another. Raises `ValueError` for no key."""
    if len(digit) != 1 or digit not in EVENTS:
        raise ValueError(f"no key {digit!r}")
    return _press(EVENTS.index(digit), min(_LONGEST, max(FRAME * 2, milliseconds * RATE // 1000)))


def _press(event: int, duration: int) -> Iterator[EventPacket | None]:
    sent = min(FRAME, duration)
    first = True
    while sent < duration:
        yield EventPacket(_PAYLOAD.pack(event, _VOLUME, sent), first)
        first = False
        sent = min(sent + FRAME, duration)
    for _ in range(_ENDS):
        yield EventPacket(_PAYLOAD.pack(event, _END | _VOLUME, duration), first)
        first = False
    yield from (None, None)


class Keys:
    """Makes one report of a press that is heard twice, as an event and as tones in the audio.

    Once a far end has shown that it sends events, its tones count no more: they are the echo of events, or speech.
    """

    def __init__(self) -> None:
        self.tones_count = True
        self.heard_as: KeySignal | None = None
        self._tone: tuple[str, float] | None = None

    def by_event(self, digit: str, at: float) -> str | None:
        self.tones_count, self.heard_as = False, KeySignal.EVENT
        tone, self._tone = self._tone, None
        if tone is not None and tone[0] == digit and at - tone[1] < _ECHO:
            return None
        return digit

    def by_tone(self, digit: str, at: float) -> str | None:
        if not self.tones_count:
            return None
        self._tone, self.heard_as = (digit, at), KeySignal.TONE
        return digit
