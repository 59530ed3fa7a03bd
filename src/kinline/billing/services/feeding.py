"""Money for a resident's own account: from the family, who then cannot take it back, or from the facility."""

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.billing.services.applying import NotYoursToDecide
from kinline.billing.services.dedicating import NotAContact
from kinline.billing.services.reviewing import require_no_review
from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import AccountId, FacilityId, Instant, ResidentId
from kinline.core.money import Money
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.ledger.services import open_resident_account, transfer
from kinline.people.authority import facilities_where
from kinline.people.models import CustomerNumber, Resident, User
from kinline.people.permissions import Permission


def give_to_resident(prepaid: AccountId, resident: Resident, amount: Money, key: str, at: Instant) -> Transfer:
    """The family gives a resident, who has them as an approved contact, money for calls to anybody on the list.

    Raises `NotAContact`, `UnderReview`, and as `ledger.services.transfer`.
    """
    require_no_review(prepaid)
    customer = Account.objects.get(pk=prepaid, kind=AccountKind.CUSTOMER_PREPAID).customer_id or 0
    numbers = CustomerNumber.objects.filter(customer_id=customer, is_verified=True).values("number")
    if not Contact.objects.filter(resident=resident, number__in=numbers, state=ContactState.APPROVED).exists():
        raise NotAContact(resident.pk)
    account = open_resident_account(ResidentId(resident.pk))
    return transfer(Order(f"gift/{key}", prepaid, account, amount, "gift"), at)


@transaction.atomic
def feed_by_facility(resident: Resident, amount: Money, fed_by: User, reason: str, key: str, at: Instant) -> Transfer:
    """The facility puts money onto a resident's account, from what it keeps for them or as a gift to the indigent.

    Raises `NotYoursToDecide` for who does not administer the resident's facility, and as `ledger.services.transfer`.
    """
    facility = resident.facility
    if not facilities_where(fed_by, Permission.GIVE_MONEY).filter(pk=facility.pk).exists():
        raise NotYoursToDecide(fed_by.pk)
    account = open_resident_account(ResidentId(resident.pk))
    order = Order(f"facility_gift/{key}", house_account(AccountKind.CLEARING), account, amount, "facility_gift")
    before = Transfer.objects.filter(key=order.key).exists()
    fed = transfer(order, at)
    if not before:
        audit.record(
            f"user/{fed_by.pk}",
            Action.DEBIT_FED,
            f"resident/{resident.pk}",
            at,
            facility=FacilityId(facility.pk),
            after={"amount": str(amount), "transfer": order.key},
            reason=reason,
        )
    return fed
