"""What a reload's success or failure means for the reloads to come."""

from typing import Final

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.payments.models import AutoReload, Payment, PaymentState, ReloadState, Way

FAILURES: Final = 3
"""In a row; then automatic reload stops until the customer sets it up anew."""
REST: Final = 24 * 3_600_000
"""Milliseconds between a failed try and the next: banks think ill of a declined card that comes again at once."""


def count(payment: Payment, at: Instant) -> None:
    """Part of the transaction in which a payment changed its state. The customer is told by e-mail, and of a stop also
    on their pages."""
    if payment.way != Way.RELOAD:
        return
    found = AutoReload.objects.select_for_update().filter(account_id=payment.account_id).first()
    if found is None:
        return
    if payment.state == PaymentState.SUCCEEDED:
        found.failures, found.reason, found.not_before = 0, "", 0
        _tell(payment, Kind.RELOAD_DONE, at)
    elif payment.state == PaymentState.FAILED:
        found.failures += 1
        found.reason, found.not_before = payment.reason, at + REST
        if found.failures >= FAILURES and found.state == ReloadState.ACTIVE:
            found.state = ReloadState.STOPPED
        stopped = found.state == ReloadState.STOPPED
        kind = Kind.RELOAD_STOPPED if stopped else Kind.RELOAD_FAILED
        _tell(payment, kind, at, why=Reason(payment.reason))
    else:
        return
    found.changed_at = at
    found.save()


def _tell(payment: Payment, kind: Kind, at: Instant, **why: Reason) -> None:
    card = payment.card.last4 if payment.card else ""
    key = f"payment/{payment.reference}/{payment.state}"
    notices.tell_customer(payment.customer_id, kind, key, at, amount=Money(payment.amount), card=card, **why)
