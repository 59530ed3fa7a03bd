"""Plain SQL for the hot path: the same text on SQLite and PostgreSQL, a few statements in one short transaction."""

import functools
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
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
    a balance below its limit). PostgreSQL gets them in one go, without waiting for each answer.
    """
    try:
        returned: list[Row] | None = None
        with transaction.atomic(), _cursors(len(statements)) as cursors:
            with _pipeline():
                for statement, cursor in zip(statements, cursors, strict=True):
                    cursor.execute(statement.sql, statement.values)
            for statement, cursor in zip(statements, cursors, strict=True):
                # SQLite counts the rows of a statement that returns some only when they were fetched.
                returned = cursor.fetchall() if cursor.description else None
                touched = cursor.rowcount if returned is None else len(returned)
                if statement.rows is not None and touched != statement.rows:
                    raise Overtaken(" ".join(statement.sql.split(maxsplit=3)[:3]))
            return returned[0] if returned else None
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


def _passes(error: Exception) -> bool:
    """Whether trying again can help."""
    if isinstance(error, Overtaken):
        return True
    if connection.in_atomic_block:  # the whole outer transaction is lost: trying again is for whoever began it
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state in {_SERIALISATION_FAILURE, _DEADLOCK} or "database is locked" in str(error)


def _pipeline() -> AbstractContextManager[Any]:
    if connection.vendor != "postgresql":
        return nullcontext()
    return _postgresql_pipeline()


@contextmanager
def _postgresql_pipeline() -> Iterator[None]:
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


@contextmanager
def _cursors(count: int) -> Iterator[list[Any]]:
    cursors = [connection.cursor() for _ in range(count)]
    try:
        yield cursors
    finally:
        for cursor in cursors:
            cursor.close()
