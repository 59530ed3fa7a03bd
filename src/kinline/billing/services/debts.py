"""A debt that is paid with money which has come for it, and what happens when that money is taken back."""

from django.db import transaction
from django.db.models import Q, QuerySet

from kinline.billing.services.collecting import COLLECT, pay_collect
from kinline.billing.services.invoicing import PAYMENT, pay_from_balance, return_payment, tell_received
from kinline.billing.services.suspending import make_room
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import reversal_of
from kinline.ledger.services import reverse


@transaction.atomic
def pay_debt(prepaid: AccountId, debt: AccountId, most: Money, key: str, at: Instant) -> Transfer | None:
    """Pay what is owed now of a debt (`queries.debts_of`), but not more than `most`, from a customer's prepaid money.
    What is not owed stays theirs; None: nothing is owed any more.

    Raises as `ledger.services.transfer`.
    """
    owing = Account.objects.select_for_update().get(pk=debt)
    amount = min(Money(-owing.posted), most)
    if amount <= ZERO:
        return None
    if owing.kind == AccountKind.COLLECT_RECEIVABLE:
        return pay_collect(prepaid, owing.number, key, at, most)
    paid = pay_from_balance(prepaid, debt, amount, key, at)
    tell_received(paid, at)
    return paid


@transaction.atomic
def reopen_debt(debt: AccountId, key: str, at: Instant) -> None:
    """Undo what was paid of a debt under `key`, or under a key that begins with it and a stroke: it is owed again, and
    the customer has the money on their prepaid account. Idempotent."""
    owing = Account.objects.select_for_update().get(pk=debt)
    for paid in _paid(debt, key):
        if owing.kind == AccountKind.DIRECT_BILL:
            return_payment(paid.key, at)
        elif not Transfer.objects.filter(key=reversal_of(paid.key)).exists():
            make_room(owing, Money(paid.amount), at)
            reverse(paid.key, at)
            owing.refresh_from_db()


def _paid(debt: AccountId, key: str) -> QuerySet[Transfer]:
    ways = (f"{PAYMENT}/{key}", f"{COLLECT}/{key}")
    named = Q(key__in=ways) | Q(key__startswith=f"{ways[0]}/") | Q(key__startswith=f"{ways[1]}/")
    return Transfer.objects.filter(named, credit_id=debt).order_by("pk")
