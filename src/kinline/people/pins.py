"""Residents' PINs: hashed so that neither the database nor a log gives them away.

A PIN has four to six digits: whoever has the hash and the pepper tries them all in hours, however slow the hash is. So
the pepper, which is not in the database, is what protects; and tries are counted and locked. Argon2id is set to a few
milliseconds (1 pass, 8 MiB): every call pays it, and 20 ms would cap one core at 50 off-hooks a second for nothing.
"""

import hashlib
import hmac
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kinline.configuration import configuration
from kinline.secrets import Secret, secret_text

_hasher = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)


@lru_cache(maxsize=1)
def _pepper() -> bytes:
    return secret_text(configuration(), Secret.PIN_PEPPER).encode()


def _peppered(pin: str) -> bytes:
    return hmac.digest(_pepper(), pin.encode(), hashlib.sha256)


def hash_pin(pin: str) -> str:
    """What to store of a PIN."""
    return _hasher.hash(_peppered(pin))


def pin_matches(stored: str, pin: str) -> bool:
    """Whether this is the PIN. Takes equally long when nothing is stored (a resident number that does not exist)."""
    try:
        return _hasher.verify(stored or _nobody(), _peppered(pin)) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hash_pin("no such resident")
