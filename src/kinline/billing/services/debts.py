"""A debt that is paid with money which has come for it, and what happens when that money is taken back."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from kinline.billing.services.collecting import COLLECT, collect_payment
from kinline.billing.services.invoicing import PAYMENT, pay_invoices, take_back
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order, reversal_of
from kinline.ledger.services import transfer


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
        return transfer(collect_payment(prepaid, debt, amount, key), at)
    return pay_invoices(Order(f"{PAYMENT}/{key}", prepaid, debt, amount, PAYMENT), at)


@transaction.atomic
def reopen_debt(debt: AccountId, key: str, at: Instant) -> Money:
    """Undo what was paid of a debt under `key` and still stands: it is owed again, and the customer has the money on
    their prepaid account. Gives how much that was."""
    Account.objects.select_for_update().get(pk=debt)
    undone = paid_of_debt(debt, key)
    for paid in _standing(debt, key):
        take_back(paid.key, at)
    return undone


@transaction.atomic
def pay_again(prepaid: AccountId, debt: AccountId, most: Money, key: str, part: str, at: Instant) -> Transfer | None:
    """Pay again what was paid of a debt under `key` and undone, as `pay_debt` does: `part` makes the key another."""
    first = Transfer.objects.filter(key__in=(f"{PAYMENT}/{key}", f"{COLLECT}/{key}"), credit_id=debt).first()
    if first is None:
        return None
    return pay_debt(prepaid, debt, min(most, Money(first.amount) - paid_of_debt(debt, key)), f"{key}/{part}", at)


def paid_of_debt(debt: AccountId, key: str) -> Money:
    """What is paid of a debt under `key`, or under a key that begins with it and a stroke: less what was undone, since
    then it is owed again."""
    return sum((Money(paid.amount) for paid in _standing(debt, key)), ZERO)


def _standing(debt: AccountId, key: str) -> Sequence[Transfer]:
    """The payments of a debt under `key`, or under a key that begins with it and a stroke, that nothing undid."""
    first, collect = f"{PAYMENT}/{key}", f"{COLLECT}/{key}"
    named = Q(key__in=(first, collect)) | Q(key__startswith=f"{first}/") | Q(key__startswith=f"{collect}/")
    paid = list(Transfer.objects.filter(named, credit_id=debt).order_by("pk"))
    undone = set(
        Transfer.objects.filter(key__in=[reversal_of(each.key) for each in paid]).values_list("key", flat=True)
    )
    return [each for each in paid if reversal_of(each.key) not in undone]
