"""A debt that is paid with money which has come for it."""

from django.db import transaction

from kinline.billing.services.invoicing import pay_from_balance
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.ledger.services import transfer
from kinline.notices import services as notices
from kinline.notices.kinds import Kind


@transaction.atomic
def pay_debt(prepaid: AccountId, debt: AccountId, most: Money, key: str, at: Instant) -> Transfer | None:
    """Pay what is owed now of a debt (`queries.debts_of`), but not more than `most`, from a customer's prepaid money.
    What is not owed stays theirs; None: nothing is owed any more.

    Raises as `ledger.services.transfer`.
    """
    owing = Account.objects.select_for_update().get(pk=debt)
    amount = min(Money(-owing.posted), most)
    if amount.micros <= 0:
        return None
    if owing.kind == AccountKind.DIRECT_BILL:
        paid = pay_from_balance(prepaid, debt, amount, key, at)
        told = f"{paid.key}/received"
        notices.tell_customer(owing.customer_id, Kind.INVOICE_PAYMENT_RECEIVED, told, at, amount=amount)
        return paid
    return transfer(Order(f"collect/{key}", prepaid, debt, amount, "collect_payment"), at)
