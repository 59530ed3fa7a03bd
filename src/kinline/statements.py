"""Plain SQL for the hot path: the same text on SQLite and PostgreSQL, a few statements in one short transaction."""

import functools
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
Row = tuple[Any, ...]

TRIES = 8
_SERIALISATION_FAILURE = "40001"
_DEADLOCK = "40P01"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with named parameters (`%(name)s`), and how many rows it must touch (None: any number)."""

    sql: str
    values: Mapping[str, Any]
    rows: int | None = 1


class Overtaken(Exception):
    """Somebody else was faster: a row was not as the facts had said. Nothing was written; gather the facts anew."""


def row(sql: str, values: Mapping[str, Any]) -> Row | None:
    """The first row that a query gives, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: Row | None = cursor.fetchone()
        return found


def rows(sql: str, values: Mapping[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[Row] = cursor.fetchall()
        return found


def write(statements: Sequence[Statement]) -> Row | None:
    """Run all of them in one transaction, or none; the row that the last one returns, if it does (`RETURNING`).

    Raises `Overtaken` when one touched another number of rows than it must, or the database refused it (a unique key,
    a balance below its limit).
    """
    try:
        if connection.in_atomic_block:
            with transaction.atomic():
                return _one_by_one(statements)
        if len(statements) == 1:  # a statement is a transaction
            return _one_by_one(statements)
        if connection.vendor == "postgresql":
            return _in_one_go(statements)
        with transaction.atomic():
            return _one_by_one(statements)
    except IntegrityError as error:
        raise Overtaken(str(error)) from error


def retried(service: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Run a service again when it was overtaken, or lost to a deadlock, a serialisation failure or a busy database."""

    @functools.wraps(service)
    def patient(*arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        for tried in range(TRIES - 1):
            try:
                return service(*arguments, **named)
            except (Overtaken, OperationalError) as error:
                if not _passes(error):
                    raise
            time.sleep(random.uniform(0, 0.002 * 2**tried))  # noqa: S311 (spreads the contenders, guards nothing)
        return service(*arguments, **named)

    return patient


def _one_by_one(statements: Sequence[Statement]) -> Row | None:
    found: Row | None = None
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.sql, statement.values)
            found = _checked(statement, cursor)
    return found


def _in_one_go(statements: Sequence[Statement]) -> Row | None:
    """PostgreSQL gets them all without waiting for each answer: no row stays locked for a round trip of each.

    Past Django's own cursors and `atomic`, which take half as much CPU again.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    server = connection.connection
    cursors = [server.cursor() for _ in statements]
    with connection.wrap_database_errors:
        try:
            with server.pipeline():
                server.execute("BEGIN")
                for statement, cursor in zip(statements, cursors, strict=True):
                    cursor.execute(statement.sql, statement.values)
            found = [_checked(statement, cursor) for statement, cursor in zip(statements, cursors, strict=True)]
            server.execute("COMMIT")
        except BaseException:
            server.rollback()
            raise
    return found[-1]


def _checked(statement: Statement, cursor: Any) -> Row | None:
    """The first row that the statement returned. Raises `Overtaken` when it touched another number than it must."""
    # SQLite counts the rows of a statement that returns some only when they were fetched.
    returned: list[Row] | None = cursor.fetchall() if cursor.description else None
    touched = cursor.rowcount if returned is None else len(returned)
    if statement.rows is not None and touched != statement.rows:
        raise Overtaken(" ".join(statement.sql.split(maxsplit=3)[:3]))
    return returned[0] if returned else None


def _passes(error: Exception) -> bool:
    """Whether trying again can help."""
    if isinstance(error, Overtaken):
        return True
    if connection.in_atomic_block:  # the whole outer transaction is lost: trying again is for whoever began it
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state in {_SERIALISATION_FAILURE, _DEADLOCK} or "database is locked" in str(error)
