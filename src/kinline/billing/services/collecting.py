"""What follows a collect call: the number is invited to prepay or to ask for direct bill, and can pay what it owes."""

from typing import Final

from django.db.models import Exists, OuterRef

from kinline.billing.models import Invitation
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.ledger.services import transfer
from kinline.people.models import CustomerNumber

_EVERY: Final = 1000


def invite(at: Instant) -> int:
    """Store an invitation for each collect call that has none, and mark those answered whose number has an account
    now; how many were stored."""
    invited = Invitation.objects.filter(call_id=OuterRef("call_id"))
    charges = Transfer.objects.filter(debit__kind=AccountKind.COLLECT_RECEIVABLE, reason="charge")
    waiting = charges.exclude(call_id=None).filter(~Exists(invited)).select_related("debit").order_by("id")[:_EVERY]
    stored = Invitation.objects.bulk_create(
        [
            Invitation(
                number=charge.debit.number, call_id=charge.call_id or 0, owed=max(-charge.debit.posted, 0), at=at
            )
            for charge in waiting
        ],
        ignore_conflicts=True,
    )
    known = CustomerNumber.objects.filter(number=OuterRef("number"), is_verified=True)
    Invitation.objects.filter(Exists(known), answered_at=None).update(answered_at=at)
    return len(stored)


def pay_collect(prepaid: AccountId, number: str, key: str, at: Instant) -> Transfer | None:
    """Pay all that a number owes for collect calls from a customer's prepaid money; None: it owes nothing.

    Raises as `ledger.services.transfer`.
    """
    owing = Account.objects.filter(kind=AccountKind.COLLECT_RECEIVABLE, number=number, posted__lt=0).first()
    if owing is None:
        return None
    order = Order(f"collect/{key}", prepaid, AccountId(owing.pk), Money(-owing.posted), "collect_payment")
    return transfer(order, at)
