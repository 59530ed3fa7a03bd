"""Dedicated numbers: an inventory, given to a customer for one resident, and the money that is set aside for them."""

from django.db import transaction

from kinline.billing.services.reviewing import require_no_review
from kinline.contacts.models import Contact, ContactState, DedicatedNumber
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.numbering import E164, NumberClass, classify
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.ledger.services import open_customer_account, open_dedicated_account, transfer
from kinline.people.models import CustomerNumber, Resident


class NoNumberLeft(Exception):
    """The inventory has no free number."""


class NotAContact(Exception):
    """The resident has no approved contact with a verified number of this customer."""


def stock_number(number: E164) -> DedicatedNumber:
    """Put a number of ours into the inventory. Raises `ValueError` for one that cannot be called from a facility."""
    if classify(number) is not NumberClass.GEOGRAPHIC:
        raise ValueError(f"{number} is no ordinary number of the North American plan")
    return DedicatedNumber.objects.get_or_create(number=number)[0]


@transaction.atomic
def give_number(customer_id: int, resident: Resident, forwards_to: E164, at: Instant) -> DedicatedNumber:
    """Give the customer a number that rings their phone and that only this resident can call; at a replay the one that
    they have. Raises `NoNumberLeft`, `NotAContact`."""
    numbers = CustomerNumber.objects.filter(customer_id=customer_id, is_verified=True, number=forwards_to)
    contacts = Contact.objects.filter(resident=resident, number=forwards_to, state=ContactState.APPROVED)
    if not (numbers.exists() and contacts.exists()):
        raise NotAContact(resident.pk)
    known = DedicatedNumber.objects.filter(customer_id=customer_id, resident=resident, forwards_to=forwards_to).first()
    if known is not None:
        return known
    free = DedicatedNumber.objects.select_for_update().filter(customer=None).order_by("number").first()
    if free is None:
        raise NoNumberLeft
    free.customer_id, free.resident, free.forwards_to, free.given_at = customer_id, resident, forwards_to, at
    free.save()
    open_dedicated_account(customer_id, free.number)
    return free


def set_aside(prepaid: AccountId, number: DedicatedNumber, amount: Money, key: str, at: Instant) -> Transfer:
    """Move prepaid money to where only calls to the dedicated number spend it.

    Raises `UnderReview`, and as `ledger.services.transfer`.
    """
    require_no_review(prepaid)
    dedicated = open_dedicated_account(number.customer_id or 0, number.number)
    return transfer(Order(f"set_aside/{key}", prepaid, dedicated, amount, "set_aside"), at)


@transaction.atomic
def give_back_number(number: DedicatedNumber, at: Instant) -> None:
    """The customer needs it no more: its money goes back to the prepaid account, the number to nobody else, since
    its account names it. Raises `ledger.services.NotEnough` while a call to it is in progress."""
    dedicated = Account.objects.select_for_update().get(kind=AccountKind.DEDICATED, number=number.number)
    if dedicated.posted > 0:
        prepaid = open_customer_account(dedicated.customer_id or 0)
        key = f"given_back/{number.number}/{number.given_at}"
        transfer(Order(key, AccountId(dedicated.pk), prepaid, Money(dedicated.posted), "given_back"), at)
    DedicatedNumber.objects.filter(pk=number.pk).delete()


@transaction.atomic
def give_back_rest(dedicated: AccountId, at: Instant) -> None:
    """What came onto a dedicated number's account after the number was given back, such as a credit for its last call,
    is on the prepaid account too. Raises `ledger.services.NotEnough` while a call is in progress."""
    account = Account.objects.select_for_update().get(pk=dedicated, kind=AccountKind.DEDICATED)
    if account.posted > 0 and not DedicatedNumber.objects.filter(number=account.number).exists():
        prepaid = open_customer_account(account.customer_id or 0)
        key = f"given_back/{account.number}/{at}"
        transfer(Order(key, dedicated, prepaid, Money(account.posted), "given_back"), at)
