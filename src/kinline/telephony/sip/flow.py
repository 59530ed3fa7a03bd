"""The way a message came and its answer goes: the only thing the core knows of the network."""

from typing import Protocol, TypeAlias

from kinline.telephony.sip.target import Transport

Endpoints: TypeAlias = tuple[str, int]


class Flow(Protocol):
    """One remote address over one transport: a UDP peer or a connection. Connections may still be opening: what is
    sent meanwhile waits, and when they cannot be opened the user agent's `lost(flow, now)` is called."""

    transport: Transport
    remote: Endpoints
    reliable: bool
    open: bool  # False: nothing can be sent here any more

    def send(self, data: bytes) -> None: ...
