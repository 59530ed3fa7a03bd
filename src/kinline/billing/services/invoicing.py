"""Monthly invoices of direct bill accounts: made, paid, reminded of."""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from kinline.billing.models import Invoice, InvoicedTransfer
from kinline.billing.services.reviewing import require_no_review
from kinline.billing.services.suspending import make_room, settle_limit
from kinline.core import windows
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order, reversal_of
from kinline.ledger.queries import house_account
from kinline.ledger.services import open_customer_account, reverse, transfer
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.statements import retried

PAYMENT: Final = "invoice_payment"
"""The reason of transfers that pay invoices: no line of any."""

REVERSAL: Final = "reversal"

OVERPAID: Final = "overpaid"
"""The reason of transfers that take a payment off the bill again, to the customer's prepaid money: no line either."""

DAYS_TO_PAY: Final = 21
REMINDED_AFTER: Final = (7, 14)
"""Days after the due date."""
_DAY: Final = 86_400_000
_UTC: Final = ZoneInfo("UTC")
_TAKEN_BACK: Final = (REVERSAL, OVERPAID)


def issue_invoices(at: Instant) -> int:
    """Make the invoices of the months that are over, for all that was not invoiced yet; how many. Done again it makes
    none twice. What is written later of these months is on the next."""
    until = month_start(at)
    accounts = Account.objects.filter(kind=AccountKind.DIRECT_BILL)
    return sum(_issue(account, until, at) for account in accounts.iterator())


@retried
@transaction.atomic
def record_payment(account: AccountId, amount: Money, key: str, at: Instant) -> Transfer:
    """A cheque or a bank's transfer arrived: it covers the oldest invoice first, and calls go on at once. More than is
    owed stays on the account. Raises as `ledger.services.transfer`."""
    paid = pay_invoices(Order(f"{PAYMENT}/{key}", house_account(AccountKind.CLEARING), account, amount, PAYMENT), at)
    tell_received(paid, at)
    return paid


def tell_received(paid: Transfer, at: Instant) -> None:
    """Tell the customer that their payment came from outside."""
    key, amount = f"{paid.key}/received", Money(paid.amount)
    notices.tell_customer(paid.credit.customer_id, Kind.INVOICE_PAYMENT_RECEIVED, key, at, amount=amount)


def pay_from_balance(prepaid: AccountId, account: AccountId, amount: Money, key: str, at: Instant) -> Transfer:
    """The customer pays from their prepaid money. Raises `UnderReview`, and as `ledger.services.transfer`."""
    require_no_review(prepaid)
    return pay_invoices(Order(f"{PAYMENT}/{key}", prepaid, account, amount, PAYMENT), at)


@retried
@transaction.atomic
def return_payment(key: str, at: Instant) -> Transfer:
    """A payment bounced, which its payer is told. Idempotent. Raises as `ledger.services.reverse`."""
    returned = take_back(key, at)
    tell_returned(returned.debit.customer_id, Money(returned.amount), f"{key}/returned", at)
    return returned


@transaction.atomic
def take_back(key: str, at: Instant) -> Transfer:
    """Undo a payment: what it had covered is owed again, also where that passes the credit limit
    (`suspending.make_room`). Idempotent. Raises as `ledger.services.reverse`."""
    if paid := Transfer.objects.filter(key=key).first():
        owing = Account.objects.select_for_update().get(pk=paid.credit_id)
        if not Transfer.objects.filter(key=reversal_of(key)).exists():
            make_room(owing, Money(paid.amount), at)
    returned = reverse(key, at)
    _cover(returned.debit_id, at)
    return returned


def tell_returned(customer: int | None, amount: Money, occasion: str, at: Instant) -> None:
    """Tell a customer that a bank took back what had paid a debt of theirs."""
    notices.tell_customer(customer, Kind.INVOICE_PAYMENT_RETURNED, occasion, at, amount=amount)


@retried
@transaction.atomic
def give_back_overpaid(customer_id: int, at: Instant) -> Money:
    """What was paid of a customer's monthly bill beyond what is owed and held, or credited to it beyond that, is on
    their prepaid account from now on, from which it can go back. How much."""
    theirs = Account.objects.filter(
        customer_id=customer_id, kind__in=(AccountKind.CUSTOMER_PREPAID, AccountKind.DIRECT_BILL)
    )
    locked = {each.kind: each for each in theirs.select_for_update().order_by("kind")}  # as others who lock both
    bill = locked.get(AccountKind.DIRECT_BILL)
    over = ZERO if bill is None else beyond(bill)
    if bill is None or over == ZERO:
        return ZERO
    prepaid = open_customer_account(customer_id)
    invoices = Invoice.objects.filter(account=bill).aggregate(sum=Sum("amount"))["sum"] or 0
    paid = min(over, max(Money(_paid(bill.pk) - invoices), ZERO))
    # A credit for a call is a line of an invoice, and so it must be that it went; a payment is a line of none.
    for reason, amount in ((OVERPAID, paid), ("given_back", over - paid)):
        if amount > ZERO:
            earlier = Transfer.objects.filter(debit=bill, reason=reason).count()
            key = f"{reason}/bill/{bill.pk}/{earlier + 1}"
            transfer(Order(key, AccountId(bill.pk), prepaid, amount, reason), at)
    return over


