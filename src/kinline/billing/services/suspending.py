"""A monthly bill that pays for nothing more: since finance stopped it, or since a payment came back after its room had
been spent anew, so that more is owed than its limit."""

from django.db import transaction

from kinline.billing.models import Suspension
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.ledger.models import Account, AccountKind
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.statements import retried


def make_room(owing: Account, amount: Money, at: Instant) -> None:
    """Let a debt grow by a payment that came back, whatever its limit is; a monthly bill that passes it so is
    suspended. The account must be locked."""
    owed = owing.held - owing.posted + amount.micros
    if owed <= owing.credit_limit:
        return
    if owing.kind == AccountKind.DIRECT_BILL:
        Suspension.objects.get_or_create(
            account=owing,
            lifted_at=None,
            defaults={"credit_limit": owing.credit_limit, "at": at, "until_restored": False},
        )
    owing.credit_limit = owed
    owing.save(update_fields=["credit_limit"])


def settle_limits(at: Instant) -> int:
    """End the suspensions of bills that are within their limits again by a credit, or by a hold that was given back;
    how many."""
    waiting = Suspension.objects.filter(lifted_at=None, until_restored=False)
    return sum(_settled(account, at) for account in waiting.values_list("account", flat=True))


@retried
@transaction.atomic
def _settled(account: int, at: Instant) -> bool:
    settle_limit(Account.objects.select_for_update().get(pk=account), at)
    return not Suspension.objects.filter(account=account, lifted_at=None).exists()


def settle_limit(bill: Account, at: Instant) -> None:
    """Leave a suspended bill no more credit than what is owed, so that no payment gives it room; or end the suspension,
    unless it is one of finance, once that is within its limit again. The account must be locked."""
    known = Suspension.objects.filter(account=bill, lifted_at=None).first()
    if known is None:
        return
    owed = max(bill.held - bill.posted, 0)
    is_over = not known.until_restored and owed <= known.credit_limit
    Account.objects.filter(pk=bill.pk).update(credit_limit=known.credit_limit if is_over else owed)
    if is_over and known.at == at and not known.reason:  # begun and ended with one act: nobody knew of it
        known.delete()
    elif is_over:
        known.lifted_at = at
        known.save(update_fields=["lifted_at"])
        told, limit = f"account/{bill.pk}/restored/{known.pk}", Money(known.credit_limit)
        notices.tell_customer(bill.customer_id, Kind.DIRECT_BILL_RESTORED, told, at, limit=limit)
