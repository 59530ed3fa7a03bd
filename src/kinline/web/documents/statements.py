"""The statement of a month, on its page and on paper."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kinline.calls.account_statement import StatementLine
from kinline.core.identity import Language
from kinline.people.models import Customer
from kinline.web.documents.paper import paper

REASONS = {
    "call": _("Call"),
    "deposit": _("Money added"),
    "voucher": _("Prepaid card"),
    "refund": _("Money given back"),
    "reversal": _("Taken back"),
    "credit": _("Credit"),
    "gift": _("Given to a resident"),
    "set_aside": _("Set aside for a resident's own number"),
    "given_back": _("Back from a resident's own number"),
    "invoice_payment": _("Invoice paid"),
    "collect_payment": _("Collect calls paid"),
    "chargeback": _("Disputed payment"),
}
"""What a line is; a movement without its own word is `Other`."""


def statement_contents(
    customer: Customer, month: date, lines: Sequence[StatementLine], zone: ZoneInfo
) -> dict[str, Any]:
    """What `statement_contents.html` shows."""
    shown = [
        (datetime.fromtimestamp(line.at / 1000, UTC).astimezone(zone), REASONS.get(line.reason, _("Other")), line)
        for line in lines
    ]
    return {
        "customer": customer,
        "month": month,
        "lines": shown,
        "opening": lines[0].balance - lines[0].amount if lines else None,
        "closing": lines[-1].balance if lines else None,
    }


def statement_pdf(contents: dict[str, Any], language: Language) -> bytes:
    """Raises `NoPdf`."""
    return paper("kinline/paper/statement.html", contents, language)
