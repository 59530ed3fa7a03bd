"""The media engine that lives in the switchboard's own process: one event loop, one ticker, plain UDP sockets."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic, time
from typing import Final

from kinline.telephony.media.engine import MediaEvent, MediaLeg
from kinline.telephony.media.fragments import Fragments
from kinline.telephony.media.g711 import FRAME, RATE
from kinline.telephony.media.leg import EmbeddedLeg, LegSettings
from kinline.telephony.media.ports import Ports
from kinline.telephony.media.recording import TwoChannelRecording
from kinline.telephony.media.rtcp import INTERVAL

TICK: Final = FRAME / RATE  # seconds
_FLUSH_TICKS: Final = 25  # each recording is written every half second
_LATEST: Final = 5 * TICK  # a ticker that is later than this does not run after the lost time


class EmbeddedRecording:
    """See `Recording`. Made by `EmbeddedEngine.record` only; while it is open it alone holds both tracks."""

    def __init__(
        self, file: TwoChannelRecording, legs: tuple[EmbeddedLeg, EmbeddedLeg], ended: Callable[[], None]
    ) -> None:
        self.path = file.path
        self._legs = legs
        self._file = file
        self._ended = ended

    def close(self) -> None:
        """Write the rest and let go of both legs. Idempotent."""
        for leg, track in zip(self._legs, (self._file.left, self._file.right), strict=True):
            if leg.wire.track is track:
                leg.wire.track = None
        self._file.finish(monotonic())
        self._ended()


class EmbeddedEngine:
    """See `MediaEngine`. To be used on one running event loop, uvloop or asyncio's own.

    `host` is the address to bind, `advertise` the one to write into SDP where a NAT stands between. `dead_after`:
    seconds of talk without a packet until `Dead`. `keys_in_talk`: also hear keys that come as tones during talk.
    `report_interval`: seconds between RTCP reports.
    """

    def __init__(
        self,
        host: str,
        first_port: int,
        last_port: int,
        *,
        advertise: str | None = None,
        dead_after: float = 30.0,
        keys_in_talk: bool = False,
        report_interval: float = INTERVAL,
    ) -> None:
        self.fragments = Fragments()
        self._ports = Ports(host, first_port, last_port)
        epoch = time() - monotonic()
        self._settings = LegSettings(advertise or host, dead_after, keys_in_talk, epoch, report_interval)
        self._legs: dict[EmbeddedLeg, None] = {}
        self._recordings: dict[TwoChannelRecording, EmbeddedRecording] = {}
        self._ticker: asyncio.TimerHandle | None = None
        self._ticks = 0
        self._due = 0.0

    async def open_leg(self, on_event: Callable[[MediaEvent], None]) -> EmbeddedLeg:
        loop = asyncio.get_running_loop()
        leg = EmbeddedLeg(loop, self._ports, self.fragments, self._settings, on_event, self._closed)
        self._legs[leg] = None
        if self._ticker is None:
            self._due = monotonic()
            self._tick(loop)
        return leg

    def bridge(self, a: MediaLeg, b: MediaLeg) -> None:
        one, other = _ours(a), _ours(b)
        if one is other:
            raise ValueError("a leg cannot be bridged with itself")
        for leg in (one, other):
            if leg.wire.peer is not None:
                raise ValueError("a leg is in another bridge")
        one.join(other)
        other.join(one)

    def unbridge(self, a: MediaLeg, b: MediaLeg) -> None:
        one, other = _ours(a), _ours(b)
        if one.wire.peer is other.wire:
            one.part()
        if other.wire.peer is one.wire:
            other.part()

    def record(self, left: MediaLeg, right: MediaLeg, path: Path) -> EmbeddedRecording:
        """Raises `OSError`, `FileExistsError` among them: a recording is never written over."""
        legs = (_ours(left), _ours(right))
        if any(leg.wire.track is not None for leg in legs):
            raise ValueError("a leg is being recorded already")
        file = TwoChannelRecording(path, monotonic())
        recording = EmbeddedRecording(file, legs, lambda: self._recorded(file))
        legs[0].wire.track, legs[1].wire.track = file.left, file.right
        self._recordings[file] = recording
        return recording

    def forget(self, path: Path) -> None:
        self.fragments.forget(path)

    async def close(self) -> None:
        for recording in list(self._recordings.values()):
            recording.close()
        for leg in list(self._legs):
            leg.close()
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None

    def _recorded(self, file: TwoChannelRecording) -> None:
        self._recordings.pop(file, None)

    def _closed(self, leg: EmbeddedLeg) -> None:
        self._legs.pop(leg, None)
        for other in self._legs:
            if other.wire.peer is leg.wire:
                other.part()

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        """One frame for every leg, as many times as 20 ms passed; and every recording's turn to be written."""
        now = monotonic()
        if now - self._due > _LATEST:
            self._due = now
        while self._due <= now:
            self._due += TICK
            self._ticks += 1
            for leg in list(self._legs):
                leg.tick(now)
            for file in list(self._recordings):
                if (id(file) // 64 + self._ticks) % _FLUSH_TICKS == 0:
                    file.flush(now)
        self._ticker = loop.call_later(max(0.0, self._due - monotonic()), self._tick, loop)


def _ours(leg: MediaLeg) -> EmbeddedLeg:
    if not isinstance(leg, EmbeddedLeg):
        raise TypeError("a leg of another engine")
    return leg
