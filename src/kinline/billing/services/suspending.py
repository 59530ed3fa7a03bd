"""A monthly bill over its limit: a payment came back after its room had been spent anew."""

from kinline.billing.models import Suspension
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.ledger.models import Account, AccountKind
from kinline.notices import services as notices
from kinline.notices.kinds import Kind


def make_room(owing: Account, amount: Money, at: Instant) -> None:
    """Let a debt grow by a payment that came back, whatever its limit is. A monthly bill that passes it so pays for no
    call until payments have brought it back (`settle_limit`). The account must be locked."""
    owed = owing.held - owing.posted + amount.micros
    if owed <= owing.credit_limit:
        return
    if owing.kind == AccountKind.DIRECT_BILL:
        Suspension.objects.get_or_create(
            account=owing, lifted_at=None, defaults={"credit_limit": owing.credit_limit, "at": at}
        )
    owing.credit_limit = owed
    owing.save(update_fields=["credit_limit"])


def settle_limit(bill: Account, at: Instant) -> None:
    """Bring a limit that was passed down to what is still owed; once that is within what was approved, the suspension
    is over, unless finance made it. The account must be locked."""
    known = Suspension.objects.filter(account=bill, lifted_at=None, reason="").first()
    if known is None:
        return
    limit = max(known.credit_limit, bill.held - bill.posted)
    Account.objects.filter(pk=bill.pk).update(credit_limit=limit)
    if limit == known.credit_limit:
        known.lifted_at = at
        known.save(update_fields=["lifted_at"])
        key = f"account/{bill.pk}/restored/{known.pk}"
        notices.tell_customer(bill.customer_id, Kind.DIRECT_BILL_RESTORED, key, at, limit=Money(limit))
