"""`kinline up` as a person runs it: from nothing to ready, and back to nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import kept
import pytest
from ports import free_ports

from kinline.operation.processes import of_this_installation
from kinline.operation.supervisor import die_with


class House:
    """An installation in a folder of its own, on the test's database."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.data, self.log = folder, folder / "up.log"
        self.web, files, sip, sips = free_ports(4)
        ports = {"WEB_PORT": self.web, "FILES_PORT": files, "SIP_PORT": sip, "SIPS_PORT": sips}
        self.environment = {
            **environment,
            "KINLINE_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "kinline.settings",
            **{f"KINLINE_{name}": str(port) for name, port in ports.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None

    def kinline(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kinline", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kinline", "up"],
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=die_with(os.getpid()),  # even when the tests themselves are killed
            )
        self.until(lambda: "Ctrl-C stops everything" in self.log.read_text())

    def until(self, truth: Callable[[], bool]) -> None:
        while not truth():
            assert self.process is None or self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait()

    def running(self) -> dict[str, int]:
        return of_this_installation(self.data)


@pytest.fixture
def house(committed_database: dict[str, str], tmp_path: Path) -> Iterator[House]:
    house = House(committed_database, tmp_path)
    yield house
    if house.process is not None and house.process.poll() is None:
        house.process.kill()
        house.process.wait()


@pytest.mark.timeout(240)
def test_it_comes_up_is_found_well_mends_itself_and_leaves_nothing_behind(house: House) -> None:
    kept.linked(kept.spoken_prompts(), house.data / "prompts")
    (house.data / "prompts" / "en" / "number.7.wav").unlink()
    house.start()
    with urllib.request.urlopen(f"http://127.0.0.1:{house.web}/healthz") as answer:
        assert answer.status == 200
    assert set(house.running()) == {"up", "switchboard", "worker", "web"}
    said = house.log.read_text()
    assert "built 1 prompts" in said
    assert "rosa@demo.example" in said
    assert "kinline call" in said

    examined = house.kinline("doctor")
    assert examined.returncode == 0, examined.stdout
    assert "PROBLEM" not in examined.stdout

    worker = house.running()["worker"]
    os.kill(worker, signal.SIGKILL)
    house.until(lambda: house.running().get("worker", worker) != worker)

    assert house.stop() == 0
    assert house.running() == {}
    second_start = house.log.read_text()
    assert "program.crashed" in second_start

    house.start()
    assert "built" not in house.log.read_text()
    assert "applied" not in house.log.read_text()
    house.process.kill()
    house.process.wait()
    while house.running():
        time.sleep(0.1)


def test_a_port_in_use_is_said_in_one_line_and_nothing_is_started(house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        house.environment["KINLINE_WEB_PORT"] = str(taken.getsockname()[1])
        done = house.kinline("up")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.strip().endswith("set KINLINE_WEB_PORT to another port")
    assert done.stdout == ""


def test_a_database_that_is_away_is_said_in_one_line_without_its_password(house: House) -> None:
    (port,) = free_ports(1)
    house.environment["DATABASE_URL"] = f"postgresql://kinline:hush@127.0.0.1:{port}/kinline"
    done = house.kinline("up")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "kinline:***@127.0.0.1" in done.stderr
    assert "hush" not in done.stdout + done.stderr