def beyond(bill: Account) -> Money:
    """What of a monthly bill is its customer's: neither owed nor held for a call."""
    return ZERO if bill.review_since is not None else max(Money(bill.posted - bill.held), ZERO)


def remind(at: Instant) -> int:
    """Send the reminders that are due; how many. Each invoice is reminded of at most once for each of the days."""
    reminded = 0
    for invoice in Invoice.objects.filter(paid_at=None, due_at__lt=at).select_related("account"):
        due = sum(invoice.due_at + days * _DAY <= at for days in (0, *REMINDED_AFTER))
        if due > invoice.reminders:
            reminded += _remind(invoice, due, at)
    return reminded


@transaction.atomic
def _remind(invoice: Invoice, times: int, at: Instant) -> int:
    as_read = Invoice.objects.filter(pk=invoice.pk, reminders=invoice.reminders, paid_at=None)
    reminded = as_read.update(reminders=times, reminded_at=at)
    if reminded:
        _tell(Kind.INVOICE_REMINDER, invoice, f"reminder/{times}", at)
    return reminded


def not_invoiced(account: int, until: Instant) -> QuerySet[Transfer]:
    """What an invoice of this time would have on it: what was charged and what was credited, and stands on none yet;
    neither payments nor payments that bounced or went back."""
    sides = Transfer.objects.filter(Q(debit=account) | Q(credit=account), at__lt=until, invoiced=None)
    return sides.exclude(reason=PAYMENT).exclude(reason__in=_TAKEN_BACK, debit=account)


def month_start(at: Instant) -> Instant:
    """When the month began (UTC)."""
    return windows.month_start(_UTC, at)


def day_of(at: int) -> date:
    """The day (UTC) of an instant."""
    return datetime.fromtimestamp(at / 1000, UTC).date()


@transaction.atomic
def _issue(account: Account, until: Instant, at: Instant) -> int:
    Account.objects.select_for_update().get(pk=account.pk)  # two workers make one after the other
    last = Invoice.objects.filter(account=account).order_by("-until").first()
    since = last.until if last else 0
    if since >= until:
        return 0
    lines = list(not_invoiced(account.pk, until))
    amount = sum(line.amount if line.debit_id == account.pk else -line.amount for line in lines)
    if amount <= 0:  # what was credited is taken off the next
        return 0
    month = datetime.fromtimestamp((until - 1) / 1000, UTC)
    invoice = Invoice.objects.create(
        number=f"{month:%Y-%m}-{account.pk:06}",
        account=account,
        since=since,
        until=until,
        amount=amount,
        issued_at=at,
        due_at=at + DAYS_TO_PAY * _DAY,
    )
    InvoicedTransfer.objects.bulk_create([InvoicedTransfer(transfer=line, invoice=invoice) for line in lines])
    _cover(account.pk, at)
    _tell(Kind.INVOICE_ISSUED, invoice, "issued", at)
    return 1


def _tell(kind: Kind, invoice: Invoice, occasion: str, at: Instant) -> None:
    notices.tell_customer(
        invoice.account.customer_id,
        kind,
        f"invoice/{invoice.number}/{occasion}",
        at,
        document=f"invoice/{invoice.number}",
        number=invoice.number,
        amount=Money(invoice.amount),
        due=day_of(invoice.due_at),
    )


@transaction.atomic
def pay_invoices(order: Order, at: Instant) -> Transfer:
    """Move what pays invoices, and mark those that it covers. Raises as `ledger.services.transfer`."""
    paid = transfer(order, at)
    _cover(order.credit, at)
    return paid


@transaction.atomic
def _cover(account: int, at: Instant) -> None:
    """Mark the invoices that all payments together reach for, the oldest first."""
    settle_limit(Account.objects.select_for_update().get(pk=account), at)
    left = _paid(account)
    for invoice in Invoice.objects.filter(account=account).order_by("since"):
        left -= invoice.amount
        if left < 0:
            Invoice.objects.filter(account=account, since__gte=invoice.since).update(paid_at=None)
            return
        Invoice.objects.filter(pk=invoice.pk, paid_at=None).update(paid_at=at)


def _paid(account: int) -> int:
    """All payments together, without those that bounced or went back. Microdollars."""
    payments = Transfer.objects.filter(credit_id=account, reason=PAYMENT).aggregate(sum=Sum("amount"))["sum"] or 0
    gone = Transfer.objects.filter(debit_id=account, reason__in=_TAKEN_BACK).aggregate(sum=Sum("amount"))["sum"] or 0
    return payments - gone
