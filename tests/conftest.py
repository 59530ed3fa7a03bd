"""What all tests may stand on: besides pytest-django's database, one in which commits are real."""

import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import examples  # noqa: F401 (takes effect for all)
import kept
import pytest
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases

LONGEST = (
    "acceptance/test_call_command.py",
    "acceptance/test_carrier_by_sipp.py",
    "acceptance/test_killed_switchboard.py",
    "acceptance/test_ways_to_pay.py",
    "acceptance/test_strangers.py",
    "telephony/media/test_embedded.py",
    "acceptance/test_station_by_sipp.py",
    "telephony/switchboard/test_call.py",
    "acceptance/test_station_by_baresip.py",
    "web/test_looks.py",
    "operation/test_up.py",
    "web/test_rates_looks.py",
    "web/test_money.py",
    "payments/test_crashes.py",
    "ledger/test_killed.py",
    "ledger/test_sequences.py",
    "refunds/test_killed.py",
    "web/test_ways_to_pay.py",
    "web/test_cash.py",
)
"""Files that take long begin first, so that in the end no process is left alone with one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(LONGEST)))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database. Always: pytest-django's own makes none for a run in which no test is marked `django_db`.

    Its tables are copied, so that `migrate`, which Django insists on, finds nothing to do.
    """
    with django_db_blocker.unblock(), _tables_copied():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@contextmanager
def _tables_copied() -> Iterator[None]:
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = kept.migrated_template(os.environ["DATABASE_URL"])
        yield
        return
    memory = connection.creation._get_test_db_name()
    with (
        closing(sqlite3.connect(kept.migrated_file())) as source,
        closing(sqlite3.connect(memory, uri=True)) as target,
    ):
        source.backup(target)
        yield


@pytest.fixture
def committed_database(django_db_setup: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A database of this test's own, empty, in which commits are real: for threads and other processes.

    Gives the environment in which another program uses the same database.
    """
    with django_db_blocker.unblock():
        copy = _postgresql_copy() if connection.vendor == "postgresql" else _sqlite_copy(tmp_path)
        with copy as (name, environment), _connected_to(name):
            yield {**os.environ, **environment}


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """Every connection of this process that is opened from now on goes to the copy."""
    original, settings = connections["default"], connections.settings["default"]
    connections.settings["default"] = {**settings, "NAME": name}
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = settings
        connections["default"] = original


@contextmanager
def _sqlite_copy(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    file = folder / "kinline.sqlite3"
    connection.ensure_connection()
    with sqlite3.connect(file) as target:
        connection.connection.backup(target)
    target.close()
    yield str(file), {"KINLINE_DATA": str(folder)}


@contextmanager
def _postgresql_copy() -> Iterator[tuple[str, dict[str, str]]]:
    name, template = f"copy_{uuid.uuid4().hex[:12]}", connection.settings_dict["NAME"]
    connection.close()  # a template is copied only when nobody uses it
    server = connection
    with server._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE {name} TEMPLATE "{template}"')
    try:
        yield name, {"DATABASE_URL": kept.with_database(os.environ["DATABASE_URL"], name)}
    finally:
        with server._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
