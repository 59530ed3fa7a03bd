"""Many processes on one account, and processes killed in the middle: no overdraft, no double charge, nothing lost."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.db import connection
from make import (
    MINUTE,
    NOON,
    SECOND,
    a_contact,
    a_customer,
    a_facility,
    a_number,
    a_resident,
    a_station,
    identified,
)

from kinline.calls import services
from kinline.calls.models import Call
from kinline.core.identity import AccountId, CallId, Instant, ResidentId
from kinline.ledger import queries
from kinline.ledger.models import Account, Hold, Transfer

MINUTE_PRICE = 62_670
WORKER = Path(__file__).with_name("worker.py")


@pytest.fixture
def environment(committed_database: Mapping[str, str]) -> dict[str, str]:
    """For workers: the same database, the same product, the tests' builders."""
    paths = [str(Path(services.__file__).parents[3]), str(Path(__file__).parents[1])]
    return {**committed_database, "PYTHONPATH": os.pathsep.join(paths), "DJANGO_SETTINGS_MODULE": "kinline.settings"}


def run_workers(environment: Mapping[str, str], *tasks: list[str]) -> list[str]:
    """Start a process for each task, all at once; what each printed."""
    workers = [
        subprocess.Popen([sys.executable, str(WORKER), *task], env=environment, stdout=subprocess.PIPE, text=True)
        for task in tasks
    ]
    said = [worker.communicate(timeout=90)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * len(workers), said
    return said


def identified_calls(count: int) -> tuple[AccountId, list[CallId], str]:
    """Calls of so many residents who are all about to dial the same mother, who has money for ten minutes."""
    jail = a_facility()
    station, mother = a_station(jail), a_number()
    account = a_customer(mother, "0.6267")
    calls = []
    for _ in range(count):
        resident = a_resident(jail, calling_rules={"maximum_seconds": 60})
        a_contact(resident, mother)
        calls.append(identified(station, resident))
    return account, calls, mother.removeprefix("+1")


def what_the_killed_had_sent_is_done() -> None:
    """PostgreSQL finishes the statement of a client that is gone; its connection then ends."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        others = 1
        while others:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            [others] = cursor.fetchone()
            time.sleep(0.02)


def test_money_for_ten_calls_allows_ten_of_twenty_four(environment: Mapping[str, str]) -> None:
    account, calls, dialled = identified_calls(24)

    said = run_workers(environment, *(["authorise", dialled, *map(str, calls[worker::3])] for worker in range(3)))

    answers = " ".join(said).split()
    assert (answers.count("Authorised"), answers.count("fund.insufficient")) == (10, 14)
    assert Account.objects.get(pk=account).held == 10 * MINUTE_PRICE
    assert queries.discrepancies() == []


def test_deposits_refunds_and_calls_at_once_lose_nothing_and_overdraw_nothing(environment: Mapping[str, str]) -> None:
    account, calls, dialled = identified_calls(6)

    said = run_workers(
        environment,
        ["refund", str(account), "one"],
        ["refund", str(account), "two"],
        ["authorise", dialled, *map(str, calls)],
    )

    answers = " ".join(said)
    left = Account.objects.get(pk=account)
    assert left.posted == 626_700 + 16 * 10_000 - answers.count("given back") * 100_000
    assert left.held == answers.count("Authorised") * MINUTE_PRICE
    assert left.posted >= left.held
    assert answers.count("given back") + answers.count("refused") == 16
    assert queries.discrepancies() == []


def test_a_call_settled_by_three_processes_at_once_is_charged_once(environment: Mapping[str, str]) -> None:
    account, calls, dialled = identified_calls(8)
    for call in calls:
        resident = Call.objects.values_list("resident_id", flat=True).get(pk=call)
        services.authorise(call, ResidentId(resident or 0), dialled, NOON)

    said = run_workers(environment, *(["settle", *map(str, calls)] for _ in range(3)))

    assert len(set(said)) == 1
    assert Transfer.objects.filter(reason="charge").count() == 8
    assert queries.balance(account).micros == 2 * MINUTE_PRICE
    assert Account.objects.get(pk=account).held == 0
    assert queries.discrepancies() == []


def test_processes_killed_between_statements_leave_nothing_half_done(environment: Mapping[str, str]) -> None:
    """Each worker runs calls one after the other until it is killed; then the reaper tidies up."""
    jail = a_facility()
    station, mother = a_station(jail), a_number()
    account = a_customer(mother, "100.00")
    residents = [a_resident(jail) for _ in range(3)]
    for resident in residents:
        a_contact(resident, mother)
    chance = random.Random(7)
    for _ in range(2):
        workers = [
            subprocess.Popen(
                [sys.executable, str(WORKER), "talk", str(station.pk), str(resident.pk), mother.removeprefix("+1")],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )
            for resident in residents
        ]
        for worker in workers:
            assert worker.stdout is not None
            worker.stdout.readline()  # it is at work
        time.sleep(chance.uniform(0.05, 0.3))
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
        what_the_killed_had_sent_is_done()
        services.reap(Instant(time.time_ns() // 1_000_000 + MINUTE), 20 * SECOND)

    assert queries.discrepancies() == []
    assert not Call.objects.exclude(state="settled").exists()
    assert not Hold.objects.filter(state="open").exists()
    assert Account.objects.get(pk=account).held == 0
    charged = sum(Call.objects.values_list("charge", flat=True)) - sum(Call.objects.values_list("credited", flat=True))
    assert queries.balance(account).micros == 100_000_000 - charged
    assert Call.objects.filter(disposition="completed").count() > 10


def test_a_switchboard_killed_in_a_talk_is_charged_to_its_last_heartbeat(environment: Mapping[str, str]) -> None:
    jail = a_facility()
    station, resident, mother = a_station(jail), a_resident(jail), a_number()
    a_contact(resident, mother)
    a_customer(mother, "5.00")
    worker = subprocess.Popen(
        [sys.executable, str(WORKER), "hang", str(station.pk), str(resident.pk), mother.removeprefix("+1")],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    call_id = int(worker.stdout.readline())
    worker.kill()
    worker.communicate()

    assert services.reap(Instant(NOON + MINUTE), 20 * SECOND) == 1

    call = Call.objects.get(pk=call_id)
    assert (call.state, call.billed_seconds) == ("settled", 12)
    assert queries.discrepancies() == []
