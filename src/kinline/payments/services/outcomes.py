"""What a reload's success or failure means for the reloads to come."""

from typing import Final

from kinline.core.identity import Instant
from kinline.payments.models import AutoReload, Payment, PaymentState, ReloadState, Way

FAILURES: Final = 3
"""In a row; then automatic reload stops until the customer sets it up anew."""
REST: Final = 24 * 3_600_000
"""Milliseconds between a failed try and the next: banks think ill of a declined card that comes again at once."""


def count(payment: Payment, at: Instant) -> None:
    """Part of the transaction in which a payment changed its state. The stop is told on the customer's pages."""
    if payment.way != Way.RELOAD:
        return
    found = AutoReload.objects.select_for_update().filter(account_id=payment.account_id).first()
    if found is None:
        return
    if payment.state == PaymentState.SUCCEEDED:
        found.failures, found.reason, found.not_before = 0, "", 0
    elif payment.state == PaymentState.FAILED:
        found.failures += 1
        found.reason, found.not_before = payment.reason, at + REST
        if found.failures >= FAILURES and found.state == ReloadState.ACTIVE:
            found.state = ReloadState.STOPPED
    else:
        return
    found.changed_at = at
    found.save()
