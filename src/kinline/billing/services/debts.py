"""A debt that is paid with money which has come for it."""

from django.db import transaction

from kinline.billing.services.collecting import pay_collect
from kinline.billing.services.invoicing import pay_from_balance, tell_received
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger.models import Account, AccountKind, Transfer


@transaction.atomic
def pay_debt(prepaid: AccountId, debt: AccountId, most: Money, key: str, at: Instant) -> Transfer | None:
    """Pay what is owed now of a debt (`queries.debts_of`), but not more than `most`, from a customer's prepaid money.
    What is not owed stays theirs; None: nothing is owed any more.

    Raises as `ledger.services.transfer`.
    """
    owing = Account.objects.select_for_update().get(pk=debt)
    if owing.kind == AccountKind.COLLECT_RECEIVABLE:
        return pay_collect(prepaid, owing.number, key, at, most)
    amount = min(Money(-owing.posted), most)
    if amount <= ZERO:
        return None
    paid = pay_from_balance(prepaid, debt, amount, key, at)
    tell_received(paid, at)
    return paid
