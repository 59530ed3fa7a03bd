"""Give a kiosk its key and take it away, let it in, and book its cash once."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import AccountId, FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.kiosks.models import CashDeposit, Kiosk, KioskRequest
from kinline.ledger import services as ledger
from kinline.ledger.models import Transfer
from kinline.statements import Overtaken, retried

REQUESTS_A_MINUTE: Final = 60
ANSWERS_KEPT: Final = 30
"""Days for which a request may be repeated under its key. Later a receipt number still counts once, and a card too."""
_MINUTE: Final = 60_000
TAKEN_BACK_WITHIN: Final = 15 * _MINUTE
"""A machine undoes what it just booked, not what was booked before: a stolen key must not empty accounts."""
_DAY: Final = 24 * 60 * _MINUTE


class KioskError(Exception):
    """Nothing was done."""


class TooBusy(KioskError):
    """More requests in this minute than a machine makes for people; `seconds` until the next."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds


class KeyUsedOtherwise(KioskError):
    """The idempotency key was used before for another question."""


class OverLimit(KioskError):
    """More than this kiosk takes at a time."""

    def __init__(self, most: Money) -> None:
        super().__init__(f"at most {most} at a time")
        self.most = most


class ReceiptUsed(KioskError):
    """The receipt number was booked before, under another idempotency key."""

    def __init__(self, earlier: CashDeposit) -> None:
        super().__init__(f"receipt {earlier.receipt_number} was booked before")
        self.earlier = earlier


class NoSuchReceipt(KioskError):
    """This kiosk booked no cash under this receipt number."""


class TooLate(KioskError):
    """The cash was booked longer ago than a machine may take it back."""


@dataclass(frozen=True, slots=True)
class NewKiosk:
    """The only time that its key is seen."""

    kiosk: Kiosk
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a kiosk is answered: status and JSON. `is_repeated`: it was answered so before."""

    status: int
    content: Mapping[str, Any]
    is_repeated: bool = False


def make(facility_id: FacilityId, name: str, actor: str, at: Instant, key: str = "") -> NewKiosk:
    """A kiosk with its key. `key`: that of a demo. Raises `IntegrityError` when the facility has one of this name."""
    key = key or f"kiosk_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        kiosk = Kiosk.objects.create(facility_id=facility_id, name=name, key_hash=_key_hash(key), made_at=at)
        audit.record(
            actor, Action.KIOSK_MADE, f"kiosk/{kiosk.pk}", at, facility=facility_id, after={"name": kiosk.name}
        )
    return NewKiosk(kiosk, key)


def revoke(kiosk_id: int, actor: str, at: Instant) -> bool:
    """Its key opens nothing any more; whether it did before."""
    with transaction.atomic():
        revoked = Kiosk.objects.filter(pk=kiosk_id, revoked_at=None).update(revoked_at=at)
        if revoked:
            where = FacilityId(Kiosk.objects.values_list("facility_id", flat=True).get(pk=kiosk_id))
            audit.record(actor, Action.KIOSK_REVOKED, f"kiosk/{kiosk_id}", at, facility=where)
    return bool(revoked)


def admit(key: str, at: Instant) -> Kiosk | None:
    """The kiosk whose key this is, its use written down; None: no such key, or a revoked one. Raises `TooBusy`."""
    kiosk = Kiosk.objects.filter(key_hash=_key_hash(key), revoked_at=None).select_related("facility").first()
    if kiosk is None:
        return None
    minute = at - at % _MINUTE
    same = kiosk.last_used_at is not None and kiosk.last_used_at >= minute
    if same and kiosk.requests >= REQUESTS_A_MINUTE:
        raise TooBusy((minute + _MINUTE - at + 999) // 1000)
    Kiosk.objects.filter(pk=kiosk.pk).update(last_used_at=at, requests=F("requests") + 1 if same else 1)
    return kiosk


@retried
def once(kiosk: Kiosk, key: str, asked: str, at: Instant, do: Callable[[], Answer]) -> Answer:
    """Do what a kiosk asks, in one transaction with the record of its answer; a repetition gives the first answer.

    What raises is not recorded, and was not done. Raises `KeyUsedOtherwise`, and what `do` raises.
    """
    inputs = salted_hmac("kinline.kiosks", asked, algorithm="sha256").hexdigest()
    with transaction.atomic():
        earlier = KioskRequest.objects.filter(kiosk=kiosk, key=key).first()
        if earlier is not None:
            if earlier.inputs != inputs:
                raise KeyUsedOtherwise(key)
            return Answer(earlier.status, json.loads(earlier.answer), is_repeated=True)
        try:
            with transaction.atomic():
                request = KioskRequest.objects.create(kiosk=kiosk, key=key, inputs=inputs, at=at)
        except IntegrityError as error:  # the same question at the same moment: wait for the answer to the other
            raise Overtaken("kiosk request") from error
        answer = do()
        request.status, request.answer = answer.status, json.dumps(answer.content, ensure_ascii=False)
        request.save()
    return answer


@retried
def deposit(kiosk: Kiosk, account: AccountId, amount: Money, receipt_number: str, at: Instant) -> CashDeposit:
    """Book cash, once for the receipt. Raises `OverLimit`, `ReceiptUsed`, `ValueError` for less than a cent."""
    if amount <= ZERO or amount.micros % 10_000:
        raise ValueError(f"cash is whole cents and more than nothing, not {amount}")
    if amount > Money(kiosk.deposit_most):
        raise OverLimit(Money(kiosk.deposit_most))
    with transaction.atomic():
        earlier = CashDeposit.objects.filter(kiosk=kiosk, receipt_number=receipt_number).first()
        if earlier is not None:
            raise ReceiptUsed(earlier)
        try:
            with transaction.atomic():
                taken = CashDeposit.objects.create(
                    kiosk=kiosk, receipt_number=receipt_number, account_id=account, amount=amount.micros, at=at
                )
        except IntegrityError as error:  # the same receipt at the same moment
            raise Overtaken("cash deposit") from error
        ledger.deposit(account, amount, taken.key, at)
    return taken


@retried
def take_back(kiosk: Kiosk, receipt_number: str, at: Instant) -> CashDeposit:
    """Undo a deposit whose cash the machine has given back, within minutes; asked again, nothing more.

    Raises `NoSuchReceipt`, `TooLate`, `ledger.services.NotEnough` when it was spent.
    """
    with transaction.atomic():
        taken = CashDeposit.objects.select_for_update().filter(kiosk=kiosk, receipt_number=receipt_number).first()
        if taken is None:
            raise NoSuchReceipt(receipt_number)
        if Transfer.objects.filter(key=taken.reversal_key).exists():
            return taken
        if at - taken.at > TAKEN_BACK_WITHIN:
            raise TooLate(receipt_number)
        ledger.reverse(taken.key, at)
        audit.record(
            f"kiosk/{kiosk.pk}",
            Action.TRANSFER_REVERSED,
            f"account/{taken.account_id}",
            at,
            facility=FacilityId(kiosk.facility_id),
            after={"transfer": taken.key, "amount": str(Money(taken.amount))},
        )
    return taken


def forget_answers(at: Instant) -> int:
    """Drop what was answered longer ago than anybody repeats a request. How many there were."""
    return KioskRequest.objects.filter(at__lt=at - ANSWERS_KEPT * _DAY).delete()[0]


def _key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
