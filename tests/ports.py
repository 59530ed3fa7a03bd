"""Ports for servers that tests start.

A port that is free when it is looked for may be taken by another test before its own server is there. So each process
of tests has a block of ports to itself, by a lock that the system gives back when the process ends, and goes round in
it.
"""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import IO

_OURS = range(30_000, 32_700)
"""Above those of sound, and below those from which the system takes one for each connection that somebody opens."""
_BLOCK = 150


_held: set[int] = set()


def free_ports(count: int, addresses: Sequence[str] = ("127.0.0.1",)) -> list[int]:
    """Ports of ours that are free for TCP and UDP, on each of the addresses, one after the other without a gap; those
    longest unused first."""
    found: list[int] = []
    for _ in range(2 * _BLOCK):
        port = next(_round(os.getpid()))
        if found and port != found[-1] + 1:
            found = []
        found = [*found, port] if _is_free(port, addresses) else []
        if len(found) == count:
            return found
    raise RuntimeError(f"no {count} free ports among ours")


def _is_free(port: int, addresses: Sequence[str]) -> bool:
    if port in _held:
        return False
    try:
        with ExitStack() as bound:
            for address in addresses:
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    bound.enter_context(socket.socket(type=kind)).bind((address, port))
    except OSError:
        return False
    return True


@contextmanager
def held_ports(count: int, addresses: Sequence[str]) -> Iterator[list[int]]:
    """As `free_ports`; nobody else here gets one of them meanwhile, although no server listens there at times."""
    ports = free_ports(count, addresses)
    _held.update(ports)
    try:
        yield ports
    finally:
        _held.difference_update(ports)


@cache
def _round(_process: int) -> Iterator[int]:
    """The process's own ports, again and again."""
    return _in_turn(_own_block())


def _in_turn(block: range) -> Iterator[int]:
    while True:
        yield from block


def _own_block() -> range:
    for number, start in enumerate(range(_OURS.start, _OURS.stop, _BLOCK)):
        try:
            fcntl.lockf(_locks(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except BlockingIOError:
            continue
        return range(start, start + _BLOCK)
    raise RuntimeError("every block of ports is taken by a process of tests")


@cache
def _locks() -> IO[bytes]:
    """A byte for each block; kept open, since closing it would give the locks back."""
    return Path(tempfile.gettempdir(), f"kinline-ports-{os.getuid()}").open("ab")
