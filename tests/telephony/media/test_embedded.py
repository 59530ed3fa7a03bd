"""The engine as the switchboard and the phones use it, over real sockets."""

import asyncio
from itertools import pairwise
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
import pytest_asyncio
import soundfile

from kinline.core.callflow.commands import Tone
from kinline.core.callflow.events import Machine
from kinline.telephony.media import rtp, tones
from kinline.telephony.media.engine import (
    Dead,
    Digit,
    MachineDetected,
    NoCommonCodec,
    PlaybackEnded,
    SpeechRecorded,
)
from kinline.telephony.media.g711 import PCMU

pytestmark = [pytest.mark.timeout(30), pytest.mark.asyncio(loop_factories=["uvloop"])]
on_every_loop = pytest.mark.asyncio(loop_factories=["uvloop", "asyncio"])


async def until(condition, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it waits for the network
            await asyncio.sleep(0.01)


def voice(frequency: float, seconds: float = 3.0) -> np.ndarray:
    return tones.sines((frequency,), seconds, -12.0)


def a_file(folder: Path, frequency: float, seconds: float) -> Path:
    path = folder / f"{frequency:.0f}-{seconds}.wav"
    soundfile.write(path, voice(frequency, seconds), 8000)
    return path


# Hearing each other


@on_every_loop
async def test_neither_hears_the_other_before_the_bridge_nor_after_it(platform, call) -> None:
    resident, mother = await call(), await call()
    resident.phone.send_audio(voice(400))
    mother.phone.send_audio(voice(1000))
    await asyncio.sleep(0.4)
    assert (resident.heard(), mother.heard()) == (set(), set())

    platform.bridge(resident.leg, mother.leg)
    await asyncio.sleep(0.4)
    assert (resident.heard(), mother.heard()) == ({1000}, {400})

    platform.unbridge(resident.leg, mother.leg)
    await asyncio.sleep(0.1)
    resident.heard(), mother.heard()
    await asyncio.sleep(0.4)
    assert (resident.heard(), mother.heard()) == (set(), set())


async def test_phones_with_different_laws_understand_each_other(platform, call) -> None:
    def a_law_only(offer: bytes) -> bytes:
        return offer.replace(b"RTP/AVP 0 8", b"RTP/AVP 8")

    resident, mother = await call(), await call(offered=a_law_only)
    platform.bridge(resident.leg, mother.leg)
    resident.phone.send_audio(voice(400))
    mother.phone.send_audio(voice(1000))
    await asyncio.sleep(0.5)
    assert (resident.heard(), mother.heard()) == ({1000}, {400})


async def test_a_bridge_is_between_two_legs_and_no_more(platform, call) -> None:
    one, other, third = await call(), await call(), await call()
    platform.bridge(one.leg, other.leg)
    for pair in ((one, third), (third, other), (third, third)):
        with pytest.raises(ValueError, match="bridge"):
            platform.bridge(pair[0].leg, pair[1].leg)


@on_every_loop
async def test_a_leg_that_closes_leaves_the_other_in_silence(platform, call) -> None:
    one, other = await call(), await call()
    platform.bridge(one.leg, other.leg)
    one.phone.send_audio(voice(400))
    await asyncio.sleep(0.2)
    one.leg.close()
    one.leg.close()
    await asyncio.sleep(0.1)
    other.heard()
    await asyncio.sleep(0.3)
    assert other.heard() == set()
    assert len(other._heard) == 0
    other.leg.play([], token=1)
    await until(lambda: PlaybackEnded(1) in other.told)


# Prompts


async def test_prompts_follow_one_another_and_tell_their_end(call, tmp_path) -> None:
    party = await call()
    await asyncio.sleep(0.2)
    party.leg.play([a_file(tmp_path, 500, 0.2), a_file(tmp_path, 700, 0.2)], token=1)
    party.leg.play([a_file(tmp_path, 900, 0.2)], token=2)
    await until(lambda: len(party.told) == 2)
    await asyncio.sleep(0.1)
    assert party.told == [PlaybackEnded(1), PlaybackEnded(2)]
    assert party.heard() == {500, 700, 900}


@on_every_loop
async def test_a_key_cuts_a_prompt_and_still_counts(call, tmp_path) -> None:
    party = await call()
    party.leg.play([a_file(tmp_path, 500, 5.0)], token=1)
    await asyncio.sleep(0.3)
    assert party.heard() == {500}
    party.phone.send_digit("1")
    await until(lambda: party.told)
    await asyncio.sleep(0.1)
    party.heard()
    await asyncio.sleep(0.3)
    assert party.told == [Digit("1")]
    assert party.heard() == set()


async def test_a_prompt_that_must_be_heard_is_not_cut(call, tmp_path) -> None:
    party = await call()
    party.leg.play([a_file(tmp_path, 500, 0.6)], token=1, interruptible=False)
    await asyncio.sleep(0.1)
    party.phone.send_digit("1")
    await until(lambda: len(party.told) == 2)
    assert party.told == [Digit("1"), PlaybackEnded(1)]


async def test_stop_cuts_without_telling(call, tmp_path) -> None:
    party = await call()
    party.leg.play([a_file(tmp_path, 500, 0.3)], token=1, interruptible=False)
    await asyncio.sleep(0.1)
    party.leg.stop()
    await asyncio.sleep(0.4)
    assert party.told == []


async def test_a_missing_file_is_left_out_of_what_is_said(call, tmp_path) -> None:
    party = await call()
    party.leg.play([tmp_path / "missing.wav", a_file(tmp_path, 500, 0.3)], token=1)
    await until(lambda: party.told == [PlaybackEnded(1)])
    await asyncio.sleep(0.05)
    assert party.heard() == {500}


async def test_ringing_is_heard_until_something_is_said(call, tmp_path) -> None:
    party = await call()
    party.leg.tone(Tone.RINGBACK)
    await asyncio.sleep(0.5)
    assert {450, 475} & party.heard()
    party.leg.play([a_file(tmp_path, 900, 0.3)], token=1)
    await until(lambda: party.told == [PlaybackEnded(1)])
    await asyncio.sleep(0.1)
    party.heard()
    await asyncio.sleep(0.3)
    assert party.heard() == set()


async def test_a_warning_in_talk_is_mixed_over_the_other_side_and_not_recorded(platform, call, tmp_path) -> None:
    resident, mother = await call(), await call()
    platform.bridge(resident.leg, mother.leg)
    recording = platform.record(resident.leg, mother.leg, tmp_path / "call.wav")
    resident.phone.send_audio(voice(400))
    await asyncio.sleep(0.2)
    mother.heard()
    mother.leg.play([a_file(tmp_path, 1000, 0.6)], token=1, interruptible=False)
    await asyncio.sleep(0.5)
    assert mother.heard() == {400, 1000}
    await until(lambda: PlaybackEnded(1) in mother.told)
    recording.close()
    audio, _ = soundfile.read(recording.path)
    assert np.abs(np.fft.rfft(audio[-4000:, 0])).argmax() / 4000 * 8000 == 400
    assert not audio[:, 1].any()


async def test_a_warning_is_heard_though_the_other_side_sends_nothing(platform, raw, call, tmp_path) -> None:
    mute, _ = await raw()
    mother = await call()
    platform.bridge(mute, mother.leg)
    mother.leg.play([a_file(tmp_path, 1000, 0.4)], token=1)
    await until(lambda: PlaybackEnded(1) in mother.told)
    assert mother.heard() == {1000}


# Keys


@on_every_loop
async def test_keys_go_both_ways_once_each(call) -> None:
    digits = "1234567890*#"
    party = await call()
    for digit in digits:
        party.phone.send_digit(digit, 60)
        party.leg.send_digit(digit, 60)
    await until(lambda: len(party.told) >= len(digits) and len(party.phone_told) >= len(digits))
    await asyncio.sleep(0.2)
    assert party.told == party.phone_told == [Digit(digit) for digit in digits]


async def test_a_phone_without_telephone_events_is_heard_and_spoken_to_by_tones(call) -> None:
    def no_events(offer: bytes) -> bytes:
        return offer.replace(b" 101\r\n", b"\r\n", 1)

    party = await call(offered=no_events)
    party.phone.send_digit("4")
    party.phone.send_digit("2")
    party.leg.send_digit("9")
    await until(lambda: len(party.told) >= 2 and party.phone_told)
    await asyncio.sleep(0.2)
    assert sorted(event.digit for event in party.told) == ["2", "4"]
    assert party.phone_told == [Digit("9")]


async def test_a_key_in_talk_is_told_and_not_passed_on(platform, call) -> None:
    resident, mother = await call(), await call()
    platform.bridge(resident.leg, mother.leg)
    resident.phone.send_digit("3")
    await until(lambda: resident.told)
    await asyncio.sleep(0.3)
    assert resident.told == [Digit("3")]
    assert mother.phone_told == []


async def test_tones_in_talk_are_no_keys(platform, call) -> None:
    resident, mother = await call(), await call()
    platform.bridge(resident.leg, mother.leg)
    resident.phone.send_audio(PCMU.decode(tones.key("5", 200).pcmu))
    await until(lambda: resident.phone_told)
    await asyncio.sleep(0.1)
    assert resident.told == []


# Listening


async def test_a_spoken_name_is_written_down(call, tmp_path) -> None:
    party = await call()
    path = tmp_path / "name.wav"
    party.leg.record_speech(path, seconds=5.0)
    party.phone.send_audio(voice(300, 0.8))
    await until(lambda: party.told)
    (event,) = party.told
    assert isinstance(event, SpeechRecorded)
    assert event.path == path
    assert event.seconds == pytest.approx(0.8, abs=0.05)
    audio, rate = soundfile.read(path)
    assert (rate, audio.ndim) == (8000, 1)
    assert 0.8 <= len(audio) / 8000 <= 1.1


async def test_one_who_says_nothing_leaves_no_file(call, raw, tmp_path) -> None:
    silent = await call()
    silent.leg.record_speech(tmp_path / "name.wav", seconds=0.3)
    await until(lambda: silent.told)
    assert silent.told == [SpeechRecorded(tmp_path / "name.wav", 0.0)]
    assert list(tmp_path.iterdir()) == []


async def test_one_whose_phone_sends_nothing_ends_at_the_limit(platform, tmp_path) -> None:
    told: list = []
    leg = await platform.open_leg(told.append)
    leg.accept(leg_answer(leg))
    leg.record_speech(tmp_path / "name.wav", seconds=0.3)
    await until(lambda: told)
    assert told == [SpeechRecorded(tmp_path / "name.wav", 0.0)]


def leg_answer(leg) -> bytes:
    """An answer to the leg's offer by a phone that will send nothing: the discard port."""
    return leg.offer().replace(f"m=audio {leg.port}".encode(), b"m=audio 9")


async def test_a_fax_is_told_once_and_only_while_watched(call) -> None:
    watched, unwatched = await call(), await call()
    watched.leg.watch_for_machines(True)
    for party in (watched, unwatched):
        party.phone.send_audio(voice(2100, 1.5))
    await until(lambda: watched.phone_told)
    await asyncio.sleep(0.1)
    assert watched.told == [MachineDetected(Machine.FAX)]
    assert unwatched.told == []


# Trouble


async def test_a_far_end_that_falls_silent_in_talk_is_dead_once(platform, raw, call) -> None:
    one, other = await call(), await call()
    await asyncio.sleep(0.6)
    assert one.told == []  # nothing is expected before talk
    platform.bridge(one.leg, other.leg)
    await asyncio.sleep(0.2)
    one.phone.close()
    await until(lambda: one.told)
    await asyncio.sleep(0.6)
    assert one.told == [Dead()]
    assert other.told == []


async def test_one_on_hold_is_sent_nothing_and_is_not_dead(platform, call, raw) -> None:
    mother = await call()
    leg, phone = await raw()
    told = mother.told
    platform.bridge(leg, mother.leg)
    await asyncio.sleep(0.1)
    answer = leg.answer(phone.sdp("a=inactive"))
    assert b"a=inactive" in answer
    phone.received()
    await asyncio.sleep(0.6)
    assert phone.received() == []
    assert told == []
    leg.answer(phone.sdp())
    await until(phone.received)


async def test_a_stranger_is_not_heard(platform, raw, call) -> None:
    mother = await call()
    leg, phone = await raw()
    _, stranger = await raw()
    stranger._leg = leg
    platform.bridge(leg, mother.leg)
    for index in range(25):
        phone.sends(rtp.write(rtp.Packet(0, False, index, index * 160, 1, PCMU.silence * 160)))
        stranger.sends(rtp.write(rtp.Packet(0, False, index, index * 160, 1, PCMU.encode(voice(400, 0.02)))))
        await asyncio.sleep(0.02)
    assert mother.heard() == set()
    assert leg.quality().packets == 25


async def test_rubbish_on_the_port_does_no_harm(platform, raw, call) -> None:
    mother = await call()
    leg, phone = await raw()
    platform.bridge(leg, mother.leg)
    for size in range(60):
        for first in (0x00, 0x80, 0x90, 0xA0, 0xBF, 0xFF):
            phone.sends(bytes([first]) * size)
    phone.sends(rtp.write(rtp.Packet(0, False, 1, 1, 1, b"")))
    phone.sends(rtp.write(rtp.Packet(101, False, 2, 1, 1, b"\xff")))
    await asyncio.sleep(0.1)
    for index in range(20):
        phone.sends(
            rtp.write(rtp.Packet(0, False, index, index * 160, 2, PCMU.encode(voice(400, 0.4))[index * 160 :][:160]))
        )
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.05)
    assert 400 in mother.heard()


