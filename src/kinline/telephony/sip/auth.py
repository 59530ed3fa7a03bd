"""HTTP digest for SIP: MD5 and SHA-256, qop=auth (RFC 3261 22, RFC 7616, RFC 8760). auth-int is not offered and,
when a server offers only it, not answered: bodies are changed by every middle box, and TLS protects them better.

The server keeps no state for a challenge: a nonce carries its time and a MAC. Only nonces that a right password
used are remembered, in bounded memory, so that neither a nonce count nor an old request can be replayed.
"""

import hmac
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import md5, sha256

from kinline.telephony.sip.authority import Account
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.grammar import parameters, quoted
from kinline.telephony.sip.message import Response
from kinline.telephony.sip.target import Credentials


def _md5(text: str) -> str:
    return md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


HASHES: dict[str, Callable[[str], str]] = {"MD5": _md5, "SHA-256": _sha256}


ALGORITHMS = ("SHA-256", "MD5")
"""What we offer, strongest first (RFC 8760 2.4)."""


def digest(algorithm: str, ha1: str, method: str, uri: str, nonce: str, count: str, cnonce: str, qop: str) -> str:
    """The response of RFC 7616 3.4.1 with qop "auth", or that of RFC 2617 3.2.2.1 with qop ""."""
    of = HASHES[algorithm]
    ha2 = of(f"{method}:{uri}")
    return of(f"{ha1}:{nonce}:{count}:{cnonce}:{qop}:{ha2}" if qop else f"{ha1}:{nonce}:{ha2}")


def digest_parameters(value: str) -> dict[str, str]:
    """The parameters of a Digest challenge or of Digest credentials. Raises `SipError` for another scheme."""
    scheme, _, rest = value.partition(" ")
    if scheme.lower() != "digest":
        raise SipError(f"authentication scheme {scheme[:20]!r} is not Digest")
    return parameters(rest, ",")


def authorization(
    credentials: Credentials, challenges: Sequence[str], method: str, uri: str, cnonce: str, count: int = 1
) -> str | None:
    """The credentials that answer the strongest challenge we understand; None when there is none."""
    best: dict[str, str] | None = None
    for value in challenges:
        try:
            offered = digest_parameters(value)
        except SipError:
            continue
        algorithm = offered.setdefault("algorithm", "MD5").upper()
        qops = [qop.strip().lower() for qop in offered.get("qop", "").split(",") if qop.strip()]
        if algorithm not in HASHES or "nonce" not in offered or (qops and "auth" not in qops):
            continue
        offered["algorithm"], offered["qop"] = algorithm, "auth" if qops else ""
        if best is None or (algorithm == "SHA-256" and best["algorithm"] == "MD5"):
            best = offered
    if best is None:
        return None
    algorithm, realm, nonce, qop = best["algorithm"], best.get("realm", ""), best["nonce"], best["qop"]
    ha1 = HASHES[algorithm](f"{credentials.user}:{realm}:{credentials.password}")
    nc = f"{count:08x}"
    answer = digest(algorithm, ha1, method, uri, nonce, nc, cnonce, qop)
    fields = [
        f"username={quoted(credentials.user)}",
        f"realm={quoted(realm)}",
        f"nonce={quoted(nonce)}",
        f'uri="{uri}"',
        f'response="{answer}"',
        f"algorithm={algorithm}",
    ]
    if qop:
        fields += ["qop=auth", f"nc={nc}", f'cnonce="{cnonce}"']
    if "opaque" in best:
        fields.append(f"opaque={quoted(best['opaque'])}")
    return "Digest " + ", ".join(fields)


class Verdict(Enum):
    """What credentials are worth. `STALE`: right password, old nonce: challenge again without asking the person."""

    RIGHT = "right"
    WRONG = "wrong"
    STALE = "stale"


@dataclass(slots=True)
class _Use:
    """Of a nonce that a right password used: which counts came, as the highest and a window of 64 below it."""

    highest: int = 0
    window: int = 0

    def admits(self, count: int) -> bool:
        """Each count once; somewhat out of order is allowed, UDP does that."""
        if count > self.highest:
            self.window = (self.window << min(count - self.highest, 64) | 1) & (1 << 64) - 1
            self.highest = count
            return True
        bit = 1 << (self.highest - count)
        if self.highest - count >= 64 or self.window & bit:
            return False
        self.window |= bit
        return True


