"""How fast staff search the history: twelve typical searches at ten thousand calls and at a million, on PostgreSQL.

    python benchmarks/history.py                     # loads both (some minutes), then measures
    python benchmarks/history.py --at URL            # on a server where they are loaded, or will be: it goes on

Each search is what the page asks the database for: the ids of thirty calls, then their rows. It runs for residents,
numbers, phones and days drawn anew each time; the median counts. At a million calls, the median over the twelve may
take three times as long as at ten thousand, and none may read a table from end to end, or the benchmark fails. Writes
`results/history.json`.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
import kept  # noqa: E402
import postgres  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "history.json"
SIZES = (10_000, 1_000_000)
TIMES = 25
"""Each search is run so often, after a few times that do not count."""
WARM = 5
SLOWER_AT_MOST = 3.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--at", default="", metavar="URL", help="a PostgreSQL server in place of a throw-away one")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        print(json.dumps(_measured()))
        return
    found = []
    with _server(arguments.at) as url, tempfile.TemporaryDirectory(prefix="kinline-bench-") as folder:
        for size in SIZES:
            found.append(_at(size, url, folder))
    _report(*found)


@contextmanager
def _server(url: str) -> Iterator[str]:
    if url:
        yield url
        return
    with postgres.cluster() as made:
        yield made


def _at(size: int, url: str, folder: str) -> dict[str, float]:
    """Load, in a database of its own, and measure, in a process of its own."""
    import psycopg

    name = f"history_{size}"
    with psycopg.connect(url, autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            server.execute(f"CREATE DATABASE {name}")
    settings = {"DATABASE_URL": kept.with_database(url, name), "KINLINE_DATA": folder, "KINLINE_PIN_PEPPER": "b"}
    settings |= {"KINLINE_SECRET_KEY": "b", "DJANGO_SETTINGS_MODULE": "kinline.settings"}
    environment = {**os.environ, **settings}
    kinline = [sys.executable, "-c", "import sys; from kinline.cli import main; sys.exit(main())"]
    environment["PYTHONPATH"] = str(ROOT / "src")
    subprocess.run([*kinline, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    loaded = subprocess.run([*kinline, "demo", "load", "--size", str(size)], env=environment, check=False)
    if loaded.returncode == 0:
        with psycopg.connect(settings["DATABASE_URL"], autocommit=True) as server:
            server.execute("VACUUM ANALYZE")
            server.execute("CHECKPOINT")
    words = [sys.executable, __file__, "--inside"]
    done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


# ---- inside a process that has one database


def _measured() -> dict[str, float]:
    """The median milliseconds of each search."""
    import django

    django.setup()
    from django.db import connection

    chance = random.Random(7)
    found: dict[str, float] = {}
    with connection.execute_wrapper(_NoWholeTable()) as watched:
        del watched
        for name, search in _searches(chance).items():
            spent = []
            for number in range(WARM + TIMES):
                _NoWholeTable.is_watching = number < WARM
                begun = time.perf_counter()
                calls = search()
                spent.append((time.perf_counter() - begun) * 1000)
                if name != "a reason that is rare" and number == WARM and not calls:
                    raise SystemExit(f"{name}: nothing was found, so nothing was measured")
            found[name] = statistics.median(spent[WARM:])
    return found


class _NoWholeTable:
    """Looks at the plan of each statement before the clock counts."""

    is_watching = False

    def __call__(self, execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        if self.is_watching and sql.startswith("SELECT") and "calls_" in sql:
            with context["connection"].connection.cursor() as cursor:
                plan = "\n".join(line for (line,) in cursor.execute(f"EXPLAIN {sql}", values))
            rows = context["connection"].connection.execute("SELECT COUNT(*) FROM calls_call").fetchone()[0]
            if rows > 100_000 and ("Seq Scan on calls_call" in plan or "Seq Scan on calls_historyentry" in plan):
                raise SystemExit(f"a whole table is read:\n{sql}\n{plan}")
            if os.environ.get("KINLINE_PLANS"):
                print(f"\n{sql[:2000]}\n{plan}", file=sys.stderr)
        return execute(sql, values, many, context)


def _searches(chance: random.Random) -> dict[str, Callable[[], list[Any]]]:
    from django.db.models import Max, Min, Q

    from kinline.calls.history import Wanted, found
    from kinline.calls.models import HistoryEntry
    from kinline.core.identity import CallId
    from kinline.demo.crowd import DEPARTMENT, callers
    from kinline.facilities.models import Agency

    crowd = callers()
    zones = ("America/Chicago",)
    provider, department = Q(), Q(facility__agency=Agency.objects.get(name=DEPARTMENT).pk)
    ours = HistoryEntry.objects.filter(facility__agency__name=DEPARTMENT).aggregate(low=Min("id"), high=Max("id"))
    today = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ005 (each facility's own)

    def somebody() -> Any:
        return chance.choice(crowd)

    def a_day() -> datetime:
        return today - timedelta(days=chance.randrange(5, 350))

    def ask(where: Q, before: int | None = None, **wanted: Any) -> list[Any]:
        return found(where, Wanted(**wanted), zones, 31, None if before is None else CallId(before))

    def of_facility() -> Q:
        return Q(facility=somebody().facility)

    def resident() -> list[Any]:
        one = somebody()
        return ask(Q(facility=one.facility), resident=numbers[one.resident])

    def phone() -> list[Any]:
        one = somebody()
        return ask(Q(facility=one.facility), station=chance.choice(one.stations))

    def evening_of_a_unit() -> list[Any]:
        one, day = somebody(), a_day()
        where = Q(facility=one.facility, unit=one.unit)
        return ask(where, since=day + timedelta(hours=17), until=day + timedelta(days=1))

    def day_of_a_facility() -> list[Any]:
        day = a_day()
        return ask(of_facility(), since=day, until=day + timedelta(days=1))

    def week_of_refusals() -> list[Any]:
        day = a_day()
        return ask(department, since=day, until=day + timedelta(days=7), disposition="denied")

    from kinline.people.models import Resident

    numbers = dict(Resident.objects.values_list("pk", "resident_number"))
    return {
        "newest of a facility": lambda: ask(of_facility()),
        "newest of a department": lambda: ask(department),
        "newest of all": lambda: ask(provider),
        "a page far back": lambda: ask(of_facility(), before=chance.randrange(ours["low"], ours["high"])),
        "a resident": resident,
        "a whole number": lambda: ask(department, number=chance.choice(somebody().numbers)),
        "a number's last four digits": lambda: ask(department, number=chance.choice(somebody().numbers)[-4:]),
        "a phone": phone,
        "an evening of a unit": evening_of_a_unit,
        "a day of a facility": day_of_a_facility,
        "what was refused in a week": week_of_refusals,
        "a reason that is rare": lambda: ask(of_facility(), reason="policy.number_blocked_security"),
    }


def _report(small: dict[str, float], large: dict[str, float]) -> None:
    print(f"\n{'milliseconds (median)':<30}{SIZES[0]:>12,}{SIZES[1]:>12,}{'ratio':>9}")
    for name in small:
        print(f"{name:<30}{small[name]:>12.2f}{large[name]:>12.2f}{large[name] / small[name]:>9.2f}")
    medians = statistics.median(small.values()), statistics.median(large.values())
    ratio = medians[1] / medians[0]
    print(f"{'median of the twelve':<30}{medians[0]:>12.2f}{medians[1]:>12.2f}{ratio:>9.2f}")
    RESULTS.parent.mkdir(exist_ok=True)
    written = {"milliseconds": {str(SIZES[0]): small, str(SIZES[1]): large}, "medians": medians, "ratio": ratio}
    RESULTS.write_text(json.dumps(written, indent=2) + "\n")
    if ratio > SLOWER_AT_MOST:
        raise SystemExit(f"{ratio:.1f} times slower: more than {SLOWER_AT_MOST}")


if __name__ == "__main__":
    main()
