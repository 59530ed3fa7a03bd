"""An invoice, on its page and on paper."""

from datetime import UTC, datetime
from typing import Any

from kinline.billing import queries
from kinline.billing.models import Invoice
from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.web.documents.paper import paper


def invoice_contents(invoice: Invoice) -> dict[str, Any]:
    """What `invoice_contents.html` shows."""
    return {
        "invoice": invoice,
        "customer": invoice.account.customer,
        "amount": Money(invoice.amount),
        "first_day": _day(invoice.since) if invoice.since else None,
        "last_day": _day(invoice.until - 1),
        "issued": _day(invoice.issued_at),
        "due": _day(invoice.due_at),
        "paid": _day(invoice.paid_at) if invoice.paid_at else None,
        "lines": [(_day(line.at), line) for line in queries.lines_of(invoice)],
    }


def invoice_pdf(invoice: Invoice, language: Language) -> bytes:
    """Raises `NoPdf`."""
    return paper("kinline/paper/invoice.html", invoice_contents(invoice), language)


def _day(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
