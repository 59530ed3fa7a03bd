"""baresip as a peer, run without a terminal and told what to do over its control socket."""

import json
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import soundfile
from acceptance.installation import wait_for, wait_until
from ports import free_ports

_KEY_SECONDS = 0.12
_RATE = 8_000


class Baresip:
    """One baresip with one account, whose microphone hears a tone, and which writes down all that it hears."""

    def __init__(self, folder: Path, server: str, user: str, password: str, tone: int) -> None:
        self.folder = folder / "baresip"
        self.folder.mkdir()
        sip_port, _, self._control_port, *rtp_ports = free_ports(9)  # TLS takes the port after SIP's
        at = np.arange(60 * _RATE) / _RATE
        soundfile.write(self.folder / "voice.wav", 0.3 * np.sin(2 * np.pi * tone * at), _RATE, subtype="PCM_16")
        (self.folder / "config").write_text(
            f"""sip_listen 127.0.0.1:{sip_port}
audio_player aubridge,{user}
audio_source aufile,{self.folder / "voice.wav"}
audio_alert aubridge,alert
rtp_ports {rtp_ports[0]}-{rtp_ports[-1]}
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
snd_path {self.folder}
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{self._control_port}
"""
        )
        account = (
            f"<sip:{user}@{server};transport=udp>;auth_user={user};auth_pass={password};regint=300;audio_codecs=pcmu"
        )
        (self.folder / "accounts").write_text(account + "\n")
        (self.folder / "contacts").touch()
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            ("baresip", "-f", str(self.folder)), stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT
        )
        self._control: socket.socket | None = None
        self._received = b""
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._control = wait_for(self._connected, 20, self.said)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._control is not None:
            self._control.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def wait_until_registered(self) -> None:
        """Its event may come before anybody listens, so its log is read."""
        wait_until(lambda: "200 OK" in self.said(), 30, self.said)

    def dial(self, uri: str) -> None:
        self._command("dial", uri)

    def press(self, keys: str) -> None:
        """One key after the other; a person's pause after the last."""
        for key in keys:
            self._command("sndcode", key)
            time.sleep(_KEY_SECONDS)
        time.sleep(0.5)

    def wait_for(self, event: str, seconds: float = 30) -> None:
        wait_until(
            lambda: any(each.get("type") == event for each in self._read()),
            seconds,
            lambda: f"no {event} among {self.events}\n{self.said()}",
        )

    def heard(self) -> tuple[np.ndarray, int]:
        """The sound that was received, and its rate."""
        files = sorted(self.folder.glob("dump-*-dec.wav"))
        assert files, f"nothing was heard\n{self.said()}"
        return soundfile.read(files[-1])

    def said(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def _connected(self) -> socket.socket | None:
        assert self._process.poll() is None, self.said()
        try:
            control = socket.create_connection(("127.0.0.1", self._control_port), 1)
        except OSError:
            return None
        control.settimeout(0.05)
        return control

    def _command(self, command: str, words: str) -> None:
        assert self._control is not None
        text = json.dumps({"command": command, "params": words})
        self._control.sendall(f"{len(text)}:{text},".encode())

    def _read(self) -> list[dict[str, Any]]:
        """All events so far; they come as netstrings."""
        assert self._control is not None
        with suppress(TimeoutError):
            self._received += self._control.recv(65536)
        while b":" in self._received:
            length, _, rest = self._received.partition(b":")
            if len(rest) <= int(length):
                break
            message = json.loads(rest[: int(length)])
            if message.get("event"):
                self.events.append(message)
            self._received = rest[int(length) + 1 :]
        return self.events
