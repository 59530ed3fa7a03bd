"""`/provider/books/accounts/17/`: the statement of any account, for finance and auditors. Each look is written down."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from kinline.audit.actions import Action
from kinline.core.identity import AccountId
from kinline.ledger.models import Account
from kinline.web.documents.statement_words import account_name
from kinline.web.documents.statements import Month, answer
from kinline.web.staff.access import Permission, staff_page
from kinline.web.trail import write_down


@require_safe
@staff_page(Permission.RECONCILE)
def statement(request: HttpRequest, account_id: int) -> HttpResponse:
    """A month (UTC) as its owner reads it, but for the numbers of privileged calls."""
    known = Account.objects.select_related("customer__user", "resident", "agency")
    account = get_object_or_404(known, pk=account_id)
    month = Month.asked(request.GET.get("month", ""), ZoneInfo("UTC"))
    asked = {"month": f"{month.first:%Y-%m}", "as": request.GET.get("as", "page")[:4]}
    write_down(request, Action.STATEMENT_SEEN, f"account/{account.pk}", after=asked)
    return answer(
        request,
        AccountId(account.pk),
        account_name(account),
        month,
        "kinline/statement.html",
        {"account": account},
        is_for_staff=True,
    )
