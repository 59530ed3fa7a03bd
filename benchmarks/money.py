"""How fast money moves: authorise + settle pairs beside pgbench (TPC-B-like, prepared) on the same cluster.

    python benchmarks/money.py                       # PostgreSQL with 8 workers, fsync on, and SQLite
    python benchmarks/money.py --rounds 3 --profile

A pair is two services, each a durable commit: authorise (gather, decide, hold) and settle (charge, post, release, close
the CDR). Workers are threads, as a switchboard has them, of one process for each core (`--processes`). They run on
10,000 accounts and on one account, in the same rounds as pgbench with as many clients, and for about as long: what a
connection and a process do for the first time is done then. The attempts (off-hook and identified) stand in the table
before the clock starts. Afterwards the ledger must balance and no account may have passed its limit, or the benchmark
fails. CPU, of the client and of the server, is less sensitive to busy neighbours than pairs a second. `--profile` says
which packages the client's time goes to. Writes `results/money.json`.
"""

import argparse
import cProfile
import json
import multiprocessing
import os
import pstats
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
import postgres  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "money.json"
WARM = 20
"""Pairs of each worker before the clock starts: connections are opened, statements prepared, rules read."""
TICKS = os.sysconf("SC_CLK_TCK")
SHARED = "+15045559999"
"""The number whose one account pays in the run `one`."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. CPU is microseconds a pair (or a pgbench transaction), times are wall-clock milliseconds."""

    what: str
    workers: int
    rate: float
    client_cpu: float
    server_cpu: float
    authorise: float = 0.0
    settle: float = 0.0
    p99: float = 0.0


