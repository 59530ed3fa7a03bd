"""Statements that go straight to libpq: the same answers as a cursor's, errors as Django's, and prepared again."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import DataError, IntegrityError, connection

from kinline import libpq, statements
from kinline.statements import Overtaken, Statement

pytestmark = [
    pytest.mark.usefixtures("committed_database"),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="libpq is PostgreSQL's"),
]


@pytest.fixture(autouse=True)
def table(committed_database: object) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (id bigint PRIMARY KEY, name varchar(8), good boolean, at integer)")
        yield
        cursor.execute("DROP TABLE seen")


def seen(values: dict[str, object]) -> None:
    statements.write([Statement("INSERT INTO seen VALUES (%(id)s, %(name)s, %(good)s, %(at)s)", values)])


def test_what_is_written_comes_back_as_it_was() -> None:
    seen({"id": 2**40, "name": "né\\'%s", "good": True, "at": 7})
    seen({"id": 2, "name": None, "good": False, "at": None})
    rows = statements.rows("SELECT id, name, good, at FROM seen ORDER BY id", {})
    assert rows == [(2, None, False, None), (2**40, "né\\'%s", True, 7)]


def test_errors_are_those_of_django() -> None:
    seen({"id": 1, "name": "one", "good": True, "at": 1})
    with pytest.raises(Overtaken) as refused:
        seen({"id": 1, "name": "two", "good": True, "at": 1})
    assert isinstance(refused.value.__cause__, IntegrityError)
    with pytest.raises(DataError):
        seen({"id": 2, "name": "longer than eight", "good": True, "at": 1})
    with pytest.raises(DataError):
        seen({"id": 2, "name": "nul\0", "good": True, "at": 1})
    with pytest.raises(DataError):
        seen({"id": 2**63, "name": "two", "good": True, "at": 1})
    assert statements.rows("SELECT name FROM seen", {}) == [("one",)]


def test_one_row_too_few_is_overtaken() -> None:
    with pytest.raises(Overtaken):
        statements.write([Statement("UPDATE seen SET name = 'x' WHERE id = %(id)s", {"id": 1})])


def test_what_psycopg_let_go_of_is_prepared_again() -> None:
    question = "SELECT %(id)s + 1"
    assert statements.rows(question, {"id": 1}) == [(2,)]
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert statements.rows(question, {"id": 2}) == [(3,)]


def test_a_value_that_only_a_cursor_can_adapt_goes_by_one() -> None:
    assert statements.rows("SELECT %(amount)s::numeric * 2", {"amount": 1.5}) == [(3,)]
    with pytest.raises(libpq.OtherValue):
        libpq.Server(connection.connection).ask("SELECT $1::numeric", [1.5])


def test_a_lost_connection_is_an_operational_error() -> None:
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
        lost = libpq.Server(other)
        assert lost.ask("SELECT 1", []).rows == [(1,)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [other.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            lost.ask("SELECT 1", [])
