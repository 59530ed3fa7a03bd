"""Home, calls and statement pages a second, with a hundred families at once on PostgreSQL.

    python benchmarks/pages.py [--seconds 8]

A real `kinline web` (uvicorn) on loopback, a throw-away PostgreSQL, and a hundred signed-in families, each with a
connection of its own that asks again as soon as it is answered. Ten of them have a history of ten thousand calls, the
others of a hundred; they are measured apart, since the length of a history must not matter. Beside them, in the same
run, Django's bare "hello" through the same server: what this machine and this server cost without any page. Every
answer must be 200 and hold what it must, or the benchmark fails. Writes `results/pages.json`.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
import postgres  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "pages.json"
FAMILIES, WITH_LONG_HISTORY = 100, 10
LONG, SHORT = 10_000, 100
WARM_SECONDS = 3.0
SLOWER_AT_MOST = 1.5
"""With ten thousand calls a page may take so many times the CPU of one with a hundred."""
_TICKS = os.sysconf("SC_CLK_TCK")
_HALF_AN_HOUR = 30 * 60 * 1000

PAGES = {
    "home": ("/account/", b"Can they call you now?"),
    "calls": ("/account/calls/", b"All calls"),
    "statement": ("/account/statement/?month={month}", b"Balance at the end"),
}


@dataclass(frozen=True)
class Measured:
    """Of one page asked for by some families at once."""

    per_second: float
    cpu_ms: float
    """Of the server's process, for each page."""
    median_ms: float
    p95_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each page is asked for")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        print(json.dumps(_arranged()))
        return
    with postgres.cluster() as url, tempfile.TemporaryDirectory(prefix="kinline-bench-") as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "KINLINE_DATA": folder,
            "KINLINE_SECRET_KEY": "b",
            "KINLINE_PIN_PEPPER": "b",
            "KINLINE_HOST": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "kinline.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}",
        }
        kinline = [sys.executable, "-c", "import sys; from kinline.cli import main; sys.exit(main())"]
        subprocess.run([*kinline, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
        made = subprocess.run(
            [sys.executable, __file__, "--inside"], env=environment, stdout=subprocess.PIPE, check=True
        )
        town = json.loads(made.stdout.splitlines()[-1])
        results = {"hello": _of_hello(arguments.seconds), **_of_pages(kinline, environment, town, arguments.seconds)}
    _report(results)


def _of_hello(seconds: float) -> Measured:
    port = _free_port()
    words = [sys.executable, "-m", "uvicorn", "hello:application", "--host", "127.0.0.1", "--port", str(port)]
    words += ["--app-dir", str(Path(__file__).parent), "--no-access-log", "--lifespan", "off", "--loop", "uvloop"]
    with _server([*words, "--log-level", "warning"], dict(os.environ), port, "/") as process:
        return _measure(process, port, "/", [""] * FAMILIES, b"hello", seconds)


def _of_pages(
    kinline: list[str], environment: dict[str, str], town: dict[str, Any], seconds: float
) -> dict[str, Measured]:
    port = _free_port()
    ports = {"KINLINE_WEB_PORT": str(port), "KINLINE_FILES_PORT": str(_free_port())}
    found = {}
    with _server([*kinline, "web"], {**environment, **ports}, port, "/healthz") as process:
        for name, (path, told) in PAGES.items():
            address = path.format(month=town["month"])
            for length, sessions in (("100 calls", town["short"]), ("10,000 calls", town["long"])):
                # As many connections in both: those of a long history share their families.
                everyone = [sessions[place % len(sessions)] for place in range(FAMILIES)]
                found[f"{name}, {length}"] = _measure(process, port, address, everyone, told, seconds)
    return found


@contextmanager
def _server(words: list[str], environment: dict[str, str], port: int, path: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that answers on the port, ended by its own id."""
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not _answers(port, path):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{words} does not serve")
            time.sleep(0.2)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int, path: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(12) == b"HTTP/1.1 200"
    except OSError:
        return False


def _measure(
    process: subprocess.Popen[bytes], port: int, path: str, sessions: list[str], told: bytes, seconds: float
) -> Measured:
    async def run() -> tuple[list[float], float, float]:
        spent: list[float] = []
        begun = time.monotonic() + WARM_SECONDS
        until = begun + seconds
        marks: list[float] = []

        async def clock() -> None:
            await asyncio.sleep(WARM_SECONDS)
            marks.append(_cpu(process.pid))
            await asyncio.sleep(seconds)
            marks.append(_cpu(process.pid))

        await asyncio.gather(clock(), *(_family(port, path, each, told, begun, until, spent) for each in sessions))
        return spent, marks[0], marks[1]

    spent, before, after = asyncio.run(run())
    if len(spent) < 20:
        raise SystemExit(f"{path}: {len(spent)} answers are too few to say anything")
    ordered = sorted(spent)
    return Measured(
        per_second=len(spent) / seconds,
        cpu_ms=(after - before) * 1000 / len(spent),
        median_ms=statistics.median(ordered) * 1000,
        p95_ms=ordered[int(len(ordered) * 0.95)] * 1000,
    )


async def _family(
    port: int, path: str, session: str, told: bytes, begun: float, until: float, spent: list[float]
) -> None:
    """Ask again as soon as there is an answer; those that came between `begun` and `until` count."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={session}\r\n\r\n".encode()
    try:
        while (now := time.monotonic()) < until:
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if not head.startswith(b"HTTP/1.1 200") or length is None:
                raise RuntimeError(f"{path}: {head[:200]!r}")
            body = await reader.readexactly(int(length[1]))
            if told not in body:
                raise RuntimeError(f"{path}: {told!r} is not in the answer")
            ended = time.monotonic()
            if begun <= ended <= until:
                spent.append(ended - now)
    finally:
        writer.close()


def _cpu(pid: int) -> float:
    """Seconds of a process and its threads, in it and in the kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _report(results: dict[str, Measured]) -> None:
    hello = results["hello"]
    print(f"\n{'':<26}{'pages/s':>9}{'CPU ms':>9}{'median ms':>11}{'95 % ms':>9}{'x hello CPU':>13}")
    for name, each in results.items():
        times = each.cpu_ms / hello.cpu_ms
        print(
            f"{name:<26}{each.per_second:>9.0f}{each.cpu_ms:>9.2f}{each.median_ms:>11.0f}{each.p95_ms:>9.0f}{times:>13.1f}"
        )
    lengths = {page: results[f"{page}, 10,000 calls"].cpu_ms / results[f"{page}, 100 calls"].cpu_ms for page in PAGES}
    for page, ratio in lengths.items():
        print(f"{page}: with 10,000 calls {ratio:.2f} times the CPU of one with 100")
    RESULTS.parent.mkdir(exist_ok=True)
    written = {
        "families": FAMILIES,
        "pages": {name: {key: round(value, 3) for key, value in vars(each).items()} for name, each in results.items()},
        "cpu_of_hello": {name: round(each.cpu_ms / hello.cpu_ms, 2) for name, each in results.items()},
        "long_to_short": {page: round(ratio, 3) for page, ratio in lengths.items()},
    }
    RESULTS.write_text(json.dumps(written, indent=2) + "\n")
    slow = [page for page, ratio in lengths.items() if ratio > SLOWER_AT_MOST]
    if slow:
        raise SystemExit(
            f"{', '.join(slow)}: a long history costs more than {SLOWER_AT_MOST} times the CPU of a short one"
        )


# ---- inside a process that has the database


def _arranged() -> dict[str, Any]:
    """A hundred families with their calls and transfers; their sessions, and the month of the statements."""
    import django

    django.setup()
    from datetime import UTC, datetime

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection
    from make import a_contact, a_facility, a_number, a_resident, a_station

    from kinline.calls.models import Call
    from kinline.core.identity import Instant, new_call_id
    from kinline.ledger import services as ledger
    from kinline.ledger.models import AccountKind, Transfer
    from kinline.ledger.queries import house_account
    from kinline.people.models import Customer, User
    from kinline.people.services import serve

    now = time.time_ns() // 1_000_000
    jail = a_facility("Bench County Jail")
    station = a_station(jail)
    revenue = house_account(AccountKind.REVENUE)
    sessions: dict[str, list[str]] = {"long": [], "short": []}
    for family in range(FAMILIES):
        kind = "long" if family < WITH_LONG_HISTORY else "short"
        number, resident = a_number(), a_resident(jail)
        user = User.objects.create_user(f"family{family}@example.org", None, name=f"Family {family}")
        customer = Customer.objects.create(user=user)
        serve(customer.pk, number)
        customer.numbers.update(is_verified=True)
        account = ledger.open_customer_account(customer.pk)
        a_contact(resident, number)
        calls, transfers = [], []
        for place in range(LONG if kind == "long" else SHORT):
            at = now - 600_000 - place * _HALF_AN_HOUR
            missed = place % 3 == 1
            call = Call(
                id=new_call_id(Instant(at), family * 20_000 + place),
                state="settled",
                switchboard="bench",
                heartbeat_at=at,
                station=station,
                facility=jail,
                day_started_at=at - 43_200_000,
                week_started_at=at - 43_200_000,
                month_started_at=at - 43_200_000,
                resident=resident,
                dialled=number,
                called_party=number,
                payer="" if missed else "customer_prepaid",
                account_id=None if missed else account,
                opened_at=at,
                accepted_at=None if missed else at + 20_000,
                ended_at=at + 320_000,
                settled_at=at + 321_000,
                disposition="no_answer" if missed else "completed",
                reason="ring.no_answer" if missed else "talk.hangup_called",
                billed_seconds=0 if missed else 300,
                charge=0 if missed else 313_350,
                taxes=0 if missed else 13_350,
            )
            calls.append(call)
            if not missed:
                transfers.append(
                    Transfer(
                        key=f"call/{call.pk}/charge",
                        inputs="-",
                        debit_id=account,
                        credit_id=revenue,
                        amount=313_350,
                        reason="charge",
                        call_id=call.pk,
                        at=at + 321_000,
                    )
                )
        ledger.deposit(account, a_balance(len(transfers)), f"bench/{family}", Instant(now - 86_400_000 * 400))
        Call.objects.bulk_create(calls, batch_size=2000)
        Transfer.objects.bulk_create(transfers, batch_size=2000)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        sessions[kind].append(str(session.session_key))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {**sessions, "month": datetime.now(UTC).strftime("%Y-%m")}


def a_balance(calls: int) -> Any:
    from kinline.core.money import Money

    return Money(calls * 313_350 + 20_000_000)


if __name__ == "__main__":
    main()
