"""`/account/statement/`: a month of the family's money, line by line, to read, print or keep as PDF or CSV."""

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kinline.calls.account_statement import Statement, StatementLine, write_csv
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO
from kinline.core.windows import month_start
from kinline.ledger.models import Account, AccountKind
from kinline.people.models import Customer
from kinline.web.documents.paper import NoPdf, attachment
from kinline.web.documents.statements import statement_contents, statement_pdf
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.family.payments import zone_of

LINES_ON_A_PAGE = 100


@login_required
def statement(request: HttpRequest) -> HttpResponse:
    """One month, the running one unless `?month=2026-11` names another. Who has no customer's account is sent away."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    zone = _zone(customer)
    first, since, until = _month(request.GET.get("month", ""), zone)
    account = Account.objects.filter(kind=AccountKind.CUSTOMER_PREPAID, customer=customer).first()
    lines: Statement | tuple[StatementLine, ...] = ()
    ends = (ZERO, ZERO)
    if account is not None:
        lines = Statement(AccountId(account.pk), since, until)
        ends = lines.ends
    if request.GET.get("as") == "csv":
        text = io.StringIO()
        write_csv(lines[:], zone, text)
        name = f"statement-{first:%Y-%m}.csv"
        return HttpResponse(
            text.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    no_pdf = False
    if request.GET.get("as") == "pdf":
        try:
            whole = statement_contents(customer, first, lines[:], ends, zone)
            return attachment(statement_pdf(whole, reader_language()), f"statement-{first:%Y-%m}.pdf")
        except NoPdf:
            no_pdf = True
    page = Paginator(range(len(lines)), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    part = lines[max(page.start_index() - 1, 0) : page.end_index()]
    contents = statement_contents(customer, first, part, ends, zone)
    months = {
        "first": first,
        "earlier": date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1),
        "later": date(first.year + (first.month == 12), first.month % 12 + 1, 1),
    }
    if months["later"] > datetime.now(zone).date():
        del months["later"]
    context = {**contents, **months, "page": page, "asked": f"month={first:%Y-%m}", "no_pdf": no_pdf}
    return render(request, "kinline/statement.html", context)


def _month(asked: str, zone: ZoneInfo) -> tuple[date, Instant, Instant]:
    """The first day, the instant of its beginning, and that of the next month's."""
    try:
        found = date.fromisoformat(f"{asked}-01") if asked else datetime.now(zone).date()
    except ValueError:
        raise Http404("months are written 2026-11") from None
    in_month = Instant(int(datetime(found.year, found.month, 15, tzinfo=zone).timestamp() * 1000))
    return date(found.year, found.month, 1), month_start(zone, in_month), month_start(zone, in_month, 1)


def _zone(customer: Customer) -> ZoneInfo:
    zone = zone_of(customer)
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")
