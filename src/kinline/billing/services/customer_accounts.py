"""What finance does to a customer's monthly bill: payments that came or bounced, suspension, restoration. Audited."""

import re
from typing import Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.billing.models import Suspension
from kinline.billing.services.applying import NotYoursToDecide
from kinline.billing.services.invoicing import PAYMENT, record_payment, return_payment
from kinline.billing.services.suspending import settle_limit
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import reversal_of
from kinline.ledger.services import open_direct_bill_account
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.people.authority import is_permitted
from kinline.people.models import User
from kinline.people.permissions import Permission

MEANS: Final = ("cheque", "bank")
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,38}")


class AccountRefused(ValueError):
    """It was not done: says why and what to do."""


@transaction.atomic
def take_payment(account: AccountId, amount: Money, means: str, reference: str, by: User, at: Instant) -> Transfer:
    """A cheque, or a bank's transfer, arrived. `reference` is its number: the same one is booked once.

    Raises `AccountRefused`, `NotYoursToDecide`; `ledger.services.KeyUsedOtherwise` for the same number with another
    amount.
    """
    of_customer = _of_customer(account, by)
    if amount <= ZERO:
        raise AccountRefused("A payment is more than nothing.")
    key = f"{means}/{account}/{written_reference(means, reference)}"
    is_new = not Transfer.objects.filter(key=f"{PAYMENT}/{key}").exists()
    taken = record_payment(account, amount, key, at)
    if is_new:
        after = {"amount": str(amount), "means": means, "reference": reference}
        audit.record(f"user/{by.pk}", Action.INVOICE_PAYMENT_TAKEN, _subject(of_customer), at, after=after)
    return taken


@transaction.atomic
def return_taken_payment(account: AccountId, key: str, by: User, at: Instant, reason: str) -> None:
    """A payment that was taken bounced: what it had covered is open again. Idempotent.

    Raises `AccountRefused`, `NotYoursToDecide`.
    """
    of_customer = _of_customer(account, by)
    taken = Transfer.objects.filter(key=key, credit_id=account, reason=PAYMENT, debit__kind=AccountKind.CLEARING)
    if not taken.exists():
        raise AccountRefused("This account has no such payment. Look at the list.")
    if Transfer.objects.filter(key=reversal_of(key)).exists():
        return
    return_payment(key, at)
    audit.record(
        f"user/{by.pk}",
        Action.INVOICE_PAYMENT_RETURNED,
        _subject(of_customer),
        at,
        after={"payment": key},
        reason=reason,
    )


@transaction.atomic
def suspend(account: AccountId, by: User, at: Instant, reason: str) -> Suspension:
    """Nothing more is spent on credit; what is owed, and calls in progress, stay. At a replay the suspension that
    there is. Raises `NotYoursToDecide`."""
    locked = _locked(account, by)
    known = Suspension.objects.filter(account=locked, lifted_at=None).first()
    if known is not None and known.until_restored:
        return known
    known = known or Suspension(account=locked, credit_limit=locked.credit_limit, at=at)
    known.until_restored, known.reason = True, reason[:200]
    known.save()
    _settled(Action.DIRECT_BILL_SUSPENDED, locked, by, at, reason)
    key = f"account/{locked.pk}/suspended/{known.pk}"
    notices.tell_customer(locked.customer_id, Kind.DIRECT_BILL_SUSPENDED, key, at, reason=known.reason)
    return known


@transaction.atomic
def restore(account: AccountId, by: User, at: Instant, reason: str) -> None:
    """The credit limit from before the suspension is in force again, as soon as no more is owed. Idempotent.

    Raises `NotYoursToDecide`.
    """
    locked = _locked(account, by)
    if Suspension.objects.filter(account=locked, lifted_at=None, until_restored=True).update(until_restored=False):
        _settled(Action.DIRECT_BILL_RESTORED, locked, by, at, reason)


@transaction.atomic
def set_limit(account: AccountId, limit: Money, by: User, at: Instant, reason: str) -> None:
    """Another credit limit from the next call on; what is owed stays. Idempotent.

    Raises `AccountRefused` for nothing, and while finance has suspended it; `NotYoursToDecide`;
    `ledger.services.NotEnough` for less than is owed or held.
    """
    if limit <= ZERO:
        raise AccountRefused("The credit limit must be more than nothing: suspend the account instead.")
    locked = _locked(account, by)
    known = Suspension.objects.filter(account=locked, lifted_at=None).first()
    if known is None:
        if Money(locked.credit_limit) == limit:
            return
    elif known.until_restored:
        raise AccountRefused("The account is suspended: restore it first.")
    else:
        known.credit_limit = limit.micros
        known.save(update_fields=["credit_limit"])
    open_direct_bill_account(locked.customer_id or 0, limit)
    _settled(Action.DIRECT_BILL_LIMIT_SET, locked, by, at, reason)
    key = f"account/{locked.pk}/limit/{at}"
    notices.tell_customer(locked.customer_id, Kind.DIRECT_BILL_LIMIT_SET, key, at, limit=limit, reason=reason[:200])


def _settled(action: Action, before: Account, by: User, at: Instant, reason: str) -> None:
    """Bring the limit to what was decided, and write both into the trail."""
    settle_limit(Account.objects.get(pk=before.pk), at)
    after = Account.objects.values_list("credit_limit", flat=True).get(pk=before.pk)
    audit.record(
        f"user/{by.pk}",
        action,
        _subject(before),
        at,
        before={"credit_limit": str(Money(before.credit_limit))},
        after={"credit_limit": str(Money(after))},
        reason=reason,
    )


def _locked(account: AccountId, by: User) -> Account:
    return Account.objects.select_for_update().get(pk=_of_customer(account, by).pk)


def written_reference(means: str, reference: str) -> str:
    """The number of a cheque or transfer as it stands in a key, however it was typed. Raises `AccountRefused`."""
    if means not in MEANS or not _REFERENCE.fullmatch(reference):
        raise AccountRefused("Write the number of the cheque or transfer: letters, digits, points and hyphens.")
    return reference.upper().replace(" ", "")


def _of_customer(account: AccountId, by: User) -> Account:
    if not is_permitted(by, Permission.BILL_CUSTOMERS):
        raise NotYoursToDecide(by.pk)
    found = Account.objects.filter(pk=account, kind=AccountKind.DIRECT_BILL).first()
    if found is None:
        raise AccountRefused("There is no such account with a monthly bill.")
    return found


def _subject(account: Account) -> str:
    return f"customer/{account.customer_id}"
