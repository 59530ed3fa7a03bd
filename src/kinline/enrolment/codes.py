"""Codes: six digits, for a quarter of an hour, and five tries.

A code's hash is bound to its confirmation, and keyed: whoever reads the database cannot try the million codes there.
"""

import hmac
import secrets
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from kinline.core.identity import Instant
from kinline.enrolment.errors import CodeOver, WrongCode
from kinline.enrolment.models import Confirmation, Purpose
from kinline.people.models import User

DIGITS: Final = 6
TRIES: Final = 5
LIVES: Final = 15 * 60_000
"""Milliseconds."""
_KEPT_AFTER: Final = 3_600_000


def claim(
    purpose: Purpose,
    target: str,
    at: Instant,
    *,
    user: User | None = None,
    contents: dict[str, Any] | None = None,
    is_open: bool = True,
) -> tuple[Confirmation, str]:
    """Something waits for a code; the code. Not `is_open`: no code will ever bring it about."""
    with transaction.atomic():
        if user is not None:  # the newest counts
            Confirmation.objects.filter(user=user, purpose=purpose, used_at=None).delete()
        confirmation = Confirmation.objects.create(
            purpose=purpose, target=target, user=user, contents=contents or {}, made_at=at, expires_at=at + LIVES
        )
        return confirmation, renewed(confirmation, at) if is_open else new_code()


def renewed(confirmation: Confirmation, at: Instant) -> str:
    """A new code for the same claim; the old one opens nothing any more."""
    code = new_code()
    confirmation.code_hash = _hash(confirmation, code)
    confirmation.tries, confirmation.expires_at = 0, at + LIVES
    confirmation.save(update_fields=("code_hash", "tries", "expires_at"))
    return code


def use(confirmation: Confirmation, code: str, at: Instant) -> None:
    """The code comes back: once, and only in time. Raises `WrongCode` or `CodeOver`. Call it in a transaction of its
    own: a wrong try must stay counted."""
    ours = Confirmation.objects.filter(pk=confirmation.pk, used_at=None, expires_at__gt=at, tries__lt=TRIES)
    if not ours.update(tries=F("tries") + 1):  # counted before it is looked at: guesses side by side are all counted
        raise CodeOver
    confirmation.refresh_from_db()
    typed = "".join(each for each in code if each.isdigit())
    if not confirmation.code_hash or not hmac.compare_digest(confirmation.code_hash, _hash(confirmation, typed)):
        raise WrongCode(TRIES - confirmation.tries)
    if not Confirmation.objects.filter(pk=confirmation.pk, used_at=None).update(used_at=at):
        raise CodeOver


def forget(at: Instant) -> int:
    """Delete what is over; how many."""
    return Confirmation.objects.filter(expires_at__lt=at - _KEPT_AFTER).delete()[0]


def new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def _hash(confirmation: Confirmation, code: str) -> str:
    return salted_hmac("kinline.enrolment", f"{confirmation.pk}/{code}", algorithm="sha256").hexdigest()