class Challenger:
    """Makes challenges and checks credentials. Unknown users and wrong passwords take the same path and time."""

    def __init__(
        self,
        realm: str,
        secret: bytes,
        *,
        algorithms: Sequence[str] = ALGORITHMS,
        lifetime: float = 300.0,
        remembered: int = 8192,
    ) -> None:
        self.realm = realm
        self._algorithms = tuple(algorithms)
        self._secret = secret
        self._lifetime = lifetime
        self._remembered = remembered
        self._used: OrderedDict[str, _Use] = OrderedDict()
        self._forgotten = 0  # nonces given up to this second may have been used and forgotten: they are stale
        self._nobody = Account.of("", realm, secret.hex())

    def __len__(self) -> int:
        return len(self._used)

    def challenges(self, now: float, source: str, salt: str, *, stale: bool = False) -> tuple[str, ...]:
        """The values of WWW-Authenticate, one for each algorithm. `salt` makes each nonce different."""
        nonce = self._nonce(f"{int(now):x}", salt, source)
        tail = ", stale=true" if stale else ""
        return tuple(
            f'Digest realm="{self.realm}", nonce="{nonce}", algorithm={algorithm}, qop="auth"{tail}'
            for algorithm in self._algorithms
        )

    def check(
        self, value: str, method: str, source: str, now: float, account: Callable[[str], Account | None]
    ) -> tuple[Verdict, str]:
        """What the value of an Authorization header is worth, and the user it is for. The digest-uri is taken as
        the client wrote it, since proxies rewrite request URIs."""
        try:
            fields = digest_parameters(value)
        except SipError:
            fields = {}
        user = fields.get("username", "")
        known = account(user) if user else None
        algorithm = fields.get("algorithm", "MD5").upper()
        qop = fields.get("qop", "")
        nonce = fields.get("nonce", "")
        count = fields.get("nc", "")
        secrets = known or self._nobody
        ha1 = secrets.sha256 if algorithm == "SHA-256" else secrets.md5
        expected = digest(
            algorithm if algorithm in HASHES else "MD5",
            ha1, method, fields.get("uri", ""), nonce, count, fields.get("cnonce", ""), "auth" if qop else "",
        )  # fmt: skip
        given = fields.get("response", "").encode("utf-8", "surrogateescape")
        right = hmac.compare_digest(expected.encode(), given)
        ours, fresh = self._recognise(nonce, source, now)
        if not (right and known and ours and algorithm in self._algorithms and fields.get("realm") == self.realm):
            return Verdict.WRONG, user
        if not fresh or qop.lower() != "auth":
            return Verdict.STALE, user
        if not self._count(nonce, count):
            return Verdict.STALE, user
        return Verdict.RIGHT, user

    def _nonce(self, stamp: str, salt: str, source: str) -> str:
        mac = hmac.digest(self._secret, f"{stamp}:{salt}:{source}:{self.realm}".encode(), "sha256").hex()[:32]
        return f"{stamp}-{salt}-{mac}"

    def _recognise(self, nonce: str, source: str, now: float) -> tuple[bool, bool]:
        """Is the nonce one that we gave to this source, and is it still fresh?"""
        stamp, _, rest = nonce.partition("-")
        salt = rest.partition("-")[0]
        expected = self._nonce(stamp, salt, source).encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(expected, nonce.encode("utf-8", "surrogateescape")):
            return False, False
        return True, -1.0 <= now - _second(nonce) <= self._lifetime

    def _count(self, nonce: str, count: str) -> bool:
        try:
            value = int(count, 16)
        except ValueError:
            return False
        use = self._used.get(nonce)
        if use is None:
            if len(self._used) >= self._remembered:
                oldest, _ = self._used.popitem(last=False)
                self._forgotten = max(self._forgotten, _second(oldest))
            if _second(nonce) <= self._forgotten:
                return False
            use = self._used[nonce] = _Use()
        return 0 < value < 2**32 and use.admits(value)


def _second(nonce: str) -> int:
    """When a nonce of ours was given, by the clock of the user agent."""
    return int(nonce.partition("-")[0], 16)


def answer_to(challenge: Response, credentials: Credentials | None, method: str, uri: str, cnonce: str) -> str:
    """The header line that answers a 401 or 407, "" when there is nothing to say."""
    proxy = challenge.status == 407
    if credentials is None or challenge.status not in (401, 407):
        return ""
    values = challenge.all("proxy-authenticate" if proxy else "www-authenticate")
    value = authorization(credentials, values, method, uri, cnonce)
    return f"{'Proxy-' if proxy else ''}Authorization: {value}\r\n" if value else ""
