"""A code lies in the database for the seconds until it is spoken: sealed, so that a copy of the table tells nothing."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(code: str) -> str:
    return _sealer().encrypt(code.encode()).decode()


def unseal(sealed: str) -> str:
    """Empty, when it was sealed with another key."""
    try:
        return _sealer().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _sealer() -> Fernet:
    key = hashlib.sha256(b"code of a service call: " + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
