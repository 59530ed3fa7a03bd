"""The statement of an account's month: on a page, on paper, and as a file."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kinline.calls.account_statement import Statement, StatementLine, account_statement, write_csv
from kinline.core.identity import AccountId, Instant, Language
from kinline.core.money import ZERO, Money
from kinline.core.windows import month_start
from kinline.refunds.models import CreditReason, StaffCredit
from kinline.refunds.queries import credits_by_key
from kinline.web.documents.paper import NoPdf, attachment, paper
from kinline.web.documents.statement_words import REASONS, rule_in_words
from kinline.web.explanation import reader_language
from kinline.web.local_time import LocalTime
from kinline.web.refund_words import CREDIT_REASONS
from kinline.web.spreadsheet import attached

LINES_ON_A_PAGE = 100
MOST_ON_PAPER = 2000
"""Lines: a longer month, of an account of the house, is read as a file."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month on the clock of a zone: `since` (included), `until` (not)."""

    first: date
    since: Instant
    until: Instant
    zone: ZoneInfo

    @classmethod
    def asked(cls, text: str, zone: ZoneInfo) -> "Month":
        """`2026-11`; nothing: the running month. Raises `Http404`."""
        try:
            found = date.fromisoformat(f"{text}-01") if text else datetime.now(zone).date()
        except ValueError:
            raise Http404("months are written 2026-11") from None
        middle = Instant(int(datetime(found.year, found.month, 15, tzinfo=zone).timestamp() * 1000))
        return cls(date(found.year, found.month, 1), month_start(zone, middle), month_start(zone, middle, 1), zone)

    @property
    def earlier(self) -> date:
        return date(self.first.year - (self.first.month == 1), (self.first.month - 2) % 12 + 1, 1)

    @property
    def later(self) -> date | None:
        """The next one, when it has begun."""
        found = date(self.first.year + (self.first.month == 12), self.first.month % 12 + 1, 1)
        return found if found <= datetime.now(self.zone).date() else None


def answer(
    request: HttpRequest,
    account: AccountId | None,
    owner: str,
    month: Month,
    template: str,
    context: Mapping[str, Any],
    *,
    is_for_staff: bool = False,
) -> HttpResponse:
    """The month of an account as a page, or with `?as=csv` or `?as=pdf` as a file. None: no account was opened yet.

    Staff do not read the numbers of privileged calls, and are led to no receipt.
    """
    lines: Sequence[StatementLine] | Statement = ()
    ends = (ZERO, ZERO)
    if account is not None:
        lines = Statement(account, month.since, month.until)
        ends = lines.ends

    def shown(some: Iterable[StatementLine]) -> Iterator[StatementLine]:
        return (each.without_privileged_number() if is_for_staff else each for each in some)

    def contents(part: slice) -> dict[str, Any]:
        return statement_contents(owner, month, list(shown(lines[part])), ends, has_receipts=not is_for_staff)

    name = f"statement-{month.first:%Y-%m}"
    if request.GET.get("as") == "csv":
        text = io.StringIO()
        all_of_it = () if account is None else account_statement(account, month.since, month.until)
        write_csv(shown(all_of_it), month.zone, text)
        return attached(text.getvalue(), f"{name}.csv")
    is_too_long = request.GET.get("as") == "pdf" and len(lines) > MOST_ON_PAPER
    no_pdf = False
    if request.GET.get("as") == "pdf" and not is_too_long:
        try:
            return attachment(statement_pdf({**contents(slice(None)), **context}, reader_language()), f"{name}.pdf")
        except NoPdf:
            no_pdf = True
    page = Paginator(range(len(lines)), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    for unwanted in ("page", "as"):
        asked.pop(unwanted, None)
    asked["month"] = f"{month.first:%Y-%m}"
    whole = {
        **contents(slice(max(page.start_index() - 1, 0), page.end_index())),
        **context,
        "first": month.first,
        "earlier": month.earlier,
        "later": month.later,
        "page": page,
        "asked": asked.urlencode(),
        "no_pdf": no_pdf,
        "is_too_long": is_too_long,
    }
    return render(request, template, whole)


def statement_contents(
    owner: str, month: Month, lines: Sequence[StatementLine], ends: tuple[Money, Money], *, has_receipts: bool
) -> dict[str, Any]:
    """What `statement_contents.html` shows: some lines of the month, or all; and its balance at both ends."""
    given = credits_by_key([line.key for line in lines])
    first = datetime(month.first.year, month.first.month, month.first.day, tzinfo=month.zone)
    return {
        "owner": owner,
        "month": LocalTime(first),
        "lines": [
            (
                LocalTime.of(line.at, month.zone),
                _what(line, given.get(line.key)),
                line,
                rule_in_words(line.call.rule) if line.call and line.reason == "call" else "",
            )
            for line in lines
        ],
        "opening": ends[0],
        "closing": ends[1],
        "has_receipts": has_receipts,
    }


def _what(line: StatementLine, credit: StaffCredit | None) -> Any:
    """What the line is; of a credit of staff, why it was given."""
    if credit is not None:
        return format_lazy("{}: {}", _("Credit"), CREDIT_REASONS[CreditReason(credit.reason)])
    return REASONS.get(line.reason, _("Other"))


def statement_pdf(contents: dict[str, Any], language: Language) -> bytes:
    """Raises `NoPdf`."""
    return paper("kinline/paper/statement.html", contents, language)
