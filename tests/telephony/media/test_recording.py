"""The recording file: what is in it, where, and what is left of it after a crash."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.telephony.media import tones
from kinline.telephony.media.g711 import PCMU
from kinline.telephony.media.recording import HEADER_SIZE, Track, TwoChannelRecording, header, samples_in

STARTED = 1000.0


class Speaker:
    """A far end that sends a tone into a track, packet by packet."""

    def __init__(self, track: Track, frequency: float, *, ssrc: int = 1, timestamp: int = 0) -> None:
        self.track, self.ssrc, self.timestamp = track, ssrc, timestamp
        self.sound = PCMU.encode(tones.sines((frequency,), 20.0, -10.0))

    def says(self, frame: int, *, late: float = 0.0) -> None:
        """Send its `frame`th packet since the start, which is over at that time."""
        payload = self.sound[frame * 160 : frame * 160 + 160]
        at = STARTED + (frame + 1) * 0.02 + late
        self.track.append((at, self.ssrc, (self.timestamp + frame * 160) & 0xFFFFFFFF, payload))


def read(path: Path) -> np.ndarray:
    audio, rate = soundfile.read(path, dtype="int16")
    assert rate == 8000
    return audio


def heard_at(channel: np.ndarray, second: float, length: float = 0.1) -> int | None:
    """The frequency that prevails in a stretch, None in silence."""
    part = channel[round(second * 8000) : round((second + length) * 8000)].astype(float)
    if np.abs(part).max() < 100:
        return None
    return round(int(np.abs(np.fft.rfft(part)).argmax()) / length)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "call.wav"


def record(path: Path, seconds: float, *, said) -> np.ndarray:
    """Make a recording in which `said(recording, frame)` is called every 20 ms, and flushed every half second."""
    recording = TwoChannelRecording(path, STARTED)
    for frame in range(round(seconds * 50)):
        said(recording, frame)
        if frame % 25 == 24:
            recording.flush(STARTED + (frame + 1) * 0.02)
    recording.finish(STARTED + seconds)
    return read(path)


def test_each_side_is_on_its_own_channel(path: Path) -> None:
    speakers: list[Speaker] = []

    def said(recording: TwoChannelRecording, frame: int) -> None:
        if not speakers:
            speakers.extend([Speaker(recording.left, 400.0), Speaker(recording.right, 1000.0, ssrc=2)])
        for speaker in speakers:
            speaker.says(frame)

    audio = record(path, 3.0, said=said)
    assert audio.shape == (24000, 2)
    for second in (0.0, 1.0, 2.9):
        assert heard_at(audio[:, 0], second) == 400
        assert heard_at(audio[:, 1], second) == 1000
    info = soundfile.info(path)
    assert (info.subtype, info.channels, info.samplerate) == ("ULAW", 2, 8000)


@given(st.sets(st.integers(0, 99)), st.integers(0, 0xFFFFFFFF), st.dictionaries(st.integers(0, 99), st.floats(0, 0.09)))
@settings(max_examples=examples(30), deadline=None)
def test_every_packet_is_in_its_place_and_silence_in_every_gap(tmp_path_factory, missing, timestamp, delay) -> None:
    """Loss, silence suppression, jitter below the fit: what was said at a moment is found at that moment."""
    path = tmp_path_factory.mktemp("recording") / "call.wav"
    sound = tones.sines((440.0,), 2.0, -10.0)
    recording = TwoChannelRecording(path, STARTED)
    speaker = Speaker(recording.left, 440.0, timestamp=timestamp)
    kept = [frame for frame in range(100) if frame not in missing]
    delay[kept[0] if kept else 0] = 0.0  # the time line is fitted to the first packet
    arrivals = sorted((frame * 0.02 + delay.get(frame, 0.0), frame) for frame in kept)
    for count, (_, frame) in enumerate(arrivals):
        speaker.says(frame, late=delay.get(frame, 0.0))
        if count % 10 == 9:
            recording.flush(STARTED + arrivals[count][0] + 0.02)
    recording.finish(STARTED + 2.2)
    audio = read(path)[:, 0]
    assert len(audio) == 17600
    for frame in range(100):
        expected = PCMU.decode(PCMU.encode(sound[frame * 160 : frame * 160 + 160])) if frame in kept else np.zeros(160)
        assert np.array_equal(audio[frame * 160 : frame * 160 + 160], expected), frame


def test_a_source_that_changes_goes_on_at_the_time_it_is_heard(path: Path) -> None:
    speakers: list[Speaker] = []

    def said(recording: TwoChannelRecording, frame: int) -> None:
        if not speakers:
            speakers.extend(
                [Speaker(recording.left, 400.0), Speaker(recording.left, 700.0, ssrc=9, timestamp=123456789)]
            )
        if frame < 50:
            speakers[0].says(frame)
        elif frame >= 75:
            speakers[1].says(frame)

    audio = record(path, 2.5, said=said)
    assert [heard_at(audio[:, 0], second) for second in (0.85, 1.05, 1.35, 1.55)] == [400, None, None, 700]


def test_a_sender_that_stops_its_clock_in_silence_is_fitted_anew(path: Path) -> None:
    """Some phones do not count the samples that they did not send."""
    speakers: list[Speaker] = []

    def said(recording: TwoChannelRecording, frame: int) -> None:
        if not speakers:
            speakers.append(Speaker(recording.left, 400.0))
        if frame == 100:
            speakers[0].timestamp = -50 * 160
        if frame < 50 or frame >= 100:
            speakers[0].says(frame)

    audio = record(path, 3.0, said=said)
    assert [heard_at(audio[:, 0], second) for second in (0.8, 1.1, 1.8, 2.1)] == [400, None, None, 400]


def test_a_clock_that_runs_wrong_never_strays_far(path: Path) -> None:
    """A hundred times the worst quartz: the two sides stay within 0.2 s of each other."""
    recording = TwoChannelRecording(path, STARTED)
    speaker = Speaker(recording.left, 400.0)
    for frame in range(1000):
        payload = speaker.sound[:160] if frame % 50 else PCMU.encode(np.full(160, 20000, np.int16))
        recording.left.append((STARTED + (frame + 1) * 0.0198, 1, frame * 160, payload))
        if frame % 25 == 0:
            recording.flush(STARTED + (frame + 1) * 0.0198)
    recording.finish(STARTED + 19.8)
    marks = np.flatnonzero(read(path)[:, 0] > 19000) / 8000
    for frame in range(0, 1000, 50):
        assert np.abs(marks - frame * 0.0198).min() < 0.23


def test_nothing_said_is_silence_of_the_right_length(path: Path) -> None:
    audio = record(path, 2.0, said=lambda recording, frame: None)
    assert audio.shape == (16000, 2)
    assert not audio.any()


def test_the_file_is_whole_after_every_flush(path: Path) -> None:
    recording = TwoChannelRecording(path, STARTED)
    speaker = Speaker(recording.right, 1000.0)
    assert len(read(path)) == 0
    for frame in range(200):
        speaker.says(frame)
        if frame % 25 == 24:
            now = STARTED + (frame + 1) * 0.02
            recording.flush(now)
            audio = read(path)
            assert len(audio) == (frame + 1) * 160 - 160  # all but the last 20 ms
            assert heard_at(audio[:, 1], len(audio) / 8000 - 0.11) == 1000
    recording.finish(STARTED + 4.0)
    recording.finish(STARTED + 9.0)
    assert len(read(path)) == 32000


def test_a_recording_is_for_its_owner_alone_and_never_written_over(path: Path) -> None:
    TwoChannelRecording(path, STARTED).finish(STARTED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        TwoChannelRecording(path, STARTED)


def test_the_header_says_how_long_it_is() -> None:
    head = header(12345)
    assert len(head) == HEADER_SIZE
    assert samples_in(head) == 12345


CALL_IN_PROGRESS = """
import asyncio, sys
from pathlib import Path
from kinline.telephony.media import tones
from kinline.telephony.media.embedded import EmbeddedEngine

async def main():
    engine, phones = EmbeddedEngine("127.0.0.1", 40000, 41999), EmbeddedEngine("127.0.0.1", 42000, 43999)
    legs = []
    for frequency in (400.0, 1000.0):
        leg, phone = await engine.open_leg(print), await phones.open_leg(lambda event: None)
        leg.accept(phone.answer(leg.offer()))
        phone.send_audio(tones.sines((frequency,), 60.0, -10.0))
        legs.append(leg)
    engine.bridge(*legs)
    engine.record(*legs, Path(sys.argv[1]))
    print("recording", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_a_killed_process_loses_at_most_the_last_second(path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CALL_IN_PROGRESS, path],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"recording\n"
        began = time.monotonic()
        time.sleep(3.2)
    finally:
        talked = time.monotonic() - began
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    audio = read(path)
    assert len(audio) / 8000 > talked - 1.0
    assert samples_in(path.read_bytes()[:HEADER_SIZE]) == len(audio)
    for second in (0.5, 1.5, len(audio) / 8000 - 0.2):
        assert heard_at(audio[:, 0], second) == 400
        assert heard_at(audio[:, 1], second) == 1000
