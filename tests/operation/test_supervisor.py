"""The supervisor with real programs, started and ended for real."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SUPERVISE = """
    import asyncio, signal, sys, structlog
    from pathlib import Path
    from kinline.operation.supervisor import Program, Supervisor

    folder = Path(sys.argv[1])
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))

    async def main():
        programs = tuple(
            Program(name, (sys.executable, "-c", code), grace=float(grace))
            for name, grace, code in zip(*[iter(sys.argv[2:])] * 3)
        )
        boss = Supervisor(programs)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, boss.stop)
        return await boss.run(20, on_ready=lambda: (folder / "ready").touch())

    sys.exit(asyncio.run(main()))
"""

# Writes its pid, and on SIGTERM its name into a common file, so that the order of stopping can be read.
POLITE = """
import os, pathlib, signal, sys, time
folder = pathlib.Path({folder!r})
def leave(*_):
    with open(folder / "stopped", "a") as file:
        file.write("{name}\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
(folder / "{name}.pid").write_text(str(os.getpid()))
while True:
    time.sleep(0.05)
"""
DEAF = """
import os, pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
folder = pathlib.Path({folder!r})
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
(folder / "child.pid").write_text(str(child.pid))
(folder / "{name}.pid").write_text(str(os.getpid()))
time.sleep(600)
"""


def until(truth: Callable[[], bool]) -> None:
    """Wait for it; the suite's time limit ends what never comes."""
    while not truth():
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class House:
    """A supervisor in a process of its own."""

    def __init__(self, folder: Path, **programs: tuple[str, float]) -> None:
        self.folder = folder
        words = []
        for name, (code, grace) in programs.items():
            words += [name, str(grace), code.format(folder=str(folder), name=name)]
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(SUPERVISE), str(folder), *words], stderr=log
            )

    def pid(self, name: str) -> int:
        path = self.folder / f"{name}.pid"
        until(lambda: path.exists() and path.read_text() != "")
        return int(path.read_text())

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def house(tmp_path: Path):
    houses: list[House] = []

    def open_house(**programs: tuple[str, float]) -> House:
        houses.append(House(tmp_path, **programs))
        return houses[-1]

    yield open_house
    for each in houses:
        each.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_the_programs_in_their_order_and_leaves_none(house, number: signal.Signals) -> None:
    running = house(switchboard=(POLITE, 5), worker=(POLITE, 5), web=(POLITE, 5))
    pids = [running.pid(name) for name in ("switchboard", "worker", "web")]
    until((running.folder / "ready").exists)

    running.process.send_signal(number)

    assert running.process.wait() == 0
    assert (running.folder / "stopped").read_text().split() == ["switchboard", "worker", "web"]
    assert not any(is_alive(pid) for pid in pids)


def test_a_program_that_does_not_stop_is_killed_with_all_that_it_had_started(house) -> None:
    running = house(deaf=(DEAF, 0.3), polite=(POLITE, 5))
    pids = [running.pid("deaf"), running.pid("child"), running.pid("polite")]
    until((running.folder / "ready").exists)

    running.process.terminate()

    assert running.process.wait() == 0
    until(lambda: not any(is_alive(pid) for pid in pids))
    assert (running.folder / "stopped").read_text().split() == ["polite"]


def test_a_program_has_a_group_of_its_own_which_no_control_c_reaches_but_no_session(house) -> None:
    pid = house(polite=(POLITE, 5)).pid("polite")

    assert os.getpgid(pid) == pid
    assert os.getsid(pid) == os.getsid(0)


def test_a_second_stop_does_not_wait_any_longer(house) -> None:
    running = house(deaf=(DEAF, 600))
    running.pid("deaf")
    until((running.folder / "ready").exists)

    running.process.terminate()
    time.sleep(0.2)
    running.process.terminate()

    assert running.process.wait() == 0


def test_a_program_that_crashes_is_started_again_and_the_log_says_so(house) -> None:
    running = house(polite=(POLITE, 5))
    first = running.pid("polite")
    until((running.folder / "ready").exists)
    (running.folder / "polite.pid").unlink()

    os.kill(first, signal.SIGKILL)

    assert running.pid("polite") != first
    running.process.terminate()
    assert running.process.wait() == 0
    assert "program.crashed" in (running.folder / "log").read_text()


def test_nothing_outlives_a_supervisor_that_was_killed(house) -> None:
    running = house(switchboard=(POLITE, 5), web=(POLITE, 5))
    pids = [running.pid("switchboard"), running.pid("web")]

    running.process.kill()

    until(lambda: not any(is_alive(pid) for pid in pids))


def test_programs_that_never_become_ready_are_stopped_and_the_status_tells(tmp_path: Path) -> None:
    code = """
        import asyncio, sys
        from kinline.operation.supervisor import Program, Supervisor

        async def never():
            return False

        program = Program("slow", (sys.executable, "-c", "import time; time.sleep(600)"), never)
        sys.exit(asyncio.run(Supervisor((program,)).run(0.5, on_ready=lambda: print("ready"))))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "supervisor.not_ready" in done.stdout + done.stderr
    assert "\nready\n" not in done.stdout
