"""What finance settles with an agency: it pays for the talk that it gives, and is paid its documented costs of calls
(the facility-related component, 47 CFR 64.6030). Audited."""

from typing import Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.billing.services.applying import NotYoursToDecide
from kinline.billing.services.customer_accounts import AccountRefused, written_reference
from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.facilities.models import Agency
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order, reversal_of
from kinline.ledger.queries import balance, house_account
from kinline.ledger.services import open_additive_account, open_agency_account, reverse, transfer
from kinline.ledger.transfer_reasons import TransferReason
from kinline.people.authority import is_permitted
from kinline.people.models import User
from kinline.people.permissions import Permission

MOVEMENTS: Final = (TransferReason.AGENCY_PAYMENT, TransferReason.ADDITIVE_PAID)
"""What passes between an agency and us, beside calls."""


class MoreThanBroughtIn(AccountRefused):
    """Calls have brought in less for the agency's costs than was to be paid; `left` can be."""

    def __init__(self, left: Money) -> None:
        super().__init__(f"calls have brought in {left} for this agency's costs: pay at most that")
        self.left = left


@transaction.atomic
def take_agency_payment(agency: Agency, amount: Money, means: str, reference: str, by: User, at: Instant) -> Transfer:
    """An agency paid for talk that it gives; more than it owes stays on its account. The same reference is booked once.

    Raises `AccountRefused`, `NotYoursToDecide`; `ledger.services.KeyUsedOtherwise` for the same number with another
    amount.
    """
    _may(by)
    account = open_agency_account(agency.pk)
    key = f"agency_payment/{means}/{account}/{written_reference(means, reference)}"
    order = Order(key, house_account(AccountKind.CLEARING), account, amount, TransferReason.AGENCY_PAYMENT)
    return _written_down(order, agency, Action.AGENCY_PAYMENT_TAKEN, by, at, "")


@transaction.atomic
def pay_additive(
    agency: Agency, amount: Money, means: str, reference: str, costs: str, by: User, at: Instant
) -> Transfer:
    """Pay an agency costs that it documented (`costs` says with what), out of what its calls brought in for that alone,
    and never more. Raises as `take_agency_payment`, and `MoreThanBroughtIn`."""
    _may(by)
    if not costs.strip():
        raise AccountRefused("Say which costs, and which papers show them.")
    account = open_additive_account(agency.pk)
    key = f"additive_paid/{means}/{account}/{written_reference(means, reference)}"
    # One after the other, while calls go on adding to it.
    Account.objects.select_for_update(no_key=True).get(pk=account)
    left = balance(account)
    if left < amount and not Transfer.objects.filter(key=key).exists():
        raise MoreThanBroughtIn(left)
    order = Order(key, account, house_account(AccountKind.CLEARING), amount, TransferReason.ADDITIVE_PAID)
    return _written_down(order, agency, Action.ADDITIVE_PAID, by, at, costs)


@transaction.atomic
def undo_agency_movement(agency: Agency, key: str, by: User, at: Instant, reason: str) -> None:
    """It bounced, or was a mistake: its opposite is booked, once. Raises `AccountRefused`, `NotYoursToDecide`."""
    _may(by)
    theirs = (open_agency_account(agency.pk), open_additive_account(agency.pk))
    found = Transfer.objects.filter(key=key, reason__in=MOVEMENTS).first()
    if found is None or not {found.debit_id, found.credit_id} & set(theirs):
        raise AccountRefused("This agency has no such payment. Look at the list.")
    if not Transfer.objects.filter(key=reversal_of(key)).exists():
        reverse(key, at)
        _audit(Action.AGENCY_MOVEMENT_UNDONE, agency, by, at, {"payment": key}, reason)


def _written_down(order: Order, agency: Agency, action: Action, by: User, at: Instant, reason: str) -> Transfer:
    if order.amount <= ZERO:
        raise AccountRefused("A payment is more than nothing.")
    is_new = not Transfer.objects.filter(key=order.key).exists()
    moved = transfer(order, at)
    if is_new:
        _audit(action, agency, by, at, {"payment": order.key, "amount": str(order.amount)}, reason)
    return moved


def _audit(action: Action, agency: Agency, by: User, at: Instant, after: dict[str, str], reason: str) -> None:
    audit.record(f"user/{by.pk}", action, f"agency/{agency.pk}", at, after=after, reason=reason)


def _may(by: User) -> None:
    if not is_permitted(by, Permission.BILL_CUSTOMERS):
        raise NotYoursToDecide(by.pk)
