"""Pages are stored sealed: AES-256-GCM under a key of the installation, each bound to its own place."""

import hashlib
import os
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kinline.configuration import configuration
from kinline.secrets import Secret, secret_text

_NONCE: Final = 12


@lru_cache(maxsize=1)
def _key() -> AESGCM:
    return AESGCM(hashlib.sha256(secret_text(configuration(), Secret.DOCUMENT_KEY).encode()).digest())


def sealed(page: bytes, place: str) -> bytes:
    """What is stored of a page that lies at `place`."""
    nonce = os.urandom(_NONCE)
    return nonce + _key().encrypt(nonce, page, place.encode())


def opened(stored: bytes, place: str) -> bytes:
    """The page. Raises `cryptography.exceptions.InvalidTag` for one that was changed or lay elsewhere."""
    return _key().decrypt(stored[:_NONCE], stored[_NONCE:], place.encode())
