"""What can be asked about paying afterwards: a customer's invoices, one invoice's lines, what is owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from kinline.billing.models import Application, Invoice, Standing, Suspension
from kinline.billing.services.agencies import MOVEMENTS
from kinline.billing.services.invoicing import PAYMENT, REVERSAL, beyond, month_start
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.facilities.models import Agency
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import reversal_of
from kinline.ledger.queries import balance
from kinline.ledger.transfer_reasons import TransferReason
from kinline.people.models import CustomerNumber


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """All that was charged, or given back (then `amount` is negative), for one call or for one other matter."""

    at: Instant
    call_id: int | None
    reason: str
    """Of the last movement in it."""
    parts: Mapping[str, Money]
    """By the reasons of its movements; what was given back is negative."""

    @property
    def amount(self) -> Money:
        return sum(self.parts.values(), ZERO)


def direct_bill_of(customer_id: int) -> Account | None:
    """The customer's account that is paid by invoice; None: they have none."""
    return Account.objects.filter(kind=AccountKind.DIRECT_BILL, customer_id=customer_id).first()


def overpaid(customer_id: int) -> Money:
    """What of their monthly bill is theirs, and can go back (`services.give_back_overpaid`)."""
    bill = direct_bill_of(customer_id)
    return ZERO if bill is None else beyond(bill)


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
    for transfer in Transfer.objects.filter(invoiced__invoice=invoice).order_by("at", "id"):
        key: object = transfer.call_id or transfer.key
        parts = dict(lines[key].parts) if key in lines else {}
        sign = 1 if transfer.debit_id == invoice.account_id else -1
        parts[transfer.reason] = parts.get(transfer.reason, ZERO) + Money(sign * transfer.amount)
        lines[key] = InvoiceLine(Instant(transfer.at), transfer.call_id, transfer.reason, parts)
    return list(lines.values())


@dataclass(frozen=True, slots=True)
class Debt:
    """What a customer owes for calls on credit. `number`: for collect calls to it; empty: by their monthly bill."""

    account: AccountId
    number: str
    owed: Money


def debts_of(customer_id: int) -> Sequence[Debt]:
    """All that a customer owes now: by their monthly bill, and for collect calls to their confirmed numbers."""
    theirs = CustomerNumber.objects.filter(customer_id=customer_id, is_verified=True).values("number")
    owing = Account.objects.filter(
        Q(kind=AccountKind.DIRECT_BILL, customer_id=customer_id)
        | Q(kind=AccountKind.COLLECT_RECEIVABLE, number__in=theirs),
        posted__lt=0,
    )
    return [Debt(AccountId(each.pk), each.number, Money(-each.posted)) for each in owing.order_by("number")]


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
        PaymentTaken(each.key, Instant(each.at), Money(each.amount), reversal_of(each.key) in returned)
        for each in taken.order_by("-at", "-id")
    ]


@dataclass(frozen=True, slots=True)
class AgencyMonth:
    """What the calls of a month (UTC) came to: talk that the agency gives, and what they brought in for its costs."""

    began: Instant
    given: Money
    additive: Money


@dataclass(frozen=True, slots=True)
class AgencyMovement:
    """A payment from an agency, or (`is_to_agency`) to it; `undone`: it was taken back."""

    key: str
    at: Instant
    amount: Money
    is_to_agency: bool
    undone: bool


@dataclass(frozen=True, slots=True)
class AgencyBooks:
    """`owes`: for talk that it gives, payments deducted. `is_owed`: of the facility-related component, what is not paid
    out."""

    agency: Agency
    owes: Money
    is_owed: Money
    months: tuple[AgencyMonth, ...]
    movements: tuple[AgencyMovement, ...]


def agency_books(agency: Agency, at: Instant, months: int = 13) -> AgencyBooks:
    """What stands between an agency and us, with the last months, the newest first."""
    accounts = dict(Account.objects.filter(agency=agency).values_list("kind", "pk"))
    paid, additive = accounts.get(AccountKind.AGENCY_PAID), accounts.get(AccountKind.FACILITY_ADDITIVE)
    starts = [month_start(at)]
    while len(starts) < months:
        starts.append(month_start(Instant(starts[-1] - 1)))
    spans = list(zip(starts, [Instant(at + 1), *starts], strict=False))
    given = _by_month(Transfer.objects.filter(debit=paid, reason=TransferReason.AGENCY_PAID), spans)
    brought = _by_month(Transfer.objects.filter(credit=additive, reason=TransferReason.FACILITY_ADDITIVE), spans)
    moved = Transfer.objects.filter(Q(debit=additive) | Q(credit=paid), reason__in=MOVEMENTS).order_by("-at", "-id")[
        :50
    ]
    undone = set(
        Transfer.objects.filter(key__in=[reversal_of(each.key) for each in moved]).values_list("key", flat=True)
    )
    return AgencyBooks(
        agency,
        ZERO - balance(AccountId(paid)) if paid else ZERO,
        balance(AccountId(additive)) if additive else ZERO,
        tuple(
            AgencyMonth(began, of_given, of_additive)
            for began, of_given, of_additive in zip(starts, given, brought, strict=True)
            if of_given.micros or of_additive.micros
        ),
        tuple(
            AgencyMovement(
                each.key,
                Instant(each.at),
                Money(each.amount),
                each.debit_id == additive,
                reversal_of(each.key) in undone,
            )
            for each in moved
        ),
    )


def _by_month(transfers: QuerySet[Transfer], spans: Sequence[tuple[Instant, Instant]]) -> list[Money]:
    sums = {
        f"month{number}": Sum("amount", filter=Q(at__gte=since, at__lt=until))
        for number, (since, until) in enumerate(spans)
    }
    found = transfers.filter(at__gte=spans[-1][0]).aggregate(**sums)
    return [Money(int(found[name] or 0)) for name in sums]


def suspension_of(account: AccountId) -> Suspension | None:
    """Why nothing more is spent on credit; None: it is not suspended."""
    return Suspension.objects.filter(account=account, lifted_at=None).first()
