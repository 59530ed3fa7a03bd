"""How many calls the books can keep: identify, authorise, accept, settle, each committed durably, per CPU second.

    python benchmarks/call_books.py              # SQLite (WAL, synchronous=FULL) and a throw-away PostgreSQL
    python benchmarks/call_books.py --calls 500 --processes 4

The data are a jail with residents, contacts and prepaid accounts. An operation is one service; pgbench (simple update,
prepared) runs on the same cluster in the same round as the measure of what the machine can do. CPU is that of this
process and its workers, and for PostgreSQL also of the server. Prints a table and writes `results/call_books.json`.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
import postgres  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "call_books.json"
STEPS = ("open", "identify", "authorise", "accept", "settle")
WARM = 50
"""Calls of each process before it is measured: connections are opened, statements prepared, rules read."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measured:
    """One database with so many processes. Milliseconds of CPU a call; `steps` are wall-clock medians in ms."""

    database: str
    processes: int
    calls: int
    calls_per_second: float
    client_cpu_ms: float
    server_cpu_ms: float
    pin_cpu_ms: float
    steps: dict[str, float]
    p99: dict[str, float]

    @property
    def calls_per_cpu_second(self) -> float:
        return 1000 / (self.client_cpu_ms + self.server_cpu_ms)

    @property
    def books_per_cpu_second(self) -> float:
        """Without the hash of the PIN, which is slow on purpose."""
        return 1000 / (self.client_cpu_ms + self.server_cpu_ms - self.pin_cpu_ms)


def main() -> None:
    arguments = _arguments()
    if arguments.inside:
        print(json.dumps(_measure(arguments.inside, arguments.calls, arguments.processes)))
        return
    measured: list[Measured] = []
    pgbench: list[float] = []
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory(prefix="kinline-bench-") as folder:
            measured.append(_run("sqlite", {"KINLINE_DATA": folder, "DATABASE_URL": ""}, arguments.calls, 1))
        if not Path("/usr/lib/postgresql").exists():
            continue
        for processes in sorted({1, arguments.processes}):
            with postgres.cluster() as url, tempfile.TemporaryDirectory(prefix="kinline-bench-") as folder:
                environment = {"KINLINE_DATA": folder, "DATABASE_URL": url}
                measured.append(_run("postgresql", environment, arguments.calls, processes))
                if processes == arguments.processes:
                    pgbench.append(_pgbench(url))
    _report(measured, pgbench)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=400, help="calls of each process")
    parser.add_argument("--processes", type=int, default=4, help="processes against PostgreSQL")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--inside", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(database: str, environment: dict[str, str], calls: int, processes: int) -> Measured:
    """Measure in a process of its own, since Django is set up once for one database."""
    words = [sys.executable, __file__, "--inside", database, "--calls", str(calls), "--processes", str(processes)]
    settings = {"DJANGO_SETTINGS_MODULE": "kinline.settings", "KINLINE_PIN_PEPPER": "b", "KINLINE_SECRET_KEY": "b"}
    done = subprocess.run(words, env={**os.environ, **settings, **environment}, stdout=subprocess.PIPE, check=True)
    return Measured(**json.loads(done.stdout))


# ---- inside a process that has one database


def _measure(database: str, calls: int, processes: int) -> dict[str, object]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from make import a_contact, a_customer, a_facility, a_number, a_resident, a_station

    call_command("migrate", verbosity=0)
    jail = a_facility(pin_tries=5)
    work = []
    for _ in range(processes):
        station, residents = a_station(jail), [a_resident(jail) for _ in range(20)]
        pairs = []
        for resident in residents:
            mother = a_number()
            a_customer(mother, "10000.00")
            a_contact(resident, mother)
            pairs.append((resident.pk, resident.resident_number, mother.removeprefix("+1")))
        work.append((station.pk, pairs, calls))
    connection.close()
    context = multiprocessing.get_context("fork")
    server = _server_cpu()
    with context.Pool(processes) as pool:
        answers = pool.starmap(_calls, work)
        server = _server_cpu() - server
    lasted = max(ended for *_, ended in answers) - min(began_at for *_, began_at, _ in answers)
    times: dict[str, list[float]] = {step: [t for each in answers for t in each[0][step]] for step in STEPS}
    total = calls * processes
    return {
        "database": database,
        "processes": processes,
        "calls": total,
        "calls_per_second": total / lasted,
        "client_cpu_ms": sum(cpu for _, cpu, *_ in answers) * 1000 / total,
        "pin_cpu_ms": statistics.mean(pin for _, _, pin, *_ in answers) * 1000,
        "steps": {step: statistics.median(found) * 1000 for step, found in times.items()},
        "p99": {step: sorted(found)[int(len(found) * 0.99)] * 1000 for step, found in times.items()},
        "server_cpu_ms": server * 1000 / (total + WARM * processes),
    }


