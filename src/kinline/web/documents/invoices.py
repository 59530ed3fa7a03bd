"""An invoice, on its page and on paper."""

from datetime import UTC
from typing import Any

from django.utils.translation import gettext_lazy as _

from kinline.billing.models import Invoice
from kinline.calls.itemised import ItemisedLine, itemised
from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.web.clock import in_utc
from kinline.web.documents.paper import paper
from kinline.web.documents.statement_words import REASONS
from kinline.web.local_time import LocalTime


def invoice_contents(invoice: Invoice) -> dict[str, Any]:
    """What `invoice_contents.html` shows."""
    bill = itemised(invoice)
    return {
        "invoice": invoice,
        "customer": invoice.account.customer,
        "amount": Money(invoice.amount),
        "first_day": in_utc(invoice.since) if invoice.since else None,
        "last_day": in_utc(invoice.until - 1),
        "issued": in_utc(invoice.issued_at),
        "due": in_utc(invoice.due_at),
        "paid": in_utc(invoice.paid_at) if invoice.paid_at else None,
        "bill": bill,
        "lines": [(_when(each), _what(each), each) for each in bill.lines],
    }


def _when(each: ItemisedLine) -> LocalTime:
    """A call on its facility's clock."""
    if each.call is not None and each.is_charge:
        return LocalTime.of(each.call.began, each.call.zone)
    return LocalTime.of(each.line.at, UTC)


def _what(each: ItemisedLine) -> Any:
    return REASONS["call"] if each.is_charge else REASONS.get(each.line.reason, _("Other"))


def invoice_pdf(invoice: Invoice, language: Language) -> bytes:
    """Raises `NoPdf`."""
    return paper("kinline/paper/invoice.html", invoice_contents(invoice), language)
