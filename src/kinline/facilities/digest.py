"""What is stored of a SIP password: H(user:realm:password), for MD5 and SHA-256 (RFC 7616 3.4.2, RFC 8760)."""

import hashlib
from dataclasses import dataclass, field

REALM = "kinline"
"""The switchboard's digest realm. Part of every stored digest: it cannot change without new passwords."""


@dataclass(frozen=True, slots=True)
class DigestSecrets:
    """Lower-case hex; as good as the password within the realm."""

    md5: str = field(repr=False)
    sha256: str = field(repr=False)


def digest_secrets(user: str, password: str) -> DigestSecrets:
    secret = f"{user}:{REALM}:{password}".encode()
    return DigestSecrets(hashlib.md5(secret, usedforsecurity=False).hexdigest(), hashlib.sha256(secret).hexdigest())
