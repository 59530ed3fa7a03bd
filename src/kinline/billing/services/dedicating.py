"""Dedicated numbers: an inventory, given to a customer for one resident, and the money that is set aside for them."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from kinline.billing.services.reviewing import require_no_review
from kinline.contacts.models import Contact, ContactState, DedicatedNumber
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.numbering import E164, NumberClass, classify
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.ledger.services import open_customer_account, open_dedicated_account, transfer
from kinline.people.models import Customer, CustomerNumber, Resident


class NoNumberLeft(Exception):
    """The inventory has no free number."""


class NotAContact(Exception):
    """The resident has no approved contact with a verified number of this customer."""


class WasGiven(ValueError):
    """A customer had the number: it is kept for them, since its account is theirs and names it."""


def stock_number(number: E164) -> DedicatedNumber:
    """Put a number of ours into the inventory; once. Raises `ValueError` for one that cannot be called from a facility,
    `WasGiven`."""
    if classify(number) is not NumberClass.GEOGRAPHIC:
        raise ValueError(f"{number} is no ordinary number of the North American plan")
    known = DedicatedNumber.objects.filter(number=number).first()
    if (known is None or known.customer_id is None) and _accounts().filter(number=number).exists():
        raise WasGiven(number)
    return known or DedicatedNumber.objects.get_or_create(number=number)[0]


def free_numbers() -> QuerySet[DedicatedNumber]:
    """Those that nobody has or had."""
    return DedicatedNumber.objects.filter(~Exists(_accounts().filter(number=OuterRef("number"))), customer=None)


@transaction.atomic
def give_number(customer_id: int, resident: Resident, forwards_to: E164, at: Instant) -> DedicatedNumber:
    """Give the customer a number that rings their phone and that only this resident can call; at a replay the one that
    they have. One that they gave back is given before any other, so that giving back and asking anew uses up none.
    Raises `NoNumberLeft`, `NotAContact`."""
    numbers = CustomerNumber.objects.filter(customer_id=customer_id, is_verified=True, number=forwards_to)
    contacts = Contact.objects.filter(resident=resident, number=forwards_to, state=ContactState.APPROVED)
    if not (numbers.exists() and contacts.exists()):
        raise NotAContact(resident.pk)
    Customer.objects.select_for_update(no_key=True).get(pk=customer_id)  # who asks twice at once gets one
    known = DedicatedNumber.objects.filter(customer_id=customer_id, resident=resident, forwards_to=forwards_to).first()
    if known is not None:
        return known
    theirs = _accounts().filter(number=OuterRef("number"), customer=customer_id, closed_at=None)
    kept = DedicatedNumber.objects.filter(Exists(theirs), customer=None)
    found = _lowest(kept) or _lowest(free_numbers())
    if found is None:
        raise NoNumberLeft
    found.customer_id, found.resident, found.forwards_to, found.given_at = customer_id, resident, forwards_to, at
    found.save()
    open_dedicated_account(customer_id, found.number)
    return found


def _lowest(numbers: QuerySet[DedicatedNumber]) -> DedicatedNumber | None:
    return numbers.select_for_update(of=("self",)).order_by("number").first()


def _accounts() -> QuerySet[Account]:
    return Account.objects.filter(kind=AccountKind.DEDICATED)


def set_aside(prepaid: AccountId, number: DedicatedNumber, amount: Money, key: str, at: Instant) -> Transfer:
    """Move prepaid money to where only calls to the dedicated number spend it.

    Raises `UnderReview`, and as `ledger.services.transfer`.
    """
    require_no_review(prepaid)
    dedicated = open_dedicated_account(number.customer_id or 0, number.number)
    return transfer(Order(f"set_aside/{key}", prepaid, dedicated, amount, "set_aside"), at)


@transaction.atomic
def give_back_number(number: DedicatedNumber, at: Instant) -> None:
    """The customer needs it no more: its money goes back to the prepaid account, and the number is kept for them.
    Raises `ledger.services.NotEnough` while a call to it is in progress."""
    as_it_is = DedicatedNumber.objects.select_for_update().get(pk=number.pk)
    if as_it_is.given_at not in (None, number.given_at):  # given anew since
        return
    _give_back_money(_accounts().select_for_update().get(number=number.number), at)
    nobodys = {"customer": None, "resident": None, "forwards_to": "", "given_at": None}
    DedicatedNumber.objects.filter(pk=number.pk).update(**nobodys)


@transaction.atomic
def give_back_rest(dedicated: AccountId, at: Instant) -> None:
    """What came onto a dedicated number's account after the number was given back, such as a credit for its last call,
    is on the prepaid account too. Raises `ledger.services.NotEnough` while a call is in progress."""
    account = _accounts().select_for_update().get(pk=dedicated)
    if not DedicatedNumber.objects.filter(number=account.number, customer__isnull=False).exists():
        _give_back_money(account, at)


def _give_back_money(dedicated: Account, at: Instant) -> None:
    """All of it, once: the key names the last movement that brought some."""
    if dedicated.posted > 0:
        prepaid = open_customer_account(dedicated.customer_id or 0)
        key = f"given_back/{dedicated.number}/{Transfer.objects.filter(credit=dedicated).latest('pk').pk}"
        transfer(Order(key, AccountId(dedicated.pk), prepaid, Money(dedicated.posted), "given_back"), at)