def _calls(
    station: int, residents: list[tuple[int, str, str]], calls: int
) -> tuple[dict[str, list[float]], float, float, float, float]:
    """Run so many calls one after the other: seconds of each step, CPU seconds, those of one PIN, begin and end."""
    from make import NOON, PIN, completed

    from kinline.calls import services
    from kinline.core.callflow.events import Authorised
    from kinline.core.identity import Instant, ResidentId, StationId, new_call_id
    from kinline.people.models import Resident
    from kinline.people.pins import pin_matches

    stored = Resident.objects.values_list("pin_hash", flat=True)[0]
    before_pin = time.process_time()
    for _ in range(20):
        pin_matches(stored, PIN)
    pin = (time.process_time() - before_pin) / 20
    times: dict[str, list[float]] = {step: [] for step in STEPS}
    clock = time.perf_counter
    cpu, began = 0.0, 0.0
    for number in range(-WARM, calls):
        if number == 0:
            cpu, began = time.process_time(), clock()
            times = {step: [] for step in STEPS}
        resident, resident_number, dialled = residents[number % len(residents)]
        at = Instant(NOON + (number + WARM) * 1000)
        call_id = new_call_id(at, int.from_bytes(os.urandom(3), "big"))
        marks = [clock()]
        services.open_call(call_id, StationId(station), "bench", at)
        marks.append(clock())
        services.identify(call_id, resident_number, PIN, at)
        marks.append(clock())
        answer = services.authorise(call_id, ResidentId(resident), dialled, at)
        assert isinstance(answer, Authorised), answer
        marks.append(clock())
        services.accept(call_id, at)
        marks.append(clock())
        ended_at = Instant(at + 61_000)
        services.settle(call_id, completed(at, ended_at), None, None, None, ended_at)
        marks.append(clock())
        for step, begin, end in zip(STEPS, marks, marks[1:], strict=False):
            times[step].append(end - begin)
    return times, time.process_time() - cpu, pin, began, clock()


# ---- PostgreSQL


def _server_cpu() -> float:
    """CPU seconds of every process of the throw-away cluster, those that ended included."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return 0.0
    folder = _socket_folder(url)
    postmaster = int((Path(folder) / "data" / "postmaster.pid").read_text().splitlines()[0])
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == postmaster:  # and its children that ended
            total += sum(map(int, fields[11:15]))
        elif int(fields[1]) == postmaster:
            total += sum(map(int, fields[11:13]))
    return total / TICKS


def _socket_folder(url: str) -> str:
    return unquote(urlsplit(url).netloc.rpartition("@")[2])


def _pgbench(url: str) -> float:
    """Transactions a second of pgbench -N -M prepared with 8 clients."""
    program = [str(postgres.binaries() / "pgbench"), "-h", _socket_folder(url), "-U", "postgres"]
    subprocess.run([*program, "-i", "-q", "-s", "20", "kinline"], check=True, capture_output=True)
    done = subprocess.run(
        [*program, "-N", "-M", "prepared", "-c", "8", "-j", "2", "-T", "4", "kinline"],
        check=True,
        capture_output=True,
        text=True,
    )
    [line] = [line for line in done.stdout.splitlines() if line.startswith("tps")]
    return float(line.split()[2])


def _report(measured: list[Measured], pgbench: list[float]) -> None:
    cores = os.cpu_count() or 1
    memory = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    print(f"{cores} cores, {memory} GiB. A call: open, identify, authorise, accept, settle = 5 durable transactions.\n")
    print("database    procs  calls/s  CPU ms/call (client + server, of it PIN)  calls/CPU-s  without PIN")
    for one in measured:
        print(
            f"{one.database:<11} {one.processes:>5} {one.calls_per_second:>8.0f}"
            f"  {one.client_cpu_ms:>8.2f} + {one.server_cpu_ms:<6.2f} ({one.pin_cpu_ms:.2f})"
            f" {one.calls_per_cpu_second:>24.0f} {one.books_per_cpu_second:>12.0f}"
        )
    print("\nmedian / p99 in ms   " + "  ".join(f"{step:>13}" for step in STEPS))
    for one in measured:
        cells = "  ".join(f"{one.steps[step]:>6.2f}/{one.p99[step]:<6.2f}" for step in STEPS)
        print(f"{one.database:<11} {one.processes:>5}    {cells}")
    if pgbench:
        best = max(one.calls_per_second for one in measured if one.database == "postgresql")
        rate = statistics.median(pgbench)
        print(f"\npgbench -N -M prepared, 8 clients: {rate:.0f} transactions/s; ours {5 * best:.0f}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps(
            {
                "cores": cores,
                "memory_gib": memory,
                "measured": [asdict(one) for one in measured],
                "pgbench_transactions_per_second": pgbench,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
