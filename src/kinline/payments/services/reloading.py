"""Automatic reload: after a call was settled, never in the middle of its money."""

from typing import Final

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.ledger.models import Account
from kinline.payments.errors import NotTaken, NotTheirs
from kinline.payments.models import UNFINISHED, AutoReload, Payment, ReloadState, SavedCard, Way
from kinline.payments.queries import next_month, waits_for_next_month
from kinline.payments.services import outcomes
from kinline.payments.services.depositing import opened, ready, send
from kinline.providers.cards import card_provider
from kinline.statements import retried

log = structlog.get_logger("payments")

_CENT: Final = 10_000
AT_ONCE: Final = 100
"""Reloads in one turn of the duty."""


def set_auto_reload(
    customer_id: int,
    account_id: AccountId,
    card_id: int,
    threshold: Money,
    amount: Money,
    monthly_ceiling: Money,
    at: Instant,
) -> AutoReload:
    """Begin, change, or begin again after a stop. Raises `NotTheirs`; `NotTaken` for an amount that no card is charged;
    `ValueError` for amounts that make no sense."""
    if threshold <= ZERO or amount <= ZERO or monthly_ceiling < amount:
        raise ValueError("the threshold and the amount are more than nothing, the ceiling at least the amount")
    if amount.micros % _CENT:
        raise ValueError(f"a card is charged whole cents, not {amount}")
    if amount < (least := ready().least):
        raise NotTaken(Reason.PAY_TOO_SMALL, least=least)
    if not Account.objects.filter(pk=account_id, customer_id=customer_id).exists():
        raise NotTheirs("not their account")
    if not SavedCard.objects.filter(pk=card_id, customer_id=customer_id, removed_at=None).exists():
        raise NotTheirs("not one of their cards")
    made, _ = AutoReload.objects.update_or_create(
        account_id=account_id,
        defaults={
            "customer_id": customer_id,
            "card_id": card_id,
            "threshold": threshold.micros,
            "amount": amount.micros,
            "monthly_ceiling": monthly_ceiling.micros,
            "state": ReloadState.ACTIVE,
            "failures": 0,
            "reason": "",
            "not_before": 0,
            "changed_at": at,
        },
    )
    return made


def turn_off_auto_reload(customer_id: int, account_id: AccountId, at: Instant) -> None:
    """It charges nothing from now on."""
    AutoReload.objects.filter(account_id=account_id, customer_id=customer_id).update(
        state=ReloadState.OFF, changed_at=at
    )


def reload(at: Instant) -> int:
    """Charge the saved cards of accounts that fell below their threshold, those first for which nothing happened for
    the longest time. How many were charged."""
    if card_provider() is None:
        return 0
    under_way = Payment.objects.filter(account=OuterRef("account"), way=Way.RELOAD, state__in=UNFINISHED)
    low = AutoReload.objects.filter(
        ~Exists(under_way),
        state=ReloadState.ACTIVE,
        not_before__lte=at,
        account__review_since=None,
        threshold__gt=F("account__posted") - F("account__held"),
    )
    in_turn = low.order_by("changed_at", "pk").values_list("pk", flat=True)
    return sum(_reloaded(found, at) for found in in_turn[:AT_ONCE])


def _reloaded(auto_reload_id: int, at: Instant) -> bool:
    try:
        payment = _claimed(auto_reload_id, at)
    except (NotTaken, NotTheirs) as refusal:
        log.warning("reload.not_taken", auto_reload=auto_reload_id, reason=str(refusal))
        why = refusal.reason.value if isinstance(refusal, NotTaken) else ""
        AutoReload.objects.filter(pk=auto_reload_id).update(reason=why, not_before=at + outcomes.REST)
        return False
    if payment is not None:
        send(payment, at)
    return payment is not None


@retried
def _claimed(auto_reload_id: int, at: Instant) -> Payment | None:
    """Write down the payment of one reload, unless another worker has. Where this month's ceiling would be passed, it
    waits for the next month."""
    with transaction.atomic():
        found = AutoReload.objects.select_for_update().get(pk=auto_reload_id)
        account = Account.objects.get(pk=found.account_id)
        is_due = (
            found.state == ReloadState.ACTIVE
            and found.not_before <= at
            and account.posted - account.held < found.threshold
            and not Payment.objects.filter(account=account, way=Way.RELOAD, state__in=UNFINISHED).exists()
        )
        if not is_due:
            return None
        if waits_for_next_month(found, at):
            found.not_before = next_month(at)
            found.save(update_fields=["not_before"])
            return None
        return opened(found.customer_id, AccountId(account.pk), Money(found.amount), Way.RELOAD, at, card=found.card_id)
