"""An invoice as an itemised bill: each call as a statement shows it, and what all of them come to part by part."""

from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kinline.billing.models import Invoice
from kinline.billing.queries import InvoiceLine, lines_of
from kinline.calls.account_statement import CallOnStatement, on_statement
from kinline.calls.models import Call
from kinline.calls.priced import charged
from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.core.tariff import Charge, TaxLine
from kinline.ledger.models import Transfer
from kinline.ledger.transfer_reasons import TransferReason


@dataclass(frozen=True, slots=True)
class BilledCall:
    """`began` is when talk began; `zone` the facility's, on whose clock that is read."""

    call: CallOnStatement
    began: Instant
    zone: ZoneInfo
    cost: Charge | None


@dataclass(frozen=True, slots=True)
class ItemisedLine:
    """`call` is None for what is about none, such as a credit for an outage."""

    line: InvoiceLine
    call: BilledCall | None

    @property
    def is_charge(self) -> bool:
        """The call itself is on it, not only what was given back of it later."""
        return self.call is not None and not self.line.parts.keys().isdisjoint(_CHARGED)


@dataclass(frozen=True, slots=True)
class ItemisedBill:
    """The lines, the oldest first, and their parts: together, less `credited`, they are the invoice's amount."""

    lines: tuple[ItemisedLine, ...]
    talk: Money
    termination: Money
    """Passed on to networks abroad."""
    facility_additive: Money
    taxes: tuple[TaxLine, ...]
    """Each by its name."""
    other_taxes: Money
    """Of calls whose row does not tell them apart."""
    credited: Money


_CHARGED = (TransferReason.CHARGE, TransferReason.FACILITY_ADDITIVE, TransferReason.TAXES)


def itemised(invoice: Invoice) -> ItemisedBill:
    """Everything that stands on the invoice."""
    calls = _calls(invoice)
    lines = tuple(ItemisedLine(line, calls.get(line.call_id or 0)) for line in lines_of(invoice))
    sums: defaultdict[str, Money] = defaultdict(lambda: ZERO)
    taxes: defaultdict[str, Money] = defaultdict(lambda: ZERO)
    termination = other_taxes = ZERO
    for each in lines:
        for reason, amount in each.line.parts.items():
            sums[reason if reason in _CHARGED else TransferReason.CREDIT] += amount
        cost = each.call.cost if each.call is not None and each.is_charge else None
        if cost is None:
            other_taxes += each.line.parts.get(TransferReason.TAXES, ZERO)
            continue
        termination += cost.termination
        for tax in cost.taxes:
            taxes[tax.name] += tax.amount
    return ItemisedBill(
        lines,
        sums[TransferReason.CHARGE] - termination,
        termination,
        sums[TransferReason.FACILITY_ADDITIVE],
        tuple(TaxLine(name, amount) for name, amount in taxes.items()),
        other_taxes,
        -sums[TransferReason.CREDIT],
    )


def _calls(invoice: Invoice) -> dict[int, BilledCall]:
    ids = Transfer.objects.filter(invoiced__invoice=invoice).values("call_id")
    return {
        call.pk: BilledCall(
            on_statement(call),
            Instant(call.accepted_at or call.opened_at),
            ZoneInfo(call.facility.time_zone),
            charged(call),
        )
        for call in Call.objects.filter(pk__in=ids).select_related("facility")
    }