def main() -> None:
    arguments = _arguments()
    if arguments.inside:
        print(json.dumps(_inside(arguments)))
        return
    found: list[Measured] = []
    with postgres.cluster() as url, tempfile.TemporaryDirectory(prefix="kinline-bench-") as folder:
        found += _run("postgresql", {"KINLINE_DATA": folder, "DATABASE_URL": url}, arguments)
    with tempfile.TemporaryDirectory(prefix="kinline-bench-") as folder:
        found += _run("sqlite", {"KINLINE_DATA": folder, "DATABASE_URL": ""}, arguments)
    _report(found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=1000, help="pairs of each worker in each run")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="in which the workers are threads")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--profile", action="store_true", help="run one worker under cProfile as well")
    parser.add_argument("--inside", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(database: str, environment: dict[str, str], arguments: argparse.Namespace) -> list[Measured]:
    """Measure in a process of its own, since Django is set up once for one database."""
    words = [sys.executable, __file__, "--inside", database]
    words += ["--calls", str(arguments.calls), "--rounds", str(arguments.rounds)]
    words += ["--accounts", str(arguments.accounts)]
    words += ["--processes", str(arguments.processes)]
    words += ["--workers", str(arguments.workers)] + (["--profile"] if arguments.profile else [])
    settings = {"DJANGO_SETTINGS_MODULE": "kinline.settings", "KINLINE_PIN_PEPPER": "b", "KINLINE_SECRET_KEY": "b"}
    done = subprocess.run(words, env={**os.environ, **settings, **environment}, stdout=subprocess.PIPE, check=True)
    return [Measured(**one) for one in json.loads(done.stdout)]


# ---- inside a process that has one database


def _inside(arguments: argparse.Namespace) -> list[dict[str, object]]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    database, calls = arguments.inside, arguments.calls
    town = Town.founded(arguments.accounts)
    workers = arguments.workers if database == "postgresql" else 1
    found: list[Measured] = []
    for _ in range(arguments.rounds):
        if database == "postgresql":
            found.append(_pgbench(os.environ["DATABASE_URL"], workers))
        for what in ("spread", "one"):
            attempts = town.attempts(workers, calls + WARM, to_one=what == "one")
            connection.close()
            found.append(_pairs(f"{database} {what}", attempts, arguments.processes))
    if arguments.profile:
        _profiled(town.attempts(1, calls + WARM, to_one=False)[0])
    _prove()
    return [asdict(one) for one in found]


@dataclass(frozen=True, slots=True)
class Town:
    """10,000 residents of one jail, each with a mother whose account pays, and one lawyer's office that all call."""

    facility: int
    station: int
    residents: list[tuple[int, str]]

    @classmethod
    def founded(cls, count: int) -> "Town":
        from make import NOON, a_customer, a_facility, a_station

        from kinline.contacts.models import Contact, ContactState
        from kinline.ledger.models import Account, AccountKind, Transfer
        from kinline.ledger.queries import house_account
        from kinline.people.models import Customer, CustomerNumber, Resident, User

        jail = a_facility()
        residents = Resident.objects.bulk_create(
            Resident(facility=jail, resident_number=f"{n}", name="R", pin_hash="", name_recording="n.wav")
            for n in range(count)
        )
        users = User.objects.bulk_create(User(email=f"c{n}@example.org", name="C", password="") for n in range(count))
        customers = Customer.objects.bulk_create(Customer(user=user) for user in users)
        numbers = [f"+1504{6_000_000 + n}" for n in range(count)]
        CustomerNumber.objects.bulk_create(
            CustomerNumber(customer=customer, number=number)
            for customer, number in zip(customers, numbers, strict=True)
        )
        kind, clearing = AccountKind.CUSTOMER_PREPAID, house_account(AccountKind.CLEARING)
        accounts = Account.objects.bulk_create(
            Account(kind=kind, customer=customer, posted=50_000_000) for customer in customers
        )
        Transfer.objects.bulk_create(
            Transfer(key=f"seed/{a.pk}", debit_id=clearing, credit=a, amount=a.posted, reason="deposit", at=NOON)
            for a in accounts
        )
        a_customer(SHARED, "100000.00")
        approved = {"name": "M", "relationship": "mother", "state": ContactState.APPROVED}
        for each in (numbers, [SHARED] * count):
            Contact.objects.bulk_create(
                Contact(resident=resident, number=number, **approved)
                for resident, number in zip(residents, each, strict=True)
            )
        pairs = [(resident.pk, number) for resident, number in zip(residents, numbers, strict=True)]
        return cls(jail.pk, a_station(jail).pk, pairs)

    def attempts(self, workers: int, count: int, *, to_one: bool) -> list[list[tuple[int, int, str]]]:
        """For each worker as many identified attempts, of residents of its own: call, resident, what is dialled."""
        from django.db import connection
        from make import NOON

        from kinline.calls.models import Call
        from kinline.core.identity import new_call_id
        from kinline.core.windows import day_start, month_start, week_start
        from kinline.facilities.queries import rulebook

        zone = rulebook(self.facility, 1).zone
        begun, work, rows = Call.objects.count(), [], []
        for worker in range(workers):
            mine = self.residents[worker::workers][:count]
            if len(mine) < count:
                raise SystemExit(f"{workers} workers have residents for {len(self.residents) // workers} calls each")
            first = begun + worker * count
            work.append(
                [
                    (new_call_id(NOON, first + number), resident, (SHARED if to_one else own).removeprefix("+1"))
                    for number, (resident, own) in enumerate(mine)
                ]
            )
            rows += [
                Call(
                    id=call,
                    switchboard="bench",
                    heartbeat_at=NOON,
                    station_id=self.station,
                    facility_id=self.facility,
                    day_started_at=day_start(zone, NOON),
                    week_started_at=week_start(zone, NOON),
                    month_started_at=month_start(zone, NOON),
                    resident_id=resident,
                    opened_at=NOON,
                    identified_at=NOON,
                )
                for call, resident, _ in work[-1]
            ]
        Call.objects.bulk_create(rows, batch_size=500)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
                cursor.execute("CHECKPOINT")
        return work


def _pairs(what: str, attempts: list[list[tuple[int, int, str]]], processes: int) -> Measured:
    """Run each worker's attempts in a thread of its own, all at once: a switchboard asks from threads, and there is one
    switchboard for each core."""
    workers, processes = len(attempts), min(processes, len(attempts))
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(processes + 1)
    with context.Pool(processes, _meet, (ready,)) as pool:
        asked = pool.map_async(_switchboard, [attempts[each::processes] for each in range(processes)], chunksize=1)
        ready.wait()  # all are warm
        server = _server_cpu()
        ready.wait()
        answers = asked.get()
        server = _server_cpu() - server
    lasted = max(one["ended"] for one in answers) - min(one["began"] for one in answers)
    times = [each for one in answers for each in one["times"]]
    both = sorted(third - first for first, _, third in times)
    return Measured(
        what,
        workers,
        len(times) / lasted,
        sum(one["cpu"] for one in answers) / len(times) * 1e6,
        server / len(times) * 1e6,
        statistics.median(second - first for first, second, _ in times) * 1000,
        statistics.median(third - second for _, second, third in times) * 1000,
        both[int(len(both) * 0.99)] * 1000,
    )


_ready: Any = None


def _meet(ready: Any) -> None:
    global _ready
    _ready = ready


def _switchboard(attempts: list[list[tuple[int, int, str]]]) -> dict[str, Any]:
    """Authorise and settle each attempt, a list in each thread; the CPU and wall-clock seconds that it took."""
    all_warm = threading.Barrier(len(attempts) + 1)
    times: list[tuple[float, float, float]] = []

    def work(mine: list[tuple[int, int, str]]) -> None:
        from django.db import connection

        for attempt in mine[:WARM]:
            _pair(*attempt)
        all_warm.wait()
        all_warm.wait()
        done = [_pair(*attempt) for attempt in mine[WARM:]]
        times.extend(done)
        connection.close()

    threads = [threading.Thread(target=work, args=(mine,)) for mine in attempts]
    for thread in threads:
        thread.start()
    all_warm.wait()
    _ready.wait()
    _ready.wait()
    cpu, began = time.process_time(), time.perf_counter()
    all_warm.wait()
    for thread in threads:
        thread.join()
    return {"times": times, "cpu": time.process_time() - cpu, "began": began, "ended": time.perf_counter()}


def _pair(call: int, resident: int, dialled: str) -> tuple[float, float, float]:
    from make import NOON, completed

    from kinline.calls import services
    from kinline.core.callflow.events import Authorised

    clock = time.perf_counter
    first = clock()
    answer = services.authorise(call, resident, dialled, NOON)
    second = clock()
    assert isinstance(answer, Authorised), answer
    services.settle(call, completed(NOON, NOON + 61_000), None, None, None, NOON + 61_000)
    return first, second, clock()


def _profiled(attempts: list[tuple[int, int, str]]) -> None:
    """Which packages the time of one worker goes to (wall clock, so waiting for the database shows too)."""
    for attempt in attempts[:WARM]:
        _pair(*attempt)
    profile = cProfile.Profile()
    profile.enable()
    for attempt in attempts[WARM:]:
        _pair(*attempt)
    profile.disable()
    spent: Counter[str] = Counter()
    for (file, _, name), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        package = re.search(r"(?:site-packages|/src|python3\.\d+(?!/site))/(kinline/\w+(?:/\w+)?|\w+)", file)
        spent[package[1] if package else f"built-in {name}"] += own
    print("\nwall-clock microseconds a pair of one worker under cProfile", file=sys.stderr)
    for package, seconds in spent.most_common(16):
        print(f"{seconds / len(attempts[WARM:]) * 1e6:8.0f}  {package}", file=sys.stderr)


def _prove() -> None:
    """Raise unless the books agree with themselves, come to nothing, and no balance passed its limit."""
    from django.db.models import F

    from kinline.calls.models import Call
    from kinline.ledger.models import OWNED, Account
    from kinline.ledger.queries import discrepancies, trial_balance

    found = discrepancies()
    total = sum(amount.micros for amount in trial_balance().values())
    beyond = Account.objects.filter(kind__in=OWNED, posted__lt=F("held") - F("credit_limit")).count()
    unsettled = Call.objects.exclude(state="settled").count()
    if found or total or beyond or unsettled:
        raise SystemExit(f"the books are wrong: {found[:3]} total {total}, {beyond} beyond limit, {unsettled} open")


# ---- PostgreSQL


def _server_cpu() -> float:
    """CPU seconds of every process of the throw-away cluster, those that ended included."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return 0.0
    postmaster = int((Path(_socket_folder(url)) / "data" / "postmaster.pid").read_text().splitlines()[0])
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


def _pgbench(url: str, clients: int) -> Measured:
    """TPC-B-like transactions a second, prepared, in tables of their own beside ours."""
    program = [str(postgres.binaries() / "pgbench"), "-h", _socket_folder(url), "-U", "postgres"]
    tables = subprocess.run(
        [str(postgres.binaries() / "psql"), *program[1:], "-Atc", "SELECT to_regclass('pgbench_accounts')", "kinline"],
        check=True,
        capture_output=True,
        text=True,
    )
    if not tables.stdout.strip():
        subprocess.run([*program, "-i", "-q", "-s", "50", "kinline"], check=True, capture_output=True)
    server, client = _server_cpu(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*program, "-M", "prepared", "-c", str(clients), "-j", "2", "-T", "6", "kinline"],
        check=True,
        capture_output=True,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    count = int(re.search(r"actually processed: (\d+)", done.stdout)[1])  # type: ignore[index]
    rate = float(re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)[1])  # type: ignore[index]
    used = after.ru_utime + after.ru_stime - client.ru_utime - client.ru_stime
    return Measured("pgbench", clients, rate, used / count * 1e6, (_server_cpu() - server) / count * 1e6)


def _report(found: list[Measured]) -> None:
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    print(f"{cores} cores, load {load:.1f}. Medians of the rounds; a pair is authorise + settle.\n")
    print("run                workers   per s   CPU us (client + server)   authorise  settle ms   p99 ms   of pgbench")
    by_name: dict[str, list[Measured]] = {}
    for one in found:
        by_name.setdefault(one.what, []).append(one)
    medians = {
        what: Measured(
            what,
            runs[0].workers,
            *(
                statistics.median(getattr(run, field) for run in runs)
                for field in ("rate", "client_cpu", "server_cpu", "authorise", "settle", "p99")
            ),
        )
        for what, runs in by_name.items()
    }
    reference = medians.get("pgbench")
    for one in medians.values():
        share = "" if reference is None or one is reference else f"{one.rate / reference.rate:.2f}"
        if reference is not None and one is not reference and one.what.startswith("postgresql"):
            cpu = (reference.client_cpu + reference.server_cpu) / (one.client_cpu + one.server_cpu)
            share += f" (by CPU {cpu:.2f})"
        print(
            f"{one.what:<18} {one.workers:>7} {one.rate:>7.0f} {one.client_cpu:>10.0f} + {one.server_cpu:<8.0f}"
            f" {one.authorise:>14.2f} {one.settle:>10.2f} {one.p99:>8.1f}   {share}"
        )
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps(
            {
                "cores": cores,
                "load": load,
                "medians": [asdict(one) for one in medians.values()],
                "rounds": [asdict(one) for one in found],
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
