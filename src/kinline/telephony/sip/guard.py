"""What keeps strangers cheap: token buckets for each source address, in bounded memory."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one endpoint. A stranger is whoever neither comes from a trusted address nor has authenticated."""

    sessions: int = 4000
    """Calls at once, both directions; more are answered 503."""
    half_open: int = 1000
    """Incoming calls without a final answer; more are answered 503."""
    transactions: int = 200_000
    """Transactions at once, the remembered ones included; above, only sessions in progress are served."""
    connections: int = 4096
    connections_per_source: int = 64
    strangers_per_source: float = 10.0
    """Messages a second of one strange address that get any answer at all; ten seconds' worth may come at once."""
    strangers: float = 2000.0
    """The same for all strange addresses together."""


class Buckets:
    """A token bucket for each key; `take` says whether one more may pass. The longest unused keys are forgotten,
    so that a flood from forged addresses costs memory for `capacity` of them and no more."""

    __slots__ = ("_buckets", "_burst", "_capacity", "_rate")

    def __init__(self, rate: float, burst: float, capacity: int = 16_384) -> None:
        self._rate = rate
        self._burst = burst
        self._capacity = capacity
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, now: float, cost: float = 1.0) -> bool:
        tokens, at = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._rate)
        passes = tokens >= cost
        self._buckets[key] = (tokens - cost if passes else tokens, now)
        if len(self._buckets) > self._capacity:
            self._buckets.popitem(last=False)
        return passes

    def charge(self, key: str, now: float, cost: float) -> None:
        """Take more afterwards, down to nothing: a wrong password makes the next tries slower."""
        tokens, at = self._buckets.get(key, (self._burst, now))
        self._buckets[key] = (max(0.0, tokens - cost), at)


class Guard:
    """Decides whether a stranger gets an answer."""

    def __init__(self, limits: Limits) -> None:
        self._each = Buckets(limits.strangers_per_source, 10 * limits.strangers_per_source)
        self._all = Buckets(limits.strangers, 2 * limits.strangers, 1)
        self.silenced = 0

    def admits(self, address: str, now: float) -> bool:
        if self._each.take(_network(address), now) and self._all.take("", now):
            return True
        self.silenced += 1
        return False

    def failed(self, address: str, now: float) -> None:
        """Credentials of this address were wrong."""
        self._each.charge(_network(address), now, 5.0)

    def __len__(self) -> int:
        return len(self._each)


def _network(address: str) -> str:
    """One IPv4 address, or the /64 that one IPv6 subscriber owns."""
    if ":" not in address:
        return address
    head, gap, _ = address.partition("::")
    groups = head.split(":") if head else []
    return ":".join(groups[:4]) + ("::" if gap or len(groups) > 4 else "")