async def test_no_codec_in_common_changes_nothing(raw) -> None:
    leg, phone = await raw()
    with pytest.raises(NoCommonCodec):
        leg.answer(phone.sdp().replace(b"RTP/AVP 0", b"RTP/AVP 9"))
    phone.received()
    await until(phone.received)


# The stream towards a phone


async def test_a_phone_sees_one_stream_across_prompts_talk_and_keys(platform, raw, call, tmp_path) -> None:
    mother = await call()
    leg, phone = await raw()
    mother.phone.send_audio(voice(1000))
    await asyncio.sleep(0.1)
    leg.play([a_file(tmp_path, 500, 0.2)], token=1)
    await asyncio.sleep(0.3)
    platform.bridge(leg, mother.leg)
    await asyncio.sleep(0.2)
    leg.send_digit("5", 60)
    await asyncio.sleep(0.3)
    platform.unbridge(leg, mother.leg)
    await asyncio.sleep(0.1)
    packets = phone.received()
    assert len({packet.ssrc for packet in packets}) == 1
    first = packets[0].sequence
    assert [(packet.sequence - first) & 0xFFFF for packet in packets] == list(range(len(packets)))
    audio = [packet for packet in packets if packet.payload_type == 0]
    steps = [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in pairwise(audio)]
    assert all(160 <= step < 160 * 15 for step in steps)
    assert sum(packet.marker for packet in packets) == 5  # start, talk, key, talk, silence


