"""What takes long to make and is the same for every test: made by whoever needs it first, kept from run to run."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg

import kinline
from kinline.telephony import prompts

KEPT = Path(tempfile.gettempdir(), f"kinline-tests-of-{os.getuid()}")


def spoken_prompts() -> Path:
    """Every prompt of the product; only texts that have changed are built again. Not to be written to: see `linked`."""
    with _alone("prompts"):
        prompts.build(KEPT / "prompts")
    return KEPT / "prompts"


def linked(kept: Path, folder: Path) -> None:
    """The same files in a folder of one's own: hard links, since nobody writes into a file that is there."""
    shutil.copytree(kept, folder, copy_function=_link, dirs_exist_ok=True)


def migrated_file() -> Path:
    """A SQLite database with all tables and nothing in them, to be copied."""
    file = KEPT / f"{_migrations()}.sqlite3"
    with _alone("database"):
        if not file.exists():
            with tempfile.TemporaryDirectory() as folder:
                _migrate(KINLINE_DATA=folder, DATABASE_URL="")
                copy_file(Path(folder, "kinline.sqlite3"), file.with_suffix(".part"))
            file.with_suffix(".part").replace(file)
    return file


def migrated_template(url: str) -> str:
    """The name of a database on the PostgreSQL server of `url` with all tables and nothing in them: a template."""
    name = f"migrated_{_migrations()}"
    with _alone("database"), psycopg.connect(url, autocommit=True) as server:
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found is None:
            server.execute(f"CREATE DATABASE {name}_part")
            with tempfile.TemporaryDirectory() as folder:
                _migrate(KINLINE_DATA=folder, DATABASE_URL=with_database(url, f"{name}_part"))
            server.execute(f"ALTER DATABASE {name}_part RENAME TO {name}")
    return name


def copy_file(source: Path, target: Path) -> None:
    """A whole SQLite database, whatever its journal holds."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def with_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _migrations() -> str:
    """What the tables depend on, in a word."""
    files = sorted(Path(kinline.__file__).parent.glob("*/migrations/*.py"))
    content = hashlib.sha256(django.__version__.encode())
    for file in files:
        content.update(f"{file.parent.parent.name}/{file.name}".encode() + file.read_bytes())
    return content.hexdigest()[:16]


def _migrate(**environment: str) -> None:
    whole = {**os.environ, "DJANGO_SETTINGS_MODULE": "kinline.settings", **environment}
    words = [sys.executable, "-m", "kinline", "migrate"]
    done = subprocess.run(words, env=whole, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _link(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


@contextmanager
def _alone(what: str) -> Iterator[None]:
    """Whoever else wants the same waits, in this run or another."""
    KEPT.mkdir(exist_ok=True)
    with (KEPT / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
