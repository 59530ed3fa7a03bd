"""Where stations and lines are: bindings that they REGISTER (RFC 3261 10.3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.flow import Endpoints, Flow
from kinline.telephony.sip.message import Request
from kinline.telephony.sip.target import Target
from kinline.telephony.sip.uri import Address, addresses, parse_uri


@dataclass(frozen=True, slots=True)
class Binding:
    """One phone of a user: its Contact, the way it registered, and until when that holds."""

    user: str
    uri: str
    flow: Flow = field(repr=False)
    source: Endpoints
    expires_at: float
    call_id: str
    cseq: int
    preference: float

    def target(self) -> Target:
        """How to call this phone: over the connection, or to the address, that it registered from, which also
        reaches it behind a NAT."""
        return Target(self.source[0], self.source[1], self.flow.transport, self.uri, patience=4.0, flow=self.flow)


class Registrar:
    """Bindings in memory; phones renew them, so that they need no disk."""

    def __init__(
        self, *, shortest: int = 30, usual: int = 300, longest: int = 3600, bindings_per_user: int = 4,
        capacity: int = 20_000,
    ) -> None:  # fmt: skip
        self._shortest = shortest
        self._usual = usual
        self._longest = longest
        self._each = bindings_per_user
        self._capacity = capacity
        self._bindings: dict[str, dict[str, Binding]] = {}
        self._sources: dict[str, int] = {}  # how many bindings an IP address has
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def bindings(self, user: str, now: float) -> tuple[Binding, ...]:
        """Living bindings, the most wanted and newest first."""
        self._expire(user, now)
        found = self._bindings.get(user, {}).values()
        return tuple(sorted(found, key=lambda binding: (-binding.preference, -binding.expires_at)))

    def everybody(self, now: float) -> dict[str, list[float]]:
        """Until when each registered user's bindings hold."""
        self.tick(now)
        return {user: [binding.expires_at for binding in held.values()] for user, held in self._bindings.items()}

    def knows(self, address: str) -> bool:
        """Is some user registered from this IP address?"""
        return address in self._sources

    def register(self, user: str, request: Request, flow: Flow, now: float) -> str:
        """Do what a REGISTER of the authenticated `user` asks; the Contact lines of the 200. Raises `SipError`
        (423 with what `too_brief` says, 403, 400, 503). All of its contacts count, or none (RFC 3261 10.3 7)."""
        if parse_uri(request.to.uri).user != user:
            raise SipError("registering for somebody else", 403)
        default = request.seconds("expires")
        call_id, cseq = request.call_id, request.cseq[0]
        held = self._bindings.get(user, {})
        values = request.all("contact")
        if any(value.strip() == "*" for value in values):
            if len(values) != 1 or default != 0:
                raise SipError("Contact * needs Expires: 0 and no other contact")
            self._in_order(held.values(), call_id, cseq)
            for uri in list(held):
                self._drop(user, uri)
            return ""
        asked = addresses(values)
        changes: list[tuple[Address, int]] = []
        for contact in asked:
            parse_uri(contact.uri)
            expires = contact.parameters.get("expires", "")
            seconds = int(expires) if expires.isascii() and expires.isdigit() and len(expires) < 11 else default
            seconds = self._usual if seconds is None else seconds
            if 0 < seconds < self._shortest:
                raise SipError("a binding of so few seconds", 423)
            if contact.uri in held:
                self._in_order([held[contact.uri]], call_id, cseq)
            changes.append((contact, min(seconds, self._longest)))
        if len(changes) > self._each:
            raise SipError("too many contacts", 403)
        for contact, seconds in changes:
            if seconds == 0:
                self._drop(user, contact.uri)
            else:
                self._bind(user, contact, flow, now, now + seconds, call_id, cseq)
        return "".join(
            f"Contact: <{binding.uri}>;expires={max(1, int(binding.expires_at - now))}\r\n"
            for binding in self.bindings(user, now)
        )

    @property
    def too_brief(self) -> str:
        return f"Min-Expires: {self._shortest}\r\n"

    def lost(self, flow: Flow) -> None:
        """A connection is gone, and with it the phones behind it."""
        gone = [b for held in self._bindings.values() for b in held.values() if b.flow is flow]
        for binding in gone:
            self._drop(binding.user, binding.uri)

    def tick(self, now: float) -> None:
        """Forget what has expired; to be called now and then."""
        for user in list(self._bindings):
            self._expire(user, now)

    def _in_order(self, bindings: Iterable[Binding], call_id: str, cseq: int) -> None:
        for binding in bindings:
            if binding.call_id == call_id and cseq <= binding.cseq:
                raise SipError("an older REGISTER than the last", 500)

    def _bind(
        self, user: str, contact: Address, flow: Flow, now: float, expires_at: float, call_id: str, cseq: int
    ) -> None:  # fmt: skip
        self._drop(user, contact.uri)
        self._expire(user, now)
        held = self._bindings.setdefault(user, {})
        if len(held) >= self._each:  # the oldest phone makes room: it is the one that went away
            self._drop(user, min(held.values(), key=lambda binding: binding.expires_at).uri)
            held = self._bindings.setdefault(user, {})
        if self._count >= self._capacity:
            raise SipError("the registrar is full", 503)
        try:
            preference = float(contact.parameters.get("q", "1"))
        except ValueError:
            preference = 1.0
        held[contact.uri] = Binding(user, contact.uri, flow, flow.remote, expires_at, call_id, cseq, preference)
        self._count += 1
        self._sources[flow.remote[0]] = self._sources.get(flow.remote[0], 0) + 1

    def _expire(self, user: str, now: float) -> None:
        held = self._bindings.get(user)
        if held:
            for binding in [binding for binding in held.values() if binding.expires_at <= now]:
                self._drop(user, binding.uri)

    def _drop(self, user: str, uri: str) -> None:
        held = self._bindings.get(user)
        binding = held.pop(uri, None) if held else None
        if binding is None:
            return
        if not held:
            del self._bindings[user]
        self._count -= 1
        address = binding.source[0]
        self._sources[address] -= 1
        if not self._sources[address]:
            del self._sources[address]
