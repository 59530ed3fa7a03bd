"""Two engines on real sockets of the loopback: one as the platform, one as everybody's phones."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import numpy as np
import pytest
import pytest_asyncio
import uvloop

from kinline.telephony.media import rtp
from kinline.telephony.media.embedded import EmbeddedEngine
from kinline.telephony.media.engine import MediaEvent
from kinline.telephony.media.g711 import PCMU
from kinline.telephony.media.leg import EmbeddedLeg


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable]:
    """Production runs on uvloop; nothing may depend on it."""
    return {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}


class Party:
    """A person with a phone: the platform's leg, the phone at its far end, what each told and what the person hears."""

    def __init__(self) -> None:
        self.leg: EmbeddedLeg
        self.phone: EmbeddedLeg
        self.told: list[MediaEvent] = []  # by the leg, to the platform
        self.phone_told: list[MediaEvent] = []
        self._heard: list[bytes] = []

    def hear(self, frame: bytes, at: float) -> None:
        self._heard.append(frame)

    def heard(self) -> set[int]:
        """The frequencies that the person heard since the last time of asking, to 25 Hz; none for silence."""
        sound, self._heard = b"".join(self._heard), []
        signal = PCMU.decode(sound).astype(float)
        if len(signal) < 800:
            return set()
        signal = signal[400:]  # what was under way when the question before was asked
        spectrum = np.abs(np.fft.rfft(signal * np.hanning(len(signal)))) / len(signal)
        peaks = np.flatnonzero(spectrum > max(200.0, spectrum.max() / 8))
        return {round(peak * 8000 / len(signal) / 25) * 25 for peak in peaks}


@pytest_asyncio.fixture()
async def platform() -> AsyncIterator[EmbeddedEngine]:
    engine = EmbeddedEngine("127.0.0.1", 40000, 41999, dead_after=0.4, report_interval=0.2)
    yield engine
    await engine.close()


@pytest_asyncio.fixture()
async def phones() -> AsyncIterator[EmbeddedEngine]:
    engine = EmbeddedEngine("127.0.0.1", 42000, 43999, report_interval=0.2)
    yield engine
    await engine.close()


@pytest.fixture
def call(platform: EmbeddedEngine, phones: EmbeddedEngine) -> Callable[..., Awaitable[Party]]:
    """`await call()`: somebody's phone, its media agreed with a leg of the platform.

    `offered` and `answered` may change the descriptions on their way, as a network or another phone would.
    """

    async def called(offered: Callable[[bytes], bytes] = bytes, answered: Callable[[bytes], bytes] = bytes) -> Party:
        party = Party()
        party.leg = await platform.open_leg(party.told.append)
        party.phone = await phones.open_leg(party.phone_told.append)
        party.phone.listen(party.hear)
        party.leg.accept(answered(party.phone.answer(offered(party.leg.offer()))))
        return party

    return called


class RawPhone:
    """A far end without an engine, which shows every packet as it is."""

    def __init__(self, leg: EmbeddedLeg) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self._leg = leg

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def sdp(self, *attributes: str) -> bytes:
        lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"]
        lines += [f"m=audio {self.port} RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000", *attributes]
        return "".join(f"{line}\r\n" for line in lines).encode()

    def sends(self, data: bytes) -> None:
        self._socket.sendto(data, ("127.0.0.1", self._leg.port))

    def received(self) -> list[rtp.Packet]:
        packets: list[rtp.Packet] = []
        while True:
            try:
                packet = rtp.parse(self._socket.recv(2048))
            except BlockingIOError:
                return packets
            if packet is not None:
                packets.append(packet)

    def close(self) -> None:
        self._socket.close()


@pytest_asyncio.fixture()
async def raw(platform: EmbeddedEngine) -> AsyncIterator[Callable[[], Awaitable[tuple[EmbeddedLeg, RawPhone]]]]:
    """`leg, phone = await raw()`: a leg whose far end is a bare socket that it offered its audio to."""
    opened: list[RawPhone] = []

    async def made() -> tuple[EmbeddedLeg, RawPhone]:
        leg = await platform.open_leg(lambda event: None)
        phone = RawPhone(leg)
        opened.append(phone)
        leg.answer(phone.sdp())
        return leg, phone

    yield made
    for phone in opened:
        phone.close()
