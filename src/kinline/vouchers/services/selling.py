"""Activate prepaid cards when they are sold, and void those that are lost or taken back."""

from django.db import transaction
from django.db.models import QuerySet

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import AccountKind
from kinline.ledger.postings import Order, written
from kinline.statements import retried, write
from kinline.vouchers.models import Voucher, VoucherState

_AT_ONCE = 100
"""Rows of one statement."""


class NoSuchVouchers(LookupError):
    """The batch has no cards of these numbers."""


@retried
def activate(batch_id: int, first: int, last: int, actor: str, at: Instant) -> int:
    """Make cards `first` to `last` of a batch worth their money; how many were not before.

    Cards that are active, redeemed or void stay as they are, so a repetition does nothing. Raises `NoSuchVouchers`.
    """
    with transaction.atomic():
        sold = list(_of(batch_id, first, last).filter(state=VoucherState.MADE).select_related("batch"))
        if not sold:
            return 0
        clearing, vouchers = (books.house_account(kind) for kind in (AccountKind.CLEARING, AccountKind.VOUCHERS))
        orders = [Order(sold_key(each), clearing, vouchers, Money(each.batch.amount), "voucher_sold") for each in sold]
        for start in range(0, len(orders), _AT_ONCE):
            write((written(orders[start : start + _AT_ONCE], at),))
        Voucher.objects.filter(pk__in=[each.pk for each in sold]).update(state=VoucherState.ACTIVE, activated_at=at)
        _note(Action.VOUCHERS_ACTIVATED, sold, actor, at)
    return len(sold)


@retried
def void(batch_id: int, first: int, last: int, actor: str, reason: str, at: Instant) -> int:
    """Make cards worth nothing for good, for a `reason` that is written down; how many were not before.

    What was redeemed stays redeemed. Raises `NoSuchVouchers`, `ValueError` without reason.
    """
    if not reason.strip():
        raise ValueError("say why these cards are voided")
    with transaction.atomic():
        voided = list(_of(batch_id, first, last).filter(state__in=(VoucherState.MADE, VoucherState.ACTIVE)))
        if not voided:
            return 0
        for each in voided:
            if each.state == VoucherState.ACTIVE:
                ledger.reverse(sold_key(each), at)
        Voucher.objects.filter(pk__in=[each.pk for each in voided]).update(state=VoucherState.VOID)
        _note(Action.VOUCHERS_VOIDED, voided, actor, at, reason)
    return len(voided)


def sold_key(voucher: Voucher) -> str:
    return f"{voucher.key}/sold"


def _of(batch_id: int, first: int, last: int) -> QuerySet[Voucher]:
    """Locked, in one order, so that two who overlap do not wait for each other."""
    chosen = Voucher.objects.filter(batch_id=batch_id, number__range=(first, last))
    if not chosen.exists():
        raise NoSuchVouchers(f"batch {batch_id} has no cards from {first} to {last}")
    return chosen.select_for_update(of=("self",)).order_by("pk")


def _note(action: Action, vouchers: list[Voucher], actor: str, at: Instant, reason: str = "") -> None:
    after = {"first": vouchers[0].serial, "last": vouchers[-1].serial, "count": len(vouchers)}
    audit.record(actor, action, f"batch/{vouchers[0].batch_id}", at, after=after, reason=reason[:300])
