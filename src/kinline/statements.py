"""Plain SQL for the hot path: the same text on SQLite and PostgreSQL, a few statements in one short transaction.

On PostgreSQL a statement that is a transaction of its own goes straight to libpq; within a transaction it goes by a
cursor of psycopg's, past Django's own. Both prepare it, with every whole number as `bigint`: by default psycopg sends
the narrowest type that fits, and each mix of widths would be another statement to prepare.
"""

import functools
import operator
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import psycopg
from django.db import DataError, IntegrityError, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DEFAULT_DB_ALIAS
from psycopg.types.numeric import Int8BinaryDumper

from kinline import libpq

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
Row = tuple[Any, ...]
Picker = Callable[[Mapping[str, Any]], Sequence[Any]]

TRIES = 8
_SERIALISATION_FAILURE = "40001"
_DEADLOCK = "40P01"
_DIVISION_BY_ZERO = "22012"

_NAMED = re.compile(r"%\((\w+)\)s|%%")
_RETURNED = re.compile(r"\{(\w+)\.(\w+)\}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with named parameters (`%(name)s`), and how many rows it must touch (None: any number).

    With a `name`, later statements of the same `write_as_one` may use what it returned: `{paid.posted}`.
    """

    sql: str
    values: Mapping[str, Any]
    rows: int | None = 1
    name: str = ""


class Overtaken(Exception):
    """Somebody else was faster: a row was not as the facts had said. Nothing was written; gather the facts anew."""


def database_name() -> str:
    """Which database this is, for what is remembered of its rows: in tests one process has several."""
    return str(connections.settings[DEFAULT_DB_ALIAS]["NAME"])


def row(sql: str, values: Mapping[str, Any]) -> Row | None:
    """The first row that a query gives, or None."""
    found = rows(sql, values)
    return found[0] if found else None


def rows(sql: str, values: Mapping[str, Any]) -> list[Row]:
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "postgresql":
        text, names = _numbered(sql)
        return _answer(database, text, _in_order(names)(values)).rows
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[Row] = cursor.fetchall()
        return found


def write(statements: Sequence[Statement]) -> Row | None:
    """Run all of them in one transaction, or none; the row that the last one returns, if it does (`RETURNING`).

    Raises `Overtaken` when one touched another number of rows than it must, or the database refused it (a unique key,
    a balance below its limit).
    """
    database = connections[DEFAULT_DB_ALIAS]
    try:
        if database.in_atomic_block:
            with transaction.atomic():
                return _one_by_one(database, statements)
        if database.vendor == "postgresql":
            return _alone(database, *statements) if len(statements) == 1 else _in_one_go(database, statements)
        if len(statements) == 1:  # a statement is a transaction
            return _one_by_one(database, statements)
        with transaction.atomic():
            return _one_by_one(database, statements)
    except IntegrityError as error:
        raise Overtaken(str(error)) from error


def write_as_one(statements: Sequence[Statement]) -> Row | None:
    """As `write`, but PostgreSQL gets a single statement, which is its own transaction: a third of the work.

    Only for statements of which no two touch the same row, and none needs to see what another wrote but by its `name`:
    within one statement, PostgreSQL shows all of them the rows as they were before.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql" or len(statements) == 1:
        return write(statements)
    try:
        if database.in_atomic_block:
            with transaction.atomic():
                return _joined(database, statements)
        return _joined(database, statements)
    except IntegrityError as error:
        raise Overtaken(str(error)) from error
    except DataError as error:
        if getattr(error.__cause__, "sqlstate", None) != _DIVISION_BY_ZERO:
            raise
        raise Overtaken("a row was not as it had been") from error


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


def _one_by_one(database: BaseDatabaseWrapper, statements: Sequence[Statement]) -> Row | None:
    found: Row | None = None
    returned: dict[str, Any] = {}
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(_RETURNED.sub(r"%(\1_\2)s", statement.sql), {**statement.values, **returned})
            found = _checked(statement, cursor)
            if statement.name and found:
                columns = [column[0] for column in cursor.description]
                returned |= {f"{statement.name}_{column}": value for column, value in zip(columns, found, strict=True)}
    return found


def _in_one_go(database: BaseDatabaseWrapper, statements: Sequence[Statement]) -> Row | None:
    """PostgreSQL gets them all without waiting for each answer: no row stays locked for a round trip of each."""
    server = _server(database)
    cursors = [_new_cursor(server) for _ in statements]
    with database.wrap_database_errors:
        try:
            with server.pipeline():
                server.execute("BEGIN")
                for statement, cursor in zip(statements, cursors, strict=True):
                    _execute(cursor, *_numbered(statement.sql), statement.values)
            found = [_checked(statement, cursor) for statement, cursor in zip(statements, cursors, strict=True)]
            server.execute("COMMIT")
        except BaseException:
            server.rollback()
            raise
    return found[-1]


def _alone(database: BaseDatabaseWrapper, statement: Statement) -> Row | None:
    text, names = _numbered(statement.sql)
    answer = _answer(database, text, _in_order(names)(statement.values))
    if statement.rows is not None and answer.touched != statement.rows:
        raise Overtaken(_begin(statement))
    return answer.rows[0] if answer.rows else None


def _joined(database: BaseDatabaseWrapper, statements: Sequence[Statement]) -> Row | None:
    text, pickers = _as_one(tuple([(statement.sql, statement.rows, statement.name) for statement in statements]))
    values: list[Any] = []
    for statement, picked in zip(statements, pickers, strict=True):
        values += picked(statement.values)
    return _answer(database, text, values).rows[0][1:]


def _answer(database: BaseDatabaseWrapper, text: str, values: Sequence[Any]) -> libpq.Answer:
    """What PostgreSQL says to a statement with its own parameters (`$1`)."""
    server = _server(database)
    with database.wrap_database_errors:
        if server.autocommit:
            try:
                return _direct(database, server).ask(text, values)
            except libpq.OtherValue:
                pass
        cursor = _cursor(database)
        cursor.execute(text, values, prepare=True)
        found = cursor.fetchall() if cursor.description else []
        return libpq.Answer(found, cursor.rowcount)


@functools.lru_cache(maxsize=1000)
def _as_one(statements: tuple[tuple[str, int | None, str], ...]) -> tuple[str, list[Picker]]:
    """One statement out of several, and what picks the values of each as parameters.

    When one touches another number of rows than it must, the whole divides by zero and so writes nothing. Each node of
    the plan is paid for with every call: there is none that counts where at most one row can be touched.
    """
    parts: list[str] = []
    checks: list[str] = []
    pickers: list[Picker] = []
    count_before = 0
    for number, (sql, count, given_name) in enumerate(statements):
        text, names = _numbered(sql, count_before)
        pickers.append(_in_order(names))
        count_before += len(names)
        text = _RETURNED.sub(r"(SELECT \2 FROM \1)", text)
        name = given_name or f"statement{number}"
        is_looked_at = count is not None and not _returns(text)
        parts.append(f"{name} AS ({text}{' RETURNING 1' if is_looked_at else ''})")
        if count == 1:
            checks.append(f"COALESCE((SELECT 1 FROM {name}), 0)")  # noqa: S608 (the names are ours)
        elif count is not None:
            checks.append(f"((SELECT COUNT(*) FROM {name}) = {count})::int")  # noqa: S608
    answer = f"WITH {', '.join(parts)} SELECT 1 / ({' * '.join(checks) or '1'})"
    if _returns(statements[-1][0]):
        answer += f", last_one.* FROM (SELECT 1) AS always LEFT JOIN {name} AS last_one ON TRUE"
    return answer, pickers


def _returns(sql: str) -> bool:
    return " RETURNING " in " ".join(sql.split())


@functools.lru_cache(maxsize=1000)
def _in_order(names: tuple[str, ...]) -> Picker:
    """Picks the values of these names."""
    if len(names) > 1:
        return operator.itemgetter(*names)
    return lambda values: tuple([values[name] for name in names])


@functools.lru_cache(maxsize=1000)
def _numbered(sql: str, before: int = 0) -> tuple[str, tuple[str, ...]]:
    """The text with PostgreSQL's own parameters (`$1`), counted from those that go before, and their names in order."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] is None:
            return "%"
        if found[1] not in names:
            names.append(found[1])
        return f"${before + names.index(found[1]) + 1}"

    return _NAMED.sub(number, sql), tuple(names)


def _server(database: BaseDatabaseWrapper) -> Any:
    """psycopg's connection, opened as Django would."""
    database.close_if_health_check_failed()
    if database.connection is None:
        database.ensure_connection()
    return database.connection


def _direct(database: BaseDatabaseWrapper, server: Any) -> libpq.Server:
    direct = vars(database).get("_kinline_direct")
    if direct is None or direct.connection is not server:
        direct = vars(database)["_kinline_direct"] = libpq.Server(server)
    return direct


def _execute(cursor: Any, text: str, names: Sequence[str], values: Mapping[str, Any]) -> None:
    cursor.execute(text, [values[name] for name in names], prepare=True)


def _cursor(database: BaseDatabaseWrapper) -> Any:
    """The one that serves a connection's questions one after the other: its dumpers and loaders are looked up once."""
    server = _server(database)
    cursor = vars(database).get("_kinline_cursor")
    if cursor is None or cursor.connection is not server:
        cursor = vars(database)["_kinline_cursor"] = _new_cursor(server)
    return cursor


def _new_cursor(server: Any) -> Any:
    cursor = psycopg.RawCursor(server)
    cursor.adapters.register_dumper(int, Int8BinaryDumper)
    return cursor


def _checked(statement: Statement, cursor: Any) -> Row | None:
    """The first row that the statement returned. Raises `Overtaken` when it touched another number than it must."""
    # SQLite counts the rows of a statement that returns some only when they were fetched.
    returned: list[Row] | None = cursor.fetchall() if cursor.description else None
    touched = cursor.rowcount if returned is None else len(returned)
    if statement.rows is not None and touched != statement.rows:
        raise Overtaken(_begin(statement))
    return returned[0] if returned else None


def _begin(statement: Statement) -> str:
    return " ".join(statement.sql.split(maxsplit=3)[:3])


def _passes(error: Exception) -> bool:
    """Whether trying again can help."""
    if isinstance(error, Overtaken):
        return True
    if connections[
        DEFAULT_DB_ALIAS
    ].in_atomic_block:  # the whole outer transaction is lost: trying again is for whoever began it
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state in {_SERIALISATION_FAILURE, _DEADLOCK} or "database is locked" in str(error)
