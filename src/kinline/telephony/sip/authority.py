"""Who may use this endpoint: asked for every request outside a session, answered from memory at once."""

from dataclasses import dataclass, field
from hashlib import md5, sha256
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Account:
    """The secrets H(user:realm:password) of one digest user (RFC 7616 3.4.2): in the realm as good as the password."""

    user: str
    md5: str = field(repr=False)
    sha256: str = field(repr=False)

    @classmethod
    def of(cls, user: str, realm: str, password: str) -> "Account":
        secret = f"{user}:{realm}:{password}".encode()
        return cls(user, md5(secret, usedforsecurity=False).hexdigest(), sha256(secret).hexdigest())


class Authority(Protocol):
    """The directory of stations, lines and trunks. Both look-ups are from memory: they are on the path of each call."""

    def account(self, user: str) -> Account | None:
        """The secrets of this digest user, for the endpoint's realm."""

    def trusted(self, address: str) -> str | None:
        """The identity (a station's user, a trunk's name) of requests from this IP address; None: must authenticate."""


class Everyone:
    """The authority of a phone or a test peer: callers are taken at their word, `remote_identity` is the From user."""

    def account(self, user: str) -> Account | None:
        return None

    def trusted(self, address: str) -> str | None:
        return ""
