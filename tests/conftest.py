"""What all tests may stand on: besides pytest-django's database, one in which commits are real."""

import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database. Always: pytest-django's own makes none for a run in which no test is marked `django_db`."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


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
    url = urlsplit(os.environ["DATABASE_URL"])
    try:
        yield name, {"DATABASE_URL": urlunsplit(url._replace(path=f"/{name}"))}
    finally:
        with server._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
