"""What staff do to numbers: stock dedicated ones, give and take them back, order a number's payers,
stop its collect calls. Audited."""

from collections.abc import Sequence

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.billing.services.applying import NotYoursToDecide
from kinline.billing.services.dedicating import give_back_number, give_number, stock_number
from kinline.contacts.models import DedicatedNumber
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO
from kinline.core.numbering import E164
from kinline.ledger.models import Account
from kinline.ledger.services import open_collect_account
from kinline.people.authority import is_permitted
from kinline.people.models import CustomerNumber, Resident, User
from kinline.people.permissions import Permission
from kinline.people.services import put_in_order


class NumberRefused(ValueError):
    """It was not done: says why and what to do."""


@transaction.atomic
def supply_number(number: E164, by: User, at: Instant) -> DedicatedNumber:
    """Put a number of ours into the inventory; once. Raises `NotYoursToDecide`, `dedicating.WasGiven`, `ValueError` for
    one that cannot be called from a facility."""
    _may(by)
    is_new = not DedicatedNumber.objects.filter(number=number).exists()
    stocked = stock_number(number)
    if is_new:
        audit.record(f"user/{by.pk}", Action.DEDICATED_NUMBER_STOCKED, f"number/{number}", at)
    return stocked


@transaction.atomic
def assign_number(
    customer_id: int, resident: Resident, forwards_to: E164, by: User, at: Instant, reason: str
) -> DedicatedNumber:
    """Give a customer a number for one resident; at a replay the one that they have.

    Raises `NotYoursToDecide`, `dedicating.NoNumberLeft`, `dedicating.NotAContact`.
    """
    _may(by)
    theirs = DedicatedNumber.objects.filter(customer_id=customer_id, resident=resident, forwards_to=forwards_to)
    is_new = not theirs.exists()
    given = give_number(customer_id, resident, forwards_to, at)
    if is_new:
        audit.record(
            f"user/{by.pk}",
            Action.DEDICATED_NUMBER_GIVEN,
            f"customer/{customer_id}",
            at,
            facility=FacilityId(resident.facility_id),
            after={"number": given.number, "resident": resident.pk},
            reason=reason,
        )
    return given


@transaction.atomic
def take_back_number(number: DedicatedNumber, by: User, at: Instant, reason: str) -> None:
    """The customer needs it no more: its money is theirs again, and the number is kept for them.

    Raises `NotYoursToDecide`, `NumberRefused`; `ledger.services.NotEnough` while a call to it is in progress."""
    _may(by)
    if number.customer_id is None:
        raise NumberRefused("Nobody has this number.")
    give_back_number(number, at)
    audit.record(
        f"user/{by.pk}",
        Action.DEDICATED_NUMBER_TAKEN_BACK,
        f"customer/{number.customer_id}",
        at,
        before={"number": number.number, "resident": number.resident_id},
        reason=reason,
    )


@transaction.atomic
def order_payers(number: str, customer_ids: Sequence[int], by: User, at: Instant, reason: str) -> None:
    """Ask the payers of a number in this order. Raises `NotYoursToDecide`, `people.services.NotThePayers`."""
    _may(by)
    paying = CustomerNumber.objects.filter(number=number).order_by("order")
    before = list(paying.values_list("customer_id", flat=True))
    put_in_order(number, customer_ids)
    if before != list(customer_ids):
        audit.record(
            f"user/{by.pk}",
            Action.PAYERS_ORDERED,
            f"number/{number}",
            at,
            before={"customers": before},
            after={"customers": list(customer_ids)},
            reason=reason,
        )


@transaction.atomic
def set_collect(number: E164, is_allowed: bool, by: User, at: Instant, reason: str) -> None:
    """Whether the number may accept collect calls, within the facility's allowance; what it owes stays. From the next
    call on. Raises `NotYoursToDecide`."""
    _may(by)
    account = Account.objects.select_for_update().get(pk=open_collect_account(number, ZERO))
    was_allowed = account.review_since is None
    if was_allowed == is_allowed:
        return
    account.review_since = None if is_allowed else at
    account.save(update_fields=["review_since"])
    audit.record(
        f"user/{by.pk}",
        Action.COLLECT_OF_NUMBER_SET,
        f"number/{number}",
        at,
        before={"is_allowed": was_allowed},
        after={"is_allowed": is_allowed},
        reason=reason,
    )


def _may(by: User) -> None:
    if not is_permitted(by, Permission.MANAGE_NUMBERS):
        raise NotYoursToDecide(by.pk)
