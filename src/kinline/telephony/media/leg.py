"""A leg of the embedded engine: everything that `MediaLeg` promises, on one wire."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import randbelow
from time import monotonic
from typing import Final

import soundfile  # type: ignore[import-untyped]
import structlog

from kinline.core.callflow.commands import Tone
from kinline.core.servicecall.findings import KeySignal
from kinline.telephony.media import dtmf, tones
from kinline.telephony.media.engine import (
    Dead,
    Digit,
    MachineDetected,
    MediaEvent,
    PlaybackEnded,
    Quality,
    SpeechRecorded,
)
from kinline.telephony.media.fragments import Fragments, Sound
from kinline.telephony.media.g711 import FRAME, PCMU, RATE, Codec, Samples, transcode
from kinline.telephony.media.keytones import KeyTones
from kinline.telephony.media.listening import Ear, MachineWatch, SpokenPiece
from kinline.telephony.media.negotiation import Negotiation
from kinline.telephony.media.playout import Playout
from kinline.telephony.media.ports import Ports
from kinline.telephony.media.quality import mean_opinion, r_factor
from kinline.telephony.media.rtcp import Control, jitter_ms
from kinline.telephony.media.wire import Wire

Tap = Callable[[bytes, float], None]

_KEYS: Final = frozenset("0123456789*#")
_PLAY_GAP: Final = 0.06  # seconds without relayed audio after which what plays is sent by itself
_QUIET_GAP: Final = 0.2  # and after which silence is sent, so that NATs and phones stay open
_LOOK: Final = 0.1  # seconds between looks at what is no hurry
_PACKETISATION_MS: Final = 20.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LegSettings:
    """What all legs of an engine have in common. Times in seconds."""

    address: str
    dead_after: float
    keys_in_talk: bool
    epoch: float
    report_interval: float


@dataclass(slots=True)
class _Dictation:
    piece: SpokenPiece
    path: Path
    deadline: float


class EmbeddedLeg:
    """See `MediaLeg`. Made by `EmbeddedEngine.open_leg` only."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        ports: Ports,
        fragments: Fragments,
        settings: LegSettings,
        on_event: Callable[[MediaEvent], None],
        on_closed: Callable[["EmbeddedLeg"], None],
    ) -> None:
        self._loop = loop
        self._ports = ports
        self._fragments = fragments
        self._settings = settings
        self._on_event = on_event
        self._on_closed = on_closed
        self._playout = Playout(lambda token: self._emit(PlaybackEnded(token)))
        sockets = ports.take()
        control = Control(f"kinline@{settings.address}", settings.epoch)
        self.wire = Wire(loop, sockets, control, self._playout, self._key_event)
        self.port = self.wire.port
        self._negotiation = Negotiation(settings.address, self.port)
        self._presses: deque[Iterator[dtmf.EventPacket | None]] = deque()
        self._keys = dtmf.Keys()
        self._key_events = dtmf.EventReceiver()
        self._key_tones = KeyTones()
        self._ear = Ear()
        self._machines: MachineWatch | None = None
        self._dictation: _Dictation | None = None
        self._tap: Tap | None = None
        self._talking_since: float | None = None
        self._dead = False
        self._report_due = 0.0
        self._look_due = 0.0
        self._closed = False
        self._listen_as_needed()

    # What the far end agrees to

    def offer(self) -> bytes:
        return self._negotiation.offer()

    def answer(self, offer: bytes) -> bytes:
        answer = self._negotiation.answer(offer)
        self._agreed()
        return answer

    def accept(self, answer: bytes) -> None:
        self._negotiation.accept(answer)
        self._agreed()

    def _agreed(self) -> None:
        if self._negotiation.agreed is None or self._closed:
            return
        if self.wire.agreed is None:
            self._report_due = monotonic() + self._settings.report_interval * (0.2 + randbelow(200) / 1000)
        self.wire.agree(self._negotiation.agreed)

    # What the far end hears

    def play(self, fragments: Sequence[Path], *, token: int, interruptible: bool = True) -> None:
        """A file that cannot be read is left out and logged: a call must not end for want of a phrase."""
        sounds: list[Sound] = []
        for path in fragments:
            try:
                sounds.append(self._fragments.load(path))
            except OSError as error:
                log.error("media.fragment_unreadable", path=str(path), error=str(error))
        self._playout.queue(sounds, token, interruptible=interruptible)

    def send_audio(self, audio: Path | Samples, *, token: int = 0) -> None:
        """Play a file (raises `OSError`) or samples at 8 kHz to their end, as the voice of a phone."""
        sound = self._fragments.load(audio) if isinstance(audio, Path) else Sound.of(audio)
        self._playout.queue((sound,), token, interruptible=False)

    def tone(self, tone: Tone) -> None:
        self._playout.repeat(tones.supervisory(tone))

    def stop(self) -> None:
        self._playout.stop()

    def send_digit(self, digit: str, milliseconds: int = 120) -> None:
        agreed = self.wire.agreed
        if agreed is not None and agreed.events_out is None:
            self._playout.insert(tones.key(digit, milliseconds))
        else:
            self._presses.append(dtmf.press(digit, milliseconds))
            self.wire.pressing = True
            self.wire.relayed_at = 0.0

    # What the far end says

    def record_speech(self, path: Path, *, seconds: float) -> None:
        self._dictation = _Dictation(SpokenPiece(seconds), path, monotonic() + seconds + 0.1)
        self._listen_as_needed()

    def watch_for_machines(self, watching: bool) -> None:
        self._machines = MachineWatch() if watching else None
        self._listen_as_needed()

    def listen(self, tap: Tap | None) -> None:
        """Give every packet of audio from the far end, as mu-law with the monotonic time of its arrival, to `tap`.

        For phones, whose ear this is. The switchboard does not call it, on any leg.
        """
        self._tap = tap
        self._listen_as_needed()

    def _listen_as_needed(self) -> None:
        keys = self._keys.tones_count and (self.wire.peer is None or self._settings.keys_in_talk)
        wanted = keys or self._machines is not None or self._dictation is not None
        if not wanted:
            self._ear = Ear()
        self.wire.on_audio = self._hear if wanted or self._tap is not None else None
        self._analysing = wanted
        self._keys_by_tone = keys

    def _hear(self, codec: Codec, timestamp: int, payload: bytes, at: float) -> None:
        if self._tap is not None:
            self._tap(transcode(payload, codec, PCMU), at)
        if not self._analysing:
            return
        for block in self._ear.blocks(codec, timestamp, payload):
            if self._keys_by_tone:
                for digit in self._key_tones.hear(block):
                    self._pressed(self._keys.by_tone(digit, at))
            if self._machines is not None and (machine := self._machines.hear(block)) is not None:
                self.watch_for_machines(False)
                self._emit(MachineDetected(machine))
            if self._dictation is not None and self._dictation.piece.hear(block):
                self._end_dictation()

    def _key_event(self, ssrc: int, timestamp: int, marker: bool, payload: bytes, at: float) -> None:
        digit = self._key_events.received(ssrc, timestamp, marker, payload)
        if digit is not None:
            self._pressed(self._keys.by_event(digit, at))
            self._listen_as_needed()

    def _pressed(self, digit: str | None) -> None:
        if digit is not None and digit in _KEYS:
            self._playout.interrupt()
            self._emit(Digit(digit))

    def _end_dictation(self) -> None:
        dictation, self._dictation = self._dictation, None
        self._listen_as_needed()
        if dictation is None:
            return
        piece = dictation.piece
        if piece.seconds:
            unfinished = dictation.path.with_suffix(".part")
            soundfile.write(unfinished, piece.samples, RATE, subtype="PCM_16", format="WAV")
            unfinished.replace(dictation.path)
            self._fragments.forget(dictation.path)
        self._emit(SpeechRecorded(dictation.path, piece.seconds))

    # Time

    def tick(self, at: float) -> None:
        """Every 20 ms, by the engine."""
        wire = self.wire
        if at - wire.relayed_at < _PLAY_GAP and at < self._look_due:
            return  # in talk: the other side's packets go out as they come
        self._look_due = at + _LOOK
        agreed = wire.agreed
        if agreed is None:
            return
        if self._presses:
            self._press(agreed.codec, at)
        else:
            gap = at - wire.relayed_at
            if wire.peer is None or gap > _QUIET_GAP or (gap > _PLAY_GAP and self._playout.active):
                frame = self._playout.frame(agreed.codec, FRAME)
                wire.send_audio(frame or agreed.codec.silence * FRAME, at)
        if at >= self._report_due:
            self._report_due = at + self._settings.report_interval * (0.5 + randbelow(1000) / 1000)
            wire.send_report(at)
        if self._talking_since is not None:
            silent_since = max(self._talking_since, wire.latch.heard_at)
            if at - silent_since <= self._settings.dead_after or not agreed.far_end_sends:
                self._dead = False
            elif not self._dead:
                self._dead = True
                self._emit(Dead())
        if self._dictation is not None and at > self._dictation.deadline:
            self._end_dictation()

    def _press(self, codec: Codec, at: float) -> None:
        packet = next(self._presses[0], False)
        if packet is False:
            self._presses.popleft()
            self.wire.pressing = bool(self._presses)
        elif isinstance(packet, dtmf.EventPacket):
            self.wire.send_key_event(packet.payload, at, first=packet.first)
            return
        self.wire.send_audio(codec.silence * FRAME, at)

    # Talk: called by the engine alone

    def join(self, other: "EmbeddedLeg") -> None:
        """From now the far end hears the other leg's."""
        if self._closed or other._closed:
            return
        self._playout.stop_tone()
        other.wire.peer = self.wire
        self._talking_since = monotonic()
        other._listen_as_needed()

    def part(self) -> None:
        """From now nobody hears the far end."""
        if self.wire.peer is not None:
            self.wire.peer.relayed_at = 0.0
        self.wire.peer = None
        self._talking_since = None
        self._listen_as_needed()

    # The end

    def quality(self) -> Quality:
        incoming, control = self.wire.incoming, self.wire.control
        expected = incoming.expected
        loss = incoming.lost / expected if expected else 0.0
        jitter = jitter_ms(incoming.jitter)
        round_trip = None if control.round_trip is None else control.round_trip * 1000
        # Mouth to ear: half the round trip, one packet, and a receiver's buffer of twice the jitter.
        delay = (round_trip or 0.0) / 2 + _PACKETISATION_MS + 2 * jitter
        r = r_factor(loss=max(loss, control.far_loss or 0.0), delay_ms=delay)
        return Quality(incoming.packets, incoming.lost, loss, jitter, round_trip, r, mean_opinion(r))

    def keys_heard_as(self) -> KeySignal | None:
        return self._keys.heard_as

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._on_closed(self)
        self.wire.send_report(monotonic(), goodbye=True)
        self.wire.close()
        self.wire.peer = self.wire.track = self.wire.on_audio = None
        self._ports.give_back(self.port)

    def _emit(self, event: MediaEvent) -> None:
        self._loop.call_soon(self._deliver, event)

    def _deliver(self, event: MediaEvent) -> None:
        if not self._closed:
            self._on_event(event)
