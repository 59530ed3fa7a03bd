"""What can be asked about payments."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from kinline.billing.services import paid_of_debt
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.windows import month_start
from kinline.payments.models import (
    ARRIVED,
    AutoReload,
    InboxMessage,
    InboxOutcome,
    Payment,
    PaymentState,
    SavedCard,
    Way,
)

_UTC: Final = ZoneInfo("UTC")


def payments_of(customer_id: int) -> QuerySet[Payment]:
    """Newest first; without forms that were opened and left."""
    return _of(customer_id).exclude(state=PaymentState.CANCELLED).order_by("-created_at", "-pk")


def payment_of(customer_id: int, reference: str) -> Payment | None:
    """One of their payments."""
    return _of(customer_id).filter(reference=reference).first()


def _of(customer_id: int) -> QuerySet[Payment]:
    theirs = Payment.objects.filter(customer_id=customer_id)
    return theirs.select_related("card", "pays", "account__resident__facility")


def cards_of(customer_id: int) -> QuerySet[SavedCard]:
    """The cards that can be charged, the last saved first."""
    return SavedCard.objects.filter(customer_id=customer_id, removed_at=None).order_by("-saved_at", "-pk")


def auto_reload_of(account_id: AccountId) -> AutoReload | None:
    return AutoReload.objects.filter(account_id=account_id).select_related("card").first()


def waits_for_next_month(found: AutoReload, at: Instant) -> bool:
    """One more reload would pass this month's ceiling."""
    return reloaded_this_month(found.account_id, at) + Money(found.amount) > Money(found.monthly_ceiling)


def next_month(at: Instant) -> Instant:
    """When the next calendar month (UTC) begins."""
    return month_start(_UTC, at, 1)


def reloaded_this_month(account_id: int, at: Instant) -> Money:
    """What automatic reloads have added, or may yet, since the first of the month (UTC)."""
    first = month_start(_UTC, at)
    payments = Payment.objects.filter(account_id=account_id, way=Way.RELOAD, created_at__gte=first).exclude(
        state__in=(PaymentState.FAILED, PaymentState.CANCELLED)
    )
    return Money(payments.aggregate(sum=Sum("amount"))["sum"] or 0)


def messages_not_booked(since: Instant, until: Instant) -> QuerySet[InboxMessage]:
    """The provider's messages of this time that moved nothing here although they may be about money: of payments that
    are not ours or not as we asked for them, and those that wait for the provider's answer. Newest first."""
    then = InboxMessage.objects.filter(received_at__gte=since, received_at__lt=until)
    return then.exclude(outcome__in=(InboxOutcome.APPLIED, InboxOutcome.IGNORED)).order_by("-received_at", "-pk")


@dataclass(frozen=True, slots=True)
class Refundable:
    """A payment of which something can go back to its card."""

    payment_id: int
    at: Instant
    left: Money


def refundable(account_id: AccountId) -> Iterable[Refundable]:
    """The payments onto an account that money can go back to, newest first: banks refuse refunds of old ones."""
    payments = Payment.objects.filter(account_id=account_id, state__in=ARRIVED).order_by("-created_at", "-pk")
    for payment in payments.iterator():
        left = left_to_refund(payment)
        if left > ZERO:
            yield Refundable(payment.pk, Instant(payment.created_at), left)


def left_to_refund(payment: Payment) -> Money:
    """In whole cents, rounded up as all that goes back. Nothing of one that never arrived, of what is disputed, since
    the bank gives that back itself, nor of what paid a debt."""
    if payment.state not in ARRIVED:
        return ZERO
    left = payment.amount - payment.refunded - payment.disputed
    if payment.pays_id is not None:
        left -= paid_of_debt(AccountId(payment.pays_id), payment.debt_key).micros
    return max(Money(left).up_to_cents, ZERO)
