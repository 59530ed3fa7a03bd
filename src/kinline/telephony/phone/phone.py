"""A telephone: registers, dials, answers, presses keys, speaks and hears. One call at a time."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time
from typing import Final, Protocol, TypeAlias

from kinline.core.phrases.assembly import Fragment
from kinline.telephony import sip
from kinline.telephony.media.embedded import EmbeddedEngine
from kinline.telephony.media.engine import Digit, MediaError, MediaEvent, PlaybackEnded
from kinline.telephony.media.g711 import FRAME, PCMU, Samples
from kinline.telephony.media.leg import EmbeddedLeg
from kinline.telephony.phone.hearing import Heard, Hearing
from kinline.telephony.phone.library import Library
from kinline.telephony.sip.endpoint import Endpoint
from kinline.telephony.sip.incoming import IncomingCall
from kinline.telephony.sip.session import Session

_LISTEN_EVERY: Final = 0.05  # seconds
_KEY_MILLISECONDS: Final = 100
_KEY_GAP: Final = 0.08  # seconds between keys
_CALM: Final = 0.12  # seconds without a packet that are silence

Trace: TypeAlias = Callable[[str, bytes, tuple[str, int], tuple[str, int], float], None]
"""direction ("in" or "out"), message, local and remote address, epoch seconds"""


@dataclass(frozen=True, slots=True)
class Incoming:
    """The phone rings: somebody calls."""

    caller: str


@dataclass(frozen=True, slots=True)
class RingsThere:
    """The called phone rings."""

    status: int


@dataclass(frozen=True, slots=True)
class Connected:
    """The call was answered, by us or by the far end."""


@dataclass(frozen=True, slots=True)
class KeyHeard:
    """The far end pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True)
class SaidAll:
    """Everything that was to be said has been said."""


@dataclass(frozen=True, slots=True)
class Over:
    """The call ended. `status`: the SIP status with which it failed, 0 for one that was answered."""

    status: int = 0
    by_far_end: bool = True


@dataclass(frozen=True, slots=True)
class Recognised:
    """A piece of a prompt was said, which may still go on; the whole comes as `Heard`."""

    fragment: Fragment


Happening: TypeAlias = Incoming | RingsThere | Connected | Recognised | Heard | KeyHeard | SaidAll | Over


class Ear(Protocol):
    """Something else that listens along: a file, a loudspeaker. Gets mu-law frames."""

    def __call__(self, frame: bytes, at: float, /) -> None: ...


