"""A customer's phone PIN: what opens their account by telephone, set on the page of the account.

Hashed as residents' PINs are. Five wrong ones in a row lock it for an hour, five more for two, and so on to a day: with
a million PINs a guesser gets nowhere in years. A new PIN, or the right one after the lock, begins anew.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import CallId, Instant
from kinline.core.numbering import NotANumber, e164
from kinline.people.models import Customer
from kinline.people.pins import hash_pin, pin_matches
from kinline.statements import retried

DIGITS: Final = 6
TRIES: Final = 5
"""Wrong PINs in a row until it is locked."""
_HOUR: Final = 3_600_000
_LONGEST_LOCK: Final = 24
_FORM: Final = re.compile(rf"[0-9]{{{DIGITS}}}", re.ASCII)


class WeakPin(ValueError):
    """Not six digits, or one of those that everybody tries first."""


@dataclass(frozen=True, slots=True)
class PinRight:
    customer_id: int


@dataclass(frozen=True, slots=True)
class PinWrong:
    """No such pair of number and PIN; or locked, for `locked_seconds`."""

    locked_seconds: int = 0


def set_phone_pin(customer_id: int, pin: str, actor: str, at: Instant) -> None:
    """The PIN from now on, unlocked. Raises `WeakPin`."""
    if not _FORM.fullmatch(pin) or _is_guessed_first(pin):
        raise WeakPin("six digits, not all the same and not in a row")
    with transaction.atomic():
        Customer.objects.filter(pk=customer_id).update(
            phone_pin_hash=hash_pin(pin), phone_pin_failures=0, phone_pin_locked_until=None
        )
        audit.record(actor, Action.PHONE_PIN_SET, f"customer/{customer_id}", at)


def has_phone_pin(number: str) -> bool:
    """Whether a customer with a phone PIN has this number, verified."""
    return _holders(number).exists()


@retried
def check_phone_pin(number: str, pin: str, call_id: CallId, at: Instant) -> PinRight | PinWrong:
    """Whose number and PIN these are. Several customers may have a number: a wrong PIN counts for each of them.

    A number that nobody has takes as long and answers as a wrong PIN does.
    """
    try:
        asked = e164(number)
    except NotANumber:
        asked = None
    with transaction.atomic():
        holders = [] if asked is None else list(_holders(asked).select_for_update(of=("self",)).order_by("pk"))
        if not holders:
            pin_matches("", pin)
        locked = [holder for holder in holders if (holder.phone_pin_locked_until or 0) > at]
        tried = [holder for holder in holders if holder not in locked]
        for holder in tried:
            if pin_matches(holder.phone_pin_hash, pin):
                holder.phone_pin_failures, holder.phone_pin_locked_until = 0, None
                holder.save(update_fields=("phone_pin_failures", "phone_pin_locked_until"))
                _note(Action.PHONE_PIN_ACCEPTED, holder, call_id, at)
                return PinRight(holder.pk)
        for holder in tried:
            _count(holder, call_id, at)
        if locked and not tried:
            return PinWrong(max(-(-((holder.phone_pin_locked_until or 0) - at) // 60_000) * 60 for holder in locked))
        return PinWrong()


def _holders(number: str) -> QuerySet[Customer]:
    theirs = Customer.objects.filter(numbers__number=str(number), numbers__is_verified=True, user__is_active=True)
    return theirs.exclude(phone_pin_hash="")


def _count(holder: Customer, call_id: CallId, at: Instant) -> None:
    holder.phone_pin_failures += 1
    rounds, rest = divmod(holder.phone_pin_failures, TRIES)
    if rounds and not rest:
        holder.phone_pin_locked_until = at + min(2 ** min(rounds - 1, 10), _LONGEST_LOCK) * _HOUR
        _note(Action.PHONE_PIN_LOCKED, holder, call_id, at)
    holder.save(update_fields=("phone_pin_failures", "phone_pin_locked_until"))


def _note(action: Action, holder: Customer, call_id: CallId, at: Instant) -> None:
    audit.record("caller", action, f"customer/{holder.pk}", at, after={"call": str(call_id)})


def _is_guessed_first(pin: str) -> bool:
    steps = {int(following) - int(digit) for digit, following in pairwise(pin)}
    return len(steps) == 1 and steps <= {-1, 0, 1}
