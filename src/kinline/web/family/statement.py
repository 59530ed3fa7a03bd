"""`/account/statement/`: a month of the family's money, line by line, to read, print or keep as PDF or CSV."""

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kinline.calls.account_statement import account_statement, write_csv
from kinline.core.identity import AccountId, Instant
from kinline.core.windows import month_start
from kinline.ledger.models import Account, AccountKind
from kinline.people.models import Customer
from kinline.web.documents.paper import NoPdf, attachment
from kinline.web.documents.statements import statement_contents, statement_pdf
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of


@login_required
def statement(request: HttpRequest) -> HttpResponse:
    """One month, the running one unless `?month=2026-11` names another. Who has no customer's account is sent away."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    zone = _zone(customer)
    first, since, until = _month(request.GET.get("month", ""), zone)
    account = Account.objects.filter(kind=AccountKind.CUSTOMER_PREPAID, customer=customer).first()
    lines = [] if account is None else list(account_statement(AccountId(account.pk), since, until))
    if request.GET.get("as") == "csv":
        text = io.StringIO()
        write_csv(lines, zone, text)
        name = f"statement-{first:%Y-%m}.csv"
        return HttpResponse(
            text.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    contents = statement_contents(customer, first, lines, zone)
    no_pdf = False
    if request.GET.get("as") == "pdf":
        try:
            return attachment(statement_pdf(contents, reader_language()), f"statement-{first:%Y-%m}.pdf")
        except NoPdf:
            no_pdf = True
    earlier = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    return render(request, "kinline/statement.html", {**contents, "earlier": earlier, "no_pdf": no_pdf})


def _month(asked: str, zone: ZoneInfo) -> tuple[date, Instant, Instant]:
    """The first day, the instant of its beginning, and that of the next month's."""
    try:
        found = date.fromisoformat(f"{asked}-01") if asked else datetime.now(zone).date()
    except ValueError:
        raise Http404("months are written 2026-11") from None
    in_month = Instant(int(datetime(found.year, found.month, 15, tzinfo=zone).timestamp() * 1000))
    return date(found.year, found.month, 1), month_start(zone, in_month), month_start(zone, in_month, 1)


def _zone(customer: Customer) -> ZoneInfo:
    """That of the facility that their last contact is in; families have no address of their own here."""
    contact = customer.contacts.select_related("resident__facility").order_by("-pk").first()
    return ZoneInfo(contact.resident.facility.time_zone if contact else "UTC")