async def test_silence_is_sent_while_there_is_nothing_to_hear(raw) -> None:
    _, phone = await raw()
    await asyncio.sleep(0.5)
    packets = phone.received()
    assert 20 <= len(packets) <= 30
    assert {packet.payload for packet in packets} == {PCMU.silence * 160}


# What was heard, in numbers


class Network:
    """A network between a leg and its phone: every tenth packet of audio is lost, and all take at least 40 ms."""

    DELAY = 0.04

    def __init__(self) -> None:
        self._sides: dict[int, Side] = {}  # by the port that it stands for

    async def carry(self, description: bytes) -> bytes:
        """Stand before both ports of an offer or answer."""
        port = int(description.split(b"m=audio ")[1].split()[0])
        for real, line in ((port, b"m=audio %d "), (port + 1, b"a=rtcp:%d\r")):
            side = Side(self, real)
            await asyncio.get_running_loop().create_datagram_endpoint(
                lambda side=side: side, local_addr=("127.0.0.1", 0)
            )
            self._sides[real] = side
            description = description.replace(line % real, line % side.port)
        return description

    def passes(self, data: bytes, side: "Side") -> None:
        """Bring what came in before one port to it, out of the side before its opposite."""
        side.count += 1
        if side.real % 2 == 0 and side.count % 10 == 0:
            return
        (opposite,) = (other for other in self._sides.values() if other is not side and other.real % 2 == side.real % 2)
        self._deliver(monotonic() + self.DELAY, opposite, data, side.real)

    def _deliver(self, due: float, by: "Side", data: bytes, port: int) -> None:
        """uvloop counts whole milliseconds from the start of its turn, so it may call too early."""
        if (wait := due - monotonic()) > 0:
            asyncio.get_running_loop().call_later(wait, self._deliver, due, by, data, port)
        else:
            by.transport.sendto(data, ("127.0.0.1", port))

    def close(self) -> None:
        for side in self._sides.values():
            side.transport.close()