class Phone:
    """See the module. What happens is put into `happenings`; `Heard` times are epoch seconds."""

    def __init__(self, name: str, endpoint: Endpoint, engine: EmbeddedEngine, library: Library) -> None:
        self.name = name
        self.endpoint = endpoint
        self.happenings: asyncio.Queue[Happening] = asyncio.Queue()
        self.on_pressed: Callable[[str, float], None] = lambda keys, at: None
        self.on_happening: Callable[[Happening], None] = lambda happening: None
        self.ears: list[Ear] = []
        self._engine = engine
        self._loop = asyncio.get_running_loop()
        self._library = library
        self._session: Session | None = None
        self._incoming: IncomingCall | None = None
        self._leg: EmbeddedLeg | None = None
        self._hearing: Hearing | None = None
        self._listening: asyncio.Task[None] | None = None
        self._keying: asyncio.Task[None] | None = None
        self._heard_at = 0.0
        self._epoch = time() - monotonic()
        self._talks = False

    @classmethod
    async def open(
        cls,
        name: str,
        library: Library,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        rtp_ports: tuple[int, int] = (45000, 46999),
        trace: Trace | None = None,
        tls_client: ssl.SSLContext | None = None,
    ) -> "Phone":
        """A phone at a free UDP and TCP port."""
        waiting: list[Phone] = []
        endpoint = await Endpoint.open(
            host,
            port,
            authority=sip.Everyone(),
            on_call=lambda call: waiting[0]._ring(call),
            trace=trace,
            tls_client=tls_client,
        )
        phone = cls(name, endpoint, EmbeddedEngine(host, *rtp_ports), library)
        waiting.append(phone)
        return phone

    async def close(self) -> None:
        self._end(Over(by_far_end=False))
        await self.endpoint.close()
        await self._engine.close()

    # ---- what a person does

    async def register(self, server: sip.Target, user: str, expires: int = 300) -> None:
        """Be reachable as `user` until closed. Raises `SipError`, its status says why."""
        await self.endpoint.register(server, user=user, expires=expires)

    async def dial(self, server: sip.Target, called: str, caller: str) -> None:
        """Call through `server`; an empty `called` is a wall phone going off-hook."""
        if self._session is not None:
            raise RuntimeError("this phone is in a call")
        leg = await self._open_leg()
        call = self.endpoint.call([server], called=called, caller=sip.Identity(caller), offer=leg.offer())
        call.on_event = self._on_event
        self._session = call

    async def answer(self) -> None:
        """Pick up."""
        call = self._incoming
        if call is None or call.remote_sdp is None:
            return
        leg = await self._open_leg()
        try:
            call.answer(leg.answer(call.remote_sdp))
        except MediaError:
            call.reject(488)
            return self._end(Over(488))
        self._incoming = None
        self._connected()

    def reject(self, status: int) -> None:
        """Refuse a ringing call: 486 is busy, 603 declined."""
        if self._incoming is not None:
            self._incoming.reject(status)
            self._end(Over(status, by_far_end=False))

    def press(self, keys: str, *, secret: bool = False) -> None:
        """Press keys one after the other (RFC 4733), at the pace of a person in a hurry; `secret`: a PIN, only dots
        of which are told to `on_pressed`."""
        self.on_pressed("•" * len(keys) if secret else keys, time())
        self._keying = asyncio.ensure_future(self._press(keys, self._keying))

    def say(self, sound: Path | Samples) -> None:
        """Say this after what is still being said; `SaidAll` follows. Raises `OSError` for an unreadable file."""
        if self._leg is not None:
            self._leg.send_audio(sound, token=1)

    def say_from_thread(self, samples: Samples) -> None:
        """`say`, called on another thread than the loop's (a microphone's)."""
        self._loop.call_soon_threadsafe(self.say, samples)

    def hush(self) -> None:
        if self._leg is not None:
            self._leg.stop()

    def hang_up(self) -> None:
        if self._session is not None:
            self._session.hang_up()
            self._end(Over(by_far_end=False))

    @property
    def in_call(self) -> bool:
        return self._session is not None

    @property
    def hearing_since(self) -> float | None:
        """Epoch seconds at which the sound that is being heard began; None in silence."""
        return self._hearing.since if self._hearing else None

    @property
    def is_connected(self) -> bool:
        return self._talks

    @property
    def sip_call_id(self) -> str:
        return self._session.call_id if self._session else ""

    # ---- what happens to it

    def _tell(self, happening: Happening) -> None:
        self.on_happening(happening)
        self.happenings.put_nowait(happening)

    def _ring(self, call: IncomingCall) -> None:
        if self._session is not None:
            call.reject(486)
            return
        call.on_event = self._on_event
        self._session = self._incoming = call
        call.ring()
        self._tell(Incoming(call.remote_identity))

    def _on_event(self, event: sip.Event) -> None:
        match event:
            case sip.Rang(status=status):
                self._tell(RingsThere(status))
            case sip.WasAnswered(sdp=bytes(answer)):
                self._answered(answer)
            case sip.Failed(status=status):
                self._end(Over(status))
            case sip.Ended(by_peer=by_peer):
                self._end(Over(by_far_end=by_peer))
            case sip.Offered(sdp=bytes(offer), reply=reply) if self._leg is not None:
                reply(self._leg.answer(offer))
            case sip.Offered(reply=reply):
                reply(self._leg.offer() if self._leg is not None else None)
            case sip.Renegotiated(sdp=bytes(answer)) if self._leg is not None:
                self._leg.accept(answer)

    def _answered(self, answer: bytes) -> None:
        try:
            if self._leg is not None:
                self._leg.accept(answer)
        except MediaError:
            return self.hang_up()
        self._connected()

    def _connected(self) -> None:
        self._talks = True
        self._tell(Connected())

    async def _open_leg(self) -> EmbeddedLeg:
        leg = await self._engine.open_leg(self._on_media)
        self._leg = leg
        self._hearing = Hearing(
            self._library,
            self._tell,
            lambda fragment: self._tell(Recognised(fragment)),
        )
        self._heard_at = monotonic()
        leg.listen(self._hear)
        self._listening = asyncio.ensure_future(self._listen_to_silence(self._hearing))
        return leg

    def _on_media(self, event: MediaEvent) -> None:
        match event:
            case Digit(digit=digit):
                self._tell(KeyHeard(digit))
            case PlaybackEnded():
                self._tell(SaidAll())

    def _hear(self, payload: bytes, at: float) -> None:
        self._heard_at = at
        for start in range(0, len(payload), FRAME):
            frame = payload[start : start + FRAME]
            if self._hearing is not None:
                self._hearing.frame(frame, PCMU, self._epoch + at)
            for ear in self.ears:
                ear(frame, at)

    async def _listen_to_silence(self, hearing: Hearing) -> None:
        while True:
            await asyncio.sleep(_LISTEN_EVERY)
            now = monotonic()
            if now - self._heard_at > _CALM:
                hearing.quiet(self._epoch + now)

    async def _press(self, keys: str, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait([before])
        for key in keys:
            if self._leg is None:
                return
            self._leg.send_digit(key, _KEY_MILLISECONDS)
            await asyncio.sleep(_KEY_MILLISECONDS / 1000 + _KEY_GAP)

    def _end(self, over: Over) -> None:
        """Let go of the call; what was still being heard is told before its end is."""
        if self._session is None:
            return
        self._session = self._incoming = None
        self._talks = False
        if self._hearing is not None:
            self._hearing.finish(time())
            self._hearing = None
        for task in (self._listening, self._keying):
            if task is not None:
                task.cancel()
        self._listening = self._keying = None
        if self._leg is not None:
            self._leg.close()
            self._leg = None
        self._tell(over)
