"""A real installation for tests: `kinline up` in a folder of its own, on ports and a database of its own.

What it wrote down is asked of its `Books`, a small process that runs with the same environment; so the tests see the
same database as the installation and keep no connection of their own.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import kept
import psycopg
from ports import held_ports

PREPARED_WITHIN = 240.0
READY_WITHIN = 90.0
STOPPED_WITHIN = 40.0
CARRIER_ADDRESS = "127.0.0.2"
"""Trunks are trusted by address, so a carrier needs another one than the stations."""

Answer = TypeVar("Answer")


class Installation:
    """A prepared installation. `start` and `stop` may follow each other."""

    def __init__(self, data: Path, environment: Mapping[str, str], ports: Sequence[int]) -> None:
        self.data = data
        self.web_port, self.files_port, self.sip_port, self.sips_port, self.carrier_port = ports
        self.environment = {
            **os.environ,
            "KINLINE_DATA": str(data),
            "KINLINE_WEB_PORT": str(self.web_port),
            "KINLINE_FILES_PORT": str(self.files_port),
            "KINLINE_SIP_PORT": str(self.sip_port),
            "KINLINE_SIPS_PORT": str(self.sips_port),
            "KINLINE_RTP_FIRST_PORT": "24000",
            "KINLINE_RTP_LAST_PORT": "27999",
            "KINLINE_LOG_FORMAT": "json",
            "KINLINE_CARRIER_CHECKS": "false",  # SIPp takes an OPTIONS for the call that it waits for
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "kinline.settings",
            **environment,
        }
        self.log = data / "installation.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._books: Books | None = None

    @property
    def host(self) -> str:
        return "127.0.0.1"

    @property
    def books(self) -> "Books":
        if self._books is None:
            self._books = Books(self.environment)
        return self._books

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def prepare(self, ring_wait: int = 6) -> None:
        """Secrets, tables, prompts, demo; a carrier's trunk after the lines; and seconds of patience fit for a test."""
        done = self.kinline("prepare", timeout=PREPARED_WITHIN)
        assert done.returncode == 0, done.stdout + done.stderr
        self.books.ask("fit_for_tests", CARRIER_ADDRESS, self.carrier_port, ring_wait)

    def start(self, command: str = "up") -> None:
        """Run `kinline up` (or another command) until it takes calls."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                # If the tests are killed, so is this.
                ("setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "kinline", command),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,  # as the supervisor's programs: `kinline.operation.supervisor`
            )
        wait_until(lambda: self._is_ready(command), READY_WITHIN, lambda: self.last_log())

    def stop(self) -> None:
        """SIGTERM; everything that was started is gone afterwards."""
        if self._process is None:
            return
        process, self._process = self._process, None
        started = descendants(process.pid)
        process.terminate()
        try:
            status = process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise AssertionError(f"did not stop within {STOPPED_WITHIN} s:\n{self.last_log()}") from None
        left = [pid for pid in started if _is_alive(pid)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        assert not left, f"left running: {left}\n{self.last_log()}"
        assert status == 0, f"ended with {status}:\n{self.last_log()}"

    def close(self) -> None:
        try:
            self.stop()
        finally:
            if self._books is not None:
                self._books.close()

    def kinline(self, *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command of this installation to its end."""
        return subprocess.run(
            (sys.executable, "-m", "kinline", *words),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def program(self, name: str) -> int | None:
        """The process id of one of the supervised programs: switchboard, worker, web."""
        if self._process is None:
            return None
        for pid in (self._process.pid, *descendants(self._process.pid)):
            if _words(pid)[-2:] == ["kinline", name]:
                return pid
        return None

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The log lines of an event."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        parsed = (json.loads(line) for line in lines if line.startswith("{") and f'"{event}"' in line)
        return [line for line in parsed if line.get("event") == event]

    def last_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-60:])

    def _is_ready(self, command: str) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"kinline {command} ended:\n{self.last_log()}"
        if command == "up":
            return "Kinline is ready." in self.log.read_text(errors="replace")
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.sip_port)) == 0


class Books:
    """Asks the functions of `bookkeeper.py` in a process with the installation's environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            (sys.executable, str(Path(__file__).with_name("bookkeeper.py"))),
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: str, *arguments: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([question, arguments]) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the bookkeeper is gone"}')
        assert "error" not in answer, answer["error"]
        return answer["answer"]

    def settled(self, call_id: str, within: float = 15.0) -> dict[str, Any]:
        """The facts of a call, once it is in the books."""

        def facts() -> dict[str, Any] | None:
            found: dict[str, Any] | None = self.ask("facts", call_id)
            return found if found and found["state"] == "settled" else None

        return wait_for(facts, within, lambda: f"call {call_id} is not settled: {self.ask('facts', call_id)}")

    def call_of(self, resident_number: str, since: int, within: float = 15.0) -> str:
        """The id of the call of a resident that went off-hook at or after an instant."""
        return wait_for(
            lambda: next(iter(self.ask("calls_of", resident_number, since)), None),
            within,
            lambda: f"resident {resident_number} made no call",
        )

    def assert_balanced(self) -> None:
        """Every account agrees with its transfers and holds, all together they are nothing, no hold of a settled
        call is open, and no call was charged twice."""
        complaints = self.ask("complaints")
        assert not complaints, "\n".join(complaints)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def installation(
    folder: Path, prompts: Path, url: str | None = None, ring_wait: int = 6, **environment: str
) -> Iterator[Installation]:
    """A prepared installation that is stopped and taken away at the end. `prompts` may be shared by several.

    `url`: a PostgreSQL server on which it gets a database of its own; None: what DATABASE_URL says, "" is SQLite.
    """
    url = os.environ.get("DATABASE_URL", "") if url is None else url
    data = folder / "installation"
    data.mkdir(parents=True)
    prompts.mkdir(parents=True, exist_ok=True)
    (data / "prompts").symlink_to(prompts, target_is_directory=True)
    if not url:
        kept.copy_file(kept.migrated_file(), data / "kinline.sqlite3")
    with _database(url) as own_url, held_ports(5, ("127.0.0.1", CARRIER_ADDRESS)) as ports:
        installed = Installation(data, {"DATABASE_URL": own_url, **environment}, ports)
        try:
            installed.prepare(ring_wait)
            yield installed
        finally:
            installed.close()
    shutil.rmtree(data, ignore_errors=True)


@contextmanager
def _database(url: str) -> Iterator[str]:
    """A database of its own on the server of `url`, which has its tables; nothing of it for SQLite."""
    if not url:
        yield ""
        return
    name = f"acceptance_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {kept.migrated_template(url)}")
    try:
        yield kept.with_database(url, name)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that they started, zombies left out."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        of = children.get(waiting.pop(), [])
        found += of
        waiting += of
    return found


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    except OSError:
        return []


def resident_memory(pid: int) -> int:
    """Bytes of memory that a process really uses."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def now() -> int:
    """Milliseconds, as the books count them."""
    return time.time_ns() // 1_000_000


def wait_for(look: Callable[[], Answer | None], seconds: float, complaint: Callable[[], str]) -> Answer:
    """The first answer that is not None; an assertion with the complaint when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = look()
        if answer is not None:
            return answer
        assert time.monotonic() < deadline, complaint()
        time.sleep(0.05)


def wait_until(is_so: Callable[[], bool], seconds: float, complaint: Callable[[], str]) -> None:
    wait_for(lambda: True if is_so() else None, seconds, complaint)