class Side(asyncio.DatagramProtocol):
    def __init__(self, network: Network, real: int) -> None:
        self.network, self.real, self.count = network, real, 0

    def connection_made(self, transport) -> None:
        self.transport = transport

    @property
    def port(self) -> int:
        return int(self.transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, source: tuple[str, int]) -> None:
        if len(self.network._sides) == 4:
            self.network.passes(data, self)


@pytest_asyncio.fixture()
async def network(platform, phones):
    network = Network()
    yield network
    await platform.close()
    await phones.close()
    await asyncio.sleep(Network.DELAY + 0.01)
    network.close()


@on_every_loop
async def test_loss_and_round_trip_are_measured_over_a_bad_network(platform, phones, network) -> None:
    leg, phone = await platform.open_leg(lambda event: None), await phones.open_leg(lambda event: None)
    leg.accept(await network.carry(phone.answer(await network.carry(leg.offer()))))
    await asyncio.sleep(2.5)
    for quality in (leg.quality(), phone.quality()):
        assert quality.loss == pytest.approx(0.1, abs=0.08)
        assert quality.packets > 80
        assert quality.round_trip_ms is not None
        assert 80 <= quality.round_trip_ms < 160
        assert quality.mos < 4.0


async def test_a_clean_line_is_as_good_as_the_telephone_gets(call) -> None:
    party = await call()
    await asyncio.sleep(0.8)
    quality = party.leg.quality()
    assert (quality.lost, quality.loss) == (0, 0.0)
    assert quality.mos > 4.3
    assert quality.round_trip_ms is not None


