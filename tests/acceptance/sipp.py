"""SIPp as a peer: calls by one of our scenarios, on an address and ports of its own."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from acceptance.rtp import Speech
from ports import free_ports

SCENARIOS = Path(__file__).with_name("scenarios")


class Sipp:
    """A running SIPp. What it sent and received lies in its folder."""

    def __init__(
        self,
        scenario: str,
        folder: Path,
        *,
        address: str,
        port: int,
        server: tuple[str, int] | None = None,
        user: str = "",
        password: str = "",
        speech: Speech | None = None,
        words: tuple[str, ...] = (),
        seconds: int = 60,
        calls: int = 1,
        scenarios: Path = SCENARIOS,
    ) -> None:
        self.scenario = scenario
        self.folder = Path(tempfile.mkdtemp(prefix=f"{scenario}-", dir=folder))
        role = scenario.partition("_")[0]
        (speech or Speech().silence(0.1)).save(self.folder / f"{role}.pcap")
        program = shutil.which("sipp")
        assert program, "SIPp is missing: apt-get install sip-tester"
        command = [program]
        if server is not None:
            command.append(f"{server[0]}:{server[1]}")
        command += ["-sf", str(scenarios / f"{scenario}.xml"), "-m", str(calls), "-nostdin", "-nd"]
        # Of its media ports it binds the first and the third.
        command += ["-i", address, "-p", str(port), "-mi", address, "-mp", str(free_ports(4)[0])]
        command += ["-timeout", str(seconds), "-timeout_error"]
        command += ["-trace_err", "-error_file", "errors", "-trace_msg", "-message_file", "messages"]
        if user:
            command += ["-key", "user", user, "-au", user, "-ap", password]
        self._process = subprocess.Popen(
            [*command, *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._seconds = seconds

    @property
    def messages(self) -> str:
        return self._written("messages")

    @property
    def errors(self) -> str:
        return self._written("errors")

    def wait(self, seconds: float | None = None) -> int | None:
        """Its exit status when all calls are over; None when it had to be ended."""
        try:
            return self._process.wait(self._seconds + 10 if seconds is None else seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def assert_done(self) -> None:
        """The whole scenario was played to its end, every message as expected."""
        status = self.wait()
        assert status == 0, f"{self.scenario} ended with {status}\n{self.errors}"

    def kill(self) -> None:
        """Vanish without a word, as a phone whose power fails."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _written(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""
