"""The statement of a month, on its page and on paper."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kinline.calls.account_statement import StatementLine
from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.people.models import Customer
from kinline.refunds.models import CreditReason, StaffCredit
from kinline.refunds.queries import credits_by_key
from kinline.web.documents.paper import paper
from kinline.web.local_time import LocalTime
from kinline.web.refund_words import CREDIT_REASONS

REASONS = {
    "call": _("Call"),
    "deposit": _("Money added"),
    "voucher": _("Prepaid card"),
    "refund": _("Money given back"),
    "reversal": _("Taken back"),
    "credit": _("Credit"),
    "redial_credit": _("A call was dropped and dialled again: given back"),
    "staff_credit": _("Credit"),
    "rounding": _("Rounded up to a whole cent"),
    "unclaimed": _("Handed to your state, which keeps it for you"),
    "gift": _("Given to a resident"),
    "set_aside": _("Set aside for a resident's own number"),
    "given_back": _("Back from a resident's own number"),
    "invoice_payment": _("Invoice paid"),
    "collect_payment": _("Collect calls paid"),
    "chargeback": _("Disputed payment"),
}
"""What a line is; a movement without its own word is `Other`."""


def statement_contents(
    customer: Customer, month: date, lines: Sequence[StatementLine], ends: tuple[Money, Money], zone: ZoneInfo
) -> dict[str, Any]:
    """What `statement_contents.html` shows: some lines of the month, or all; and its balance at both ends."""
    given = credits_by_key([line.key for line in lines])
    shown = [(LocalTime.of(line.at, zone), _what(line, given.get(line.key)), line) for line in lines]
    return {
        "customer": customer,
        "month": LocalTime(datetime(month.year, month.month, month.day, tzinfo=zone)),
        "lines": shown,
        "opening": ends[0],
        "closing": ends[1],
    }


def _what(line: StatementLine, credit: StaffCredit | None) -> Any:
    """What the line is; of a credit of staff, why it was given."""
    if credit is not None:
        return format_lazy("{}: {}", _("Credit"), CREDIT_REASONS[CreditReason(credit.reason)])
    return REASONS.get(line.reason, _("Other"))


def statement_pdf(contents: dict[str, Any], language: Language) -> bytes:
    """Raises `NoPdf`."""
    return paper("kinline/paper/statement.html", contents, language)
