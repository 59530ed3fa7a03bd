"""The second step of signing in: a code that an app on the phone shows (RFC 6238), or one of the recovery codes."""

import base64
import hashlib
from functools import lru_cache

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import Fernet
from django.contrib.auth.models import AnonymousUser
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from kinline.configuration import configuration
from kinline.people.models import User
from kinline.secrets import Secret, secret_text


@lru_cache(maxsize=1)
def _sealer() -> Fernet:
    key = hashlib.sha256(secret_text(configuration(), Secret.SECOND_STEP_KEY).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class SecondSteps(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's second steps, with their secrets sealed in the database."""

    error_messages = {  # noqa: RUF012 (allauth's way)
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is not right, or it was used. Wait for the next one and try again."),
    }

    def encrypt(self, text: str) -> str:
        return _sealer().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _sealer().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Kinline"}

    def get_totp_issuer(self) -> str:
        return "Kinline"


def has_second_step(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and Authenticator.objects.filter(user_id=user.pk, type="totp").exists()


def recovery_codes(user: User) -> list[str]:
    """Those that are not used yet."""
    stored = Authenticator.objects.filter(user_id=user.pk, type="recovery_codes").first()
    return RecoveryCodes(stored).get_unused_codes() if stored else []


def square(user: User, secret: str) -> SafeString:
    """What the phone's app scans."""
    drawn = segno.make(SecondSteps().build_totp_url(user, secret), error="m", micro=False)
    return mark_safe(drawn.svg_inline(scale=5, border=2, title=None))  # noqa: S308 (drawn from an address of ours)
