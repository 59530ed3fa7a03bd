"""Kill -9 between any two steps: an act is done by a process of its own that dies before its n-th one. A step is a
statement to the database, begin and commit included, or a request to the card provider.

The processes are forks of the test's, so that a death costs milliseconds, and every step can have its own.
"""

import gc
import os
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection, connections
from django.db.backends.signals import connection_created

from kinline import libpq
from kinline.audit.queries import first_broken
from kinline.ledger import queries as books
from kinline.ledger.models import Transfer
from kinline.providers.cards import card_provider

MOST = 200
"""Steps of one act: more than that is a test that never ends."""


def killed_before_each_step(act: Callable[[int], object], then: Callable[[int], object]) -> int:
    """For n = 1, 2 and so on: a process does `act(n)` and is killed before its n-th step, then `then(n)` is done
    here; until one gets through. How many were killed. For tests with a `committed_database`."""
    for number in range(1, MOST):
        got_through = _done_by_one_who_dies(act, number)
        then(number)
        if got_through:
            return number - 1
    raise AssertionError(f"the act has {MOST} steps and more")


def _done_by_one_who_dies(act: Callable[[int], object], number: int) -> bool:
    connections.close_all()  # nobody may use the same connection after the fork
    child = os.fork()
    if child == 0:
        gc.disable()  # it would touch, and so copy, all of the test's memory
        try:
            _die_before(number)
            card_provider.cache_clear()  # its open connection stays the parent's
            act(number)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    what_the_killed_had_sent_is_done()
    was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert was_killed or os.WEXITSTATUS(status) == 0, "the act failed of itself: see above"
    return not was_killed


def _die_before(number: int) -> None:
    """SQLite tells of each statement; with PostgreSQL, each goes through `wait` or straight to libpq; Python tells
    what is sent by HTTP."""
    left = number

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(lambda event, _: count() if event == "http.client.send" else None)
    if connection.vendor == "sqlite":

        def watch(connection: Any, **_: Any) -> None:
            server: sqlite3.Connection = connection.connection
            server.set_trace_callback(count)

        connection_created.connect(watch, weak=False)
        return
    connection.ensure_connection()
    waited = psycopg.Connection.wait

    def wait(*arguments: Any, **named: Any) -> Any:
        count()
        return waited(*arguments, **named)

    psycopg.Connection.wait = wait  # type: ignore[method-assign, assignment]
    asked = libpq.Server.ask

    def ask(*arguments: Any) -> Any:
        count()
        return asked(*arguments)

    libpq.Server.ask = ask  # type: ignore[method-assign]


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
            time.sleep(0.002)


def in_order() -> None:
    assert books.discrepancies() == []
    assert sum(amount.micros for amount in books.trial_balance().values()) == 0
    assert first_broken() is None


def is_booked(key: str) -> bool:
    return Transfer.objects.filter(key=key).exists()


def whole(*facts: bool) -> bool:
    """All of them hold, or none."""
    assert len(set(facts)) == 1, f"half done: {facts}"
    return facts[0]


def survives(act: Callable[[int], object], is_done: Callable[[int], bool]) -> None:
    """Killed anywhere, the act (a new one for each number) was done or not begun; asked again it is done; once more,
    nothing moves."""

    def then(number: int) -> None:
        is_done(number)
        in_order()
        act(number)
        assert is_done(number)
        moved = Transfer.objects.count()
        act(number)
        assert Transfer.objects.count() == moved
        in_order()

    assert killed_before_each_step(act, then) > 2
