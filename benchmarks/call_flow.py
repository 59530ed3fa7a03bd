"""The whole flow of a call, in calls per CPU-second: off-hook, identify, authorise, ring, offer, accept, talk, settle.

    python benchmarks/call_flow.py [--calls 200] [--rate 4] [--databases sqlite postgresql]

A real switchboard on the first core, with real SIP and RTP from two SIPp on the last: wall phones that authenticate
and press keys, and a carrier whose called parties press 1, talk for about two seconds and hang up. Every call is
charged and recorded. Prompts are noises of 0.08 s, so that the call's work is measured and not its patience. CPU is
that of the switchboard with its database threads, and for PostgreSQL also of the server. In the end every call must
be settled, as planned but for a few, the ledger balanced, and no socket of a leg left open.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE.parent / "tests")]
os.environ["DJANGO_SETTINGS_MODULE"] = "settings_for_tests"
import django  # noqa: E402

django.setup()

import postgres  # noqa: E402
from acceptance import hurried_prompts  # noqa: E402
from acceptance.installation import (  # noqa: E402
    CARRIER_ADDRESS,
    Installation,
    descendants,
    installation,
    now,
    wait_until,
)
from acceptance.rtp import Speech  # noqa: E402
from acceptance.sipp import Sipp  # noqa: E402
from ports import free_ports  # noqa: E402

RESULTS = HERE / "results" / "call_flow.json"
SECONDS_OF_A_CALL = 14
"""Longer than a call takes, so that each resident is free again when their turn comes."""
AS_PLANNED, ENOUGH = "settled talk.hangup_called", 0.97
"""On a busy machine SIPp may send a key so late that the platform takes it for another; such a call ends otherwise, and
is settled like any."""
SETTLED_WITHIN = 120
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measured:
    """One database. Milliseconds of CPU a call; the mean of how long they talked and lasted; `outcomes` by state and
    reason."""

    database: str
    calls: int
    rate: float
    switchboard_cpu_ms: float
    database_cpu_ms: float
    talked_seconds: float
    whole_seconds: float
    outcomes: dict[str, int]

    @property
    def calls_per_cpu_second(self) -> float:
        """Of the switchboard alone."""
        return 1000 / self.switchboard_cpu_ms

    @property
    def calls_per_cpu_second_in_all(self) -> float:
        return 1000 / (self.switchboard_cpu_ms + self.database_cpu_ms)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--rate", type=float, default=4.0, help="calls a second")
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    measured = [_run(database, arguments.calls, arguments.rate) for database in arguments.databases]
    print(table(measured))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(_report(measured), indent=1) + "\n")


def _run(database: str, calls: int, rate: float) -> Measured:
    with tempfile.TemporaryDirectory() as name, _server(database) as (url, server):
        folder = Path(name)
        prompts = folder / "prompts"
        hurried_prompts.record(prompts)
        with installation(folder, prompts, url, KINLINE_SIP_DIGEST="md5") as installed:
            people = installed.books.ask("crowd", int(rate * SECONDS_OF_A_CALL) + 1)
            with _pinned_to_core(0):
                installed.start("switchboard")
            with _pinned_to_core(-1):
                # Each resident calls once before: their names are synthesised, statements prepared, rules read.
                _load(installed, folder, people, len(people), rate)
                measured = _measure(installed, folder, people, calls, rate, database, server)
            installed.stop()
            return measured


def _measure(
    installed: Installation,
    folder: Path,
    people: list[list[str]],
    calls: int,
    rate: float,
    database: str,
    server: int | None,
) -> Measured:
    began, switchboard = now(), installed.pid
    before = cpu_seconds(switchboard), cpu_seconds(server)
    _load(installed, folder, people, calls, rate)
    spent = cpu_seconds(switchboard) - before[0], cpu_seconds(server) - before[1]
    outcomes = installed.books.ask("outcomes", began)
    assert sum(outcomes.values()) == calls, outcomes
    assert outcomes.get(AS_PLANNED, 0) >= ENOUGH * calls, f"too many calls went another way: {outcomes}"
    installed.books.assert_balanced()
    wait_until(lambda: _legs(installed) == 0, 10, lambda: f"{_legs(installed)} sockets of legs are left")
    ended = [call for call in installed.books.ask("calls_since", began) if call["accepted_at"]]
    talked, whole = (
        sum(call["ended_at"] - call[since] for call in ended) / len(ended) / 1000
        for since in ("accepted_at", "opened_at")
    )
    return Measured(database, calls, rate, 1000 * spent[0] / calls, 1000 * spent[1] / calls, talked, whole, outcomes)


def _load(installed: Installation, folder: Path, people: list[list[str]], calls: int, rate: float) -> None:
    """So many calls, each resident in turn, until the last is settled."""
    users = folder / "users.csv"
    users.write_text(
        "SEQUENTIAL\n"
        + "".join(
            f"{user};[authentication username={user} password={password}];1{number}{pin}1#\n"
            for user, password, number, pin in people
        )
    )
    patience = int(calls / rate) + 60
    family = Sipp(
        "carrier_load",
        folder,
        address=CARRIER_ADDRESS,
        port=installed.carrier_port,
        speech=Speech().silence(0.6).keys("1").silence(0.6).keys("1").tone(700, 20),
        words=("-set", "hang_up_after", "3000"),
        calls=calls,
        seconds=patience,
        scenarios=HERE / "sipp",
    )
    phones = Sipp(
        "station_load",
        folder,
        address=installed.host,
        port=free_ports(1)[0],
        server=(installed.host, installed.sip_port),
        speech=Speech().tone(440, 20),
        words=("-inf", str(users), "-r", str(rate)),
        calls=calls,
        seconds=patience,
        scenarios=HERE / "sipp",
    )
    phones.wait()
    family.wait(5)
    wait_until(lambda: installed.books.ask("live_calls") == 0, SETTLED_WITHIN, lambda: "some calls are not settled")


def _legs(installed: Installation) -> int:
    """The switchboard's open UDP sockets, but for the one of SIP."""
    inodes = set()
    for file in Path(f"/proc/{installed.pid}/fd").iterdir():
        try:
            target = os.readlink(file)
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return sum(row[9] in inodes and int(row[1].split(":")[1], 16) != installed.sip_port for row in rows)


