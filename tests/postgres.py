"""Run a command against a throw-away PostgreSQL: `python tests/postgres.py -- pytest tests/ledger`.

The cluster lives in a temporary folder, listens on a Unix socket alone, and is gone when the command ends. As root, who
may not run PostgreSQL, it is run by the user `postgres` of Debian's package.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

DATABASE = "kinline"
SETTINGS = "-c listen_addresses='' -c max_connections=200 -c shared_buffers=128MB"
HASTY = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0"
"""For a server that nobody kills before all is thrown away: nothing need reach the disk."""


class NoPostgresql(Exception):
    """No PostgreSQL is installed where Debian puts it."""


def binaries() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if not found:
        raise NoPostgresql("install the package postgresql")
    return found[-1]


@contextmanager
def cluster(settings: str = SETTINGS) -> Iterator[str]:
    """The `DATABASE_URL` of a running throw-away cluster with an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="kinline-postgres-"))
    user = _Owner(folder)
    programs, data = binaries(), folder / "data"
    try:
        user.run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c unix_socket_directories={folder} {settings}"
        user.run(programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            user.run(programs / "createdb", "-h", folder, "-U", "postgres", DATABASE)
            yield f"postgresql://postgres@{quote(str(folder), safe='')}/{DATABASE}"
        finally:
            user.run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Owner:
    """Runs the server's programs as somebody who may: ourselves, or `postgres` when we are root."""

    def __init__(self, folder: Path) -> None:
        self._user = None
        if os.geteuid() == 0:
            self._user = pwd.getpwnam("postgres")
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
            folder.chmod(0o755)  # our own processes reach the socket

    def run(self, *words: object) -> None:
        done = subprocess.run(
            [str(word) for word in words],
            user=self._user and self._user.pw_uid,
            group=self._user and self._user.pw_gid,
            extra_groups=[] if self._user else None,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if "start" not in words else subprocess.DEVNULL,
            stderr=subprocess.STDOUT if "start" not in words else subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            said = (done.stdout or b"").decode(errors="replace")
            raise RuntimeError(f"{Path(str(words[0])).name} failed: {said}")


def main(words: list[str]) -> int:
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with cluster(f"{SETTINGS} {HASTY}") as url:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    except NoPostgresql as error:
        print(f"postgres: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
