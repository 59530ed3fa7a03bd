"""An invoice, on its page and on paper."""

from typing import Any

from kinline.billing import queries
from kinline.billing.models import Invoice
from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.web.clock import in_utc
from kinline.web.documents.paper import paper


def invoice_contents(invoice: Invoice) -> dict[str, Any]:
    """What `invoice_contents.html` shows."""
    return {
        "invoice": invoice,
        "customer": invoice.account.customer,
        "amount": Money(invoice.amount),
        "first_day": in_utc(invoice.since) if invoice.since else None,
        "last_day": in_utc(invoice.until - 1),
        "issued": in_utc(invoice.issued_at),
        "due": in_utc(invoice.due_at),
        "paid": in_utc(invoice.paid_at) if invoice.paid_at else None,
        "lines": [(in_utc(line.at), line) for line in queries.lines_of(invoice)],
    }


def invoice_pdf(invoice: Invoice, language: Language) -> bytes:
    """Raises `NoPdf`."""
    return paper("kinline/paper/invoice.html", invoice_contents(invoice), language)
