"""The only writers of the ledger, besides the calls' own authorise and settle, which post through the same rows."""

from django.db.models import F

from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.money import Money
from kinline.ledger import queries
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order, moved, reversal_of, written
from kinline.statements import retried, write


class LedgerError(Exception):
    """Money was not moved."""


class KeyUsedOtherwise(LedgerError):
    """The idempotency key was used before with other inputs."""

    def __init__(self, key: str) -> None:
        super().__init__(f"key {key} was used for another transfer")
        self.key = key


class NotEnough(LedgerError):
    """The debited account would pass its credit limit; money on hold counts as spent."""

    def __init__(self, account: AccountId, available: Money, amount: Money) -> None:
        super().__init__(f"account {account} has {available} available, {amount} was asked")
        self.account = account
        self.available = available
        self.amount = amount


class UnknownAccount(LedgerError):
    """No account has this id."""


class UnknownTransfer(LedgerError):
    """No transfer has this key."""


def open_customer_account(customer_id: int) -> AccountId:
    """The customer's prepaid account; opened at the first call."""
    return AccountId(Account.objects.get_or_create(kind=AccountKind.CUSTOMER_PREPAID, customer_id=customer_id)[0].pk)


def open_resident_account(resident_id: ResidentId) -> AccountId:
    """The resident's debit account; opened at the first call."""
    return AccountId(Account.objects.get_or_create(kind=AccountKind.RESIDENT_DEBIT, resident_id=resident_id)[0].pk)


def open_dedicated_account(customer_id: int, number: str) -> AccountId:
    """The customer's money for calls to a dedicated number; opened at the first call."""
    return AccountId(
        Account.objects.get_or_create(kind=AccountKind.DEDICATED, customer_id=customer_id, number=number)[0].pk
    )


def open_direct_bill_account(customer_id: int, credit_limit: Money) -> AccountId:
    """The customer's account that is paid by invoice; a limit that is set again replaces the one before.

    Raises `NotEnough` when more is owed than the new limit.
    """
    account, _ = Account.objects.get_or_create(kind=AccountKind.DIRECT_BILL, customer_id=customer_id)
    _limit(account, credit_limit)
    return AccountId(account.pk)


def open_collect_account(number: str, allowance: Money) -> AccountId:
    """What a number owes for collect calls, up to the highest allowance of those that it was given."""
    account, _ = Account.objects.get_or_create(kind=AccountKind.COLLECT_RECEIVABLE, number=number)
    if account.credit_limit < allowance.micros:
        _limit(account, allowance)
    return AccountId(account.pk)


def open_agency_account(agency_id: int) -> AccountId:
    """What an agency owes for talk that it gives; opened at the first call."""
    return AccountId(Account.objects.get_or_create(kind=AccountKind.AGENCY_PAID, agency_id=agency_id)[0].pk)


def open_additive_account(agency_id: int) -> AccountId:
    """What an agency is owed for its costs of calls; opened at the first call."""
    return AccountId(Account.objects.get_or_create(kind=AccountKind.FACILITY_ADDITIVE, agency_id=agency_id)[0].pk)


def deposit(account: AccountId, amount: Money, key: str, at: Instant) -> Transfer:
    """Put money from outside onto an account. Raises as `transfer`."""
    return transfer(Order(key, queries.house_account(AccountKind.CLEARING), account, amount, "deposit"), at)


@retried
def transfer(order: Order, at: Instant) -> Transfer:
    """Move money, once for the order's key: a replay gives the first transfer.

    Raises `KeyUsedOtherwise`, `NotEnough`, or `ValueError` for an amount that is not more than nothing.
    """
    if order.amount.micros <= 0:
        raise ValueError(f"a transfer moves more than nothing, not {order.amount}")
    if earlier := Transfer.objects.filter(key=order.key).first():
        if earlier.inputs != order.inputs:
            raise KeyUsedOtherwise(order.key)
        return earlier
    _require(order)
    write((written((order,), at), moved(order)))
    return Transfer.objects.get(key=order.key)


def reverse(key: str, at: Instant) -> Transfer:
    """Undo a transfer by its opposite; there is at most one reversal of each. Raises as `transfer`."""
    original = Transfer.objects.filter(key=key).first()
    if original is None:
        raise UnknownTransfer(key)
    order = Order(
        reversal_of(key),
        AccountId(original.credit_id),
        AccountId(original.debit_id),
        Money(original.amount),
        "reversal",
    )
    return transfer(order, at)


def _limit(account: Account, limit: Money) -> None:
    within = Account.objects.filter(pk=account.pk, posted__gte=F("held") - limit.micros)
    if not within.update(credit_limit=limit.micros):
        raise NotEnough(AccountId(account.pk), limit, Money(account.held - account.posted))


def _require(order: Order) -> None:
    """Say who lacks what, before the database refuses without words. Raises `NotEnough`."""
    debit = Account.objects.filter(pk=order.debit).first()
    if debit is None or not Account.objects.filter(pk=order.credit).exists():
        raise UnknownAccount(f"{order.debit} or {order.credit}")
    available = queries.available(debit)
    if available is not None and available < order.amount:
        raise NotEnough(order.debit, available, order.amount)