async def test_nothing_received_is_told_as_such(platform) -> None:
    leg = await platform.open_leg(lambda event: None)
    assert (leg.quality().packets, leg.quality().loss, leg.quality().round_trip_ms) == (0, 0.0, None)


# Recording


@on_every_loop
async def test_only_record_makes_a_recording_and_closing_ends_it(platform, call, tmp_path) -> None:
    resident, mother = await call(), await call()
    platform.bridge(resident.leg, mother.leg)
    resident.phone.send_audio(voice(400))
    mother.phone.send_audio(voice(1000))
    await asyncio.sleep(0.3)
    assert list(tmp_path.iterdir()) == []
    recording = platform.record(resident.leg, mother.leg, tmp_path / "call.wav")
    with pytest.raises(ValueError, match="recorded already"):
        platform.record(mother.leg, resident.leg, tmp_path / "other.wav")
    await asyncio.sleep(1.2)
    recording.close()
    recording.close()
    length = recording.path.stat().st_size
    await asyncio.sleep(0.6)
    assert recording.path.stat().st_size == length
    audio, rate = soundfile.read(recording.path)
    assert 1.1 < len(audio) / rate < 1.6
    spectra = np.abs(np.fft.rfft(audio[1600:9600], axis=0))
    # A phone that stands still for a moment goes on with another phase, which may move the line by a hertz.
    assert [int(side.argmax()) for side in spectra.T] == pytest.approx([400, 1000], abs=1)


async def test_closing_the_engine_finishes_its_recordings(platform, call, tmp_path) -> None:
    one, other = await call(), await call()
    one.phone.send_audio(voice(400))
    platform.record(one.leg, other.leg, tmp_path / "call.wav")
    await asyncio.sleep(0.3)
    await platform.close()
    audio, _ = soundfile.read(tmp_path / "call.wav")
    assert audio[:, 0].any()