@contextmanager
def _server(database: str) -> Iterator[tuple[str, int | None]]:
    """A database server: its URL and its process."""
    if database == "sqlite":
        yield "", None
        return
    with _pinned_to_core(-1), postgres.cluster() as url:
        parts = urlsplit(url)
        folder = Path(unquote(parts.netloc.rpartition("@")[2]))
        yield url, int((folder / "data" / "postmaster.pid").read_text().split()[0])


@contextmanager
def _pinned_to_core(index: int) -> Iterator[None]:
    """What is started in here runs on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(before)[index]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int | None) -> float:
    """Of a process, of its children, and of those that it has outlived."""
    total = 0
    for each in () if pid is None else (pid, *descendants(pid)):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own_and_waited_for = fields[11:15]
        total += sum(map(int, own_and_waited_for))
    return total / TICKS


def table(measured: list[Measured]) -> str:
    lines = [
        "database    calls  calls/s  call s  talk s  switchboard ms  database ms  calls/CPU s  with database",
    ]
    lines += [
        f"{row.database:<10}{row.calls:>7}{row.rate:>9.1f}{row.whole_seconds:>8.1f}{row.talked_seconds:>8.1f}{row.switchboard_cpu_ms:>16.1f}"
        f"{row.database_cpu_ms:>13.1f}{row.calls_per_cpu_second:>13.1f}{row.calls_per_cpu_second_in_all:>15.1f}"
        for row in measured
    ]
    return "\n".join(lines)


def _report(measured: list[Measured]) -> dict[str, object]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30),
        "measured": [
            asdict(row)
            | {
                "calls_per_cpu_second": row.calls_per_cpu_second,
                "calls_per_cpu_second_in_all": row.calls_per_cpu_second_in_all,
            }
            for row in measured
        ],
    }


if __name__ == "__main__":
    if shutil.which("sipp") is None:
        sys.exit("SIPp is missing: apt-get install sip-tester")
    main()
