"""Codes by chance, and what is stored of them."""

import hashlib
import hmac
import secrets
from functools import lru_cache

from kinline.configuration import configuration
from kinline.core import voucher_code
from kinline.secrets import Secret, secret_text


def new_code() -> str:
    return voucher_code.with_check_digit(f"{secrets.randbelow(10**voucher_code.RANDOM_DIGITS):015}")


def code_hash(code: str) -> str:
    """What a voucher is found by. Quick, because the key protects it: without it nothing can be tried offline."""
    return hmac.digest(_key(), code.encode(), hashlib.sha256).hex()


@lru_cache(maxsize=1)
def _key() -> bytes:
    return secret_text(configuration(), Secret.VOUCHER_KEY).encode()
