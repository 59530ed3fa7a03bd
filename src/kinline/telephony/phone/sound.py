"""Microphone, loudspeaker and file of a terminal phone: `arecord` and `aplay` where there is a device, else nothing."""

import shutil
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Final

import numpy as np
import soundfile  # type: ignore[import-untyped]

from kinline.telephony.media.g711 import FRAME, PCMU, RATE
from kinline.telephony.phone.phone import Phone

_RAW: Final = ("-q", "-t", "raw", "-f", "S16_LE", "-r", str(RATE), "-c", "1")


class Devices:
    """What is heard goes to the loudspeaker and into the file, what the microphone hears is said. A context."""

    def __init__(self, phone: Phone, *, recording: Path | None = None, silent: bool = False) -> None:
        self._phone = phone
        self._file = None if recording is None else soundfile.SoundFile(recording, "w", RATE, 1, "PCM_16", format="WAV")
        self._loudspeaker = None if silent or not _has_device("aplay") else _player()
        self._microphone = None if silent or not _has_device("arecord") else _recorder()
        self.name = " and ".join(
            name for name, device in (("loudspeaker", self._loudspeaker), ("microphone", self._microphone)) if device
        )

    def __enter__(self) -> "Devices":
        self._phone.ears.append(self._hear)
        if self._microphone is not None and self._microphone.stdout is not None:
            threading.Thread(target=self._speak, args=(self._microphone.stdout,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._phone.ears.remove(self._hear)
        for device in (self._loudspeaker, self._microphone):
            if device is not None:
                device.terminate()
                device.wait()
        if self._file is not None:
            self._file.close()

    def _hear(self, frame: bytes, at: float) -> None:
        samples = PCMU.decode(frame)
        if self._file is not None:
            self._file.write(samples)
        if self._loudspeaker is not None and self._loudspeaker.stdin is not None:
            try:
                self._loudspeaker.stdin.write(samples.tobytes())
                self._loudspeaker.stdin.flush()
            except BrokenPipeError:
                self._loudspeaker = None

    def _speak(self, microphone: IO[bytes]) -> None:
        """In a thread of its own: a microphone is read for as long as it takes."""
        while block := microphone.read(2 * FRAME):
            self._phone.say_from_thread(np.frombuffer(block, np.int16))


def _has_device(program: str) -> bool:
    """Whether alsa-utils is there and knows a sound card."""
    path = shutil.which(program)
    if path is None:
        return False
    listed = subprocess.run([path, "-l"], capture_output=True, text=True, check=False)
    return "card" in listed.stdout


def _player() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["aplay", *_RAW], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _recorder() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["arecord", *_RAW], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
