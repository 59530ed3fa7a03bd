"""What can be asked about paying afterwards: a customer's invoices, one invoice's lines, what is owed."""

from collections.abc import Sequence
from dataclasses import dataclass

from kinline.billing.models import Application, Invoice, Standing, Suspension
from kinline.billing.services.invoicing import PAYMENT, REVERSAL, invoiced
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger.models import Account, AccountKind, Transfer


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """All that was charged, or given back (`amount` is negative), for one call or for one other matter."""

    at: Instant
    call_id: int | None
    reason: str
    amount: Money


def direct_bill_of(customer_id: int) -> Account | None:
    """The customer's account that is paid by invoice; None: they have none."""
    return Account.objects.filter(kind=AccountKind.DIRECT_BILL, customer_id=customer_id).first()


def last_application_of(customer_id: int) -> Application | None:
    return Application.objects.filter(customer_id=customer_id).order_by("-at").first()


def waiting_applications() -> Sequence[Application]:
    """The applications that nobody decided yet, the oldest first."""
    waiting = Application.objects.filter(standing=Standing.PENDING)
    return list(waiting.select_related("customer__user").order_by("at"))


def invoices_of(account: AccountId) -> Sequence[Invoice]:
    """Newest first."""
    return list(Invoice.objects.filter(account=account).order_by("-since"))


def lines_of(invoice: Invoice) -> Sequence[InvoiceLine]:
    """A line for each call, with taxes and the facility's share, the oldest first. Together they are the amount."""
    lines: dict[object, InvoiceLine] = {}
    for transfer in invoiced(invoice.account_id, invoice.since, invoice.until).order_by("at", "id"):
        key: object = transfer.call_id or transfer.key
        sign = 1 if transfer.debit_id == invoice.account_id else -1
        before = lines[key].amount if key in lines else ZERO
        amount = before + Money(sign * transfer.amount)
        lines[key] = InvoiceLine(Instant(transfer.at), transfer.call_id, transfer.reason, amount)
    return list(lines.values())


def owed_for_collect(numbers: Sequence[str]) -> dict[str, Money]:
    """What each of the numbers owes for collect calls, of those that owe something."""
    owing = Account.objects.filter(kind=AccountKind.COLLECT_RECEIVABLE, number__in=numbers, posted__lt=0)
    return {account.number: Money(-account.posted) for account in owing.order_by("number")}


@dataclass(frozen=True, slots=True)
class PaymentTaken:
    """A cheque or a bank's transfer that was recorded; `returned`: it bounced."""

    key: str
    at: Instant
    amount: Money
    returned: bool


def payments_taken(account: AccountId) -> Sequence[PaymentTaken]:
    """What came from outside, the newest first."""
    taken = Transfer.objects.filter(credit_id=account, reason=PAYMENT, debit__kind=AccountKind.CLEARING)
    returned = set(Transfer.objects.filter(debit_id=account, reason=REVERSAL).values_list("key", flat=True))
    return [
        PaymentTaken(each.key, Instant(each.at), Money(each.amount), f"reverse/{each.key}"[:100] in returned)
        for each in taken.order_by("-at", "-id")
    ]


def suspension_of(account: AccountId) -> Suspension | None:
    """Why nothing more is spent on credit; None: it is not suspended."""
    return Suspension.objects.filter(account=account, lifted_at=None).first()
