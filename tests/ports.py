"""Ports for servers that tests start."""

import random
import socket
from collections.abc import Sequence
from contextlib import ExitStack

_OURS = range(30_000, 32_700)
"""Above those of sound, and below those from which the system takes one for each connection that somebody opens."""


def free_ports(count: int, addresses: Sequence[str] = ("127.0.0.1",)) -> list[int]:
    """Ports that are free for TCP and UDP at this moment, on each of the addresses."""
    with ExitStack() as held:
        found: list[int] = []
        for port in random.sample(_OURS, len(_OURS)):
            try:
                for address in addresses:
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                        held.enter_context(socket.socket(type=kind)).bind((address, port))
            except OSError:
                continue
            found.append(port)
            if len(found) == count:
                return found
    raise RuntimeError(f"no {count} free ports")
