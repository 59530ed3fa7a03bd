"""What follows a collect call: the number is invited to prepay or to ask for direct bill, and can pay what it owes."""

from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from kinline.billing.models import Invitation
from kinline.billing.services.reviewing import require_no_review
from kinline.contacts.models import Contact
from kinline.core.identity import AccountId, Instant, Language
from kinline.core.money import Money
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.ledger.services import transfer
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.people.models import CustomerNumber

COLLECT: Final = "collect"
"""What the keys of transfers that pay collect calls begin with."""
_EVERY: Final = 1000


@transaction.atomic
def invite(at: Instant) -> int:
    """Send an invitation for each collect call that has none, and mark those answered whose number has an account
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
    for invitation in stored:
        _tell(invitation, at)
    known = CustomerNumber.objects.filter(number=OuterRef("number"), is_verified=True)
    Invitation.objects.filter(Exists(known), answered_at=None).update(answered_at=at)
    return len(stored)


def _tell(invitation: Invitation, at: Instant) -> None:
    languages = Contact.objects.filter(number=invitation.number).order_by("pk").values_list("language", flat=True)
    language = Language(languages.first() or Language.ENGLISH)
    key = f"collect/{invitation.call_id}/invitation"
    notices.tell_number(invitation.number, language, Kind.COLLECT_INVITATION, key, at, owed=Money(invitation.owed))


def pay_collect(prepaid: AccountId, number: str, key: str, at: Instant) -> Transfer | None:
    """A customer pays all that a number owes for collect calls from their prepaid money; None: it owes nothing.

    Raises `UnderReview`, and as `ledger.services.transfer`.
    """
    require_no_review(prepaid)
    owing = Account.objects.filter(kind=AccountKind.COLLECT_RECEIVABLE, number=number, posted__lt=0).first()
    if owing is None:
        return None
    return transfer(collect_payment(prepaid, AccountId(owing.pk), Money(-owing.posted), key), at)


def collect_payment(prepaid: AccountId, owing: AccountId, amount: Money, key: str) -> Order:
    return Order(f"{COLLECT}/{key}", prepaid, owing, amount, "collect_payment")
