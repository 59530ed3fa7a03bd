"""What an installation stands on, looked at before anything starts: ports, tools, folder and database.

Each function yields problems as single lines that end with the remedy; none means that all is well.
"""

import os
import shutil
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg

from kinline.configuration import Configuration
from kinline.database import UnreadableDatabaseUrl, database

CONNECT_WITHIN = 4
"""Seconds that a database server has to answer."""


def problems(configuration: Configuration) -> Iterator[str]:
    """Everything that would keep the programs from starting."""
    yield from folder_problems(configuration)
    yield from tool_problems()
    yield from port_problems(configuration)
    yield from database_problems(configuration)


def folder_problems(configuration: Configuration) -> Iterator[str]:
    """The data folder must exist, or be makeable, and be writable."""
    folder = configuration.data.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        yield f"data folder {folder} cannot be made ({error.strerror}): set KINLINE_DATA to a folder you may write to"
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield f"data folder {folder} is not writable: give this user the right, or set KINLINE_DATA to another folder"


def tool_problems() -> Iterator[str]:
    """Programs that we call."""
    if shutil.which("espeak-ng") is None:
        yield "espeak-ng is missing (it speaks the prompts): apt-get install espeak-ng"


def paper_problems() -> Iterator[str]:
    """What PDFs need; without it everything else works."""
    from kinline.web.documents import paper

    if not paper.can_be_made():
        yield f"Pango is missing, so invoices and statements have no PDF: {paper.REMEDY}"


def port_problems(configuration: Configuration) -> Iterator[str]:
    """Every port we listen on must be free."""
    wanted = (
        ("web", socket.SOCK_STREAM, configuration.web_port, "KINLINE_WEB_PORT"),
        ("files", socket.SOCK_STREAM, configuration.files_port, "KINLINE_FILES_PORT"),
        ("SIP", socket.SOCK_DGRAM, configuration.sip_port, "KINLINE_SIP_PORT"),
        ("SIP", socket.SOCK_STREAM, configuration.sip_port, "KINLINE_SIP_PORT"),
        ("SIP over TLS", socket.SOCK_STREAM, configuration.sips_port, "KINLINE_SIPS_PORT"),
    )
    seen: dict[tuple[socket.SocketKind, int], str] = {}
    said: set[str] = set()
    for purpose, kind, port, variable in wanted:
        problem = None
        if (kind, port) in seen:
            problem = f"{variable} and {seen[kind, port]} are both {port}: give each a port of its own"
        elif error := _cannot_listen(configuration.host, kind, port):
            protocol = "TCP" if kind is socket.SOCK_STREAM else "UDP"
            where = f"{protocol} port {port} for {purpose} on {configuration.host}"
            problem = f"{where}: {error}: set {variable} to another port"
        seen[kind, port] = variable
        if problem and variable not in said:
            said.add(variable)
            yield problem
    if configuration.rtp_last_port - configuration.rtp_first_port < 4:
        yield "the RTP ports are too few: set KINLINE_RTP_FIRST_PORT and KINLINE_RTP_LAST_PORT further apart"


def _cannot_listen(host: str, kind: socket.SocketKind, port: int) -> str | None:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind) as probe:
            if kind is socket.SOCK_STREAM:  # as servers do: a port that only waits out old connections is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None


def database_problems(configuration: Configuration) -> Iterator[str]:
    """The database named by DATABASE_URL must answer. SQLite needs only its folder."""
    url = configuration.database_url
    if not url:
        return
    try:
        database(configuration)
    except UnreadableDatabaseUrl as error:
        yield f"{error}: write postgresql://user:password@host:port/name, or unset DATABASE_URL for SQLite"
        return
    try:
        psycopg.connect(url, connect_timeout=CONNECT_WITHIN).close()
    except psycopg.Error as error:
        why = " ".join(str(error).split("\n")[0].split()) or type(error).__name__
        yield f"database {masked(url)} cannot be reached ({why}): start it, or mend DATABASE_URL"


def masked(url: str) -> str:
    """A database's address without its password."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":***@", 1)
