"""Statements for staff, as their owners read them but for the numbers of privileged calls. Each look is written down.

`/provider/books/accounts/17/`: of any account, for finance and auditors. `/facility/residents/17/statement/`: of a
resident's own money, for who takes deposits at their facility and is asked about them.
"""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kinline.audit.actions import Action
from kinline.core.identity import AccountId
from kinline.ledger.models import Account, AccountKind
from kinline.people.models import Resident
from kinline.web.documents.statement_words import account_name
from kinline.web.documents.statements import Month, answer
from kinline.web.staff.access import Permission, is_permitted, staff_page, within
from kinline.web.trail import refuse, write_down


@require_safe
@staff_page(Permission.RECONCILE)
def statement(request: HttpRequest, account_id: int) -> HttpResponse:
    """A month (UTC) of any account."""
    known = Account.objects.select_related("customer__user", "resident", "agency")
    account = get_object_or_404(known, pk=account_id)
    back = (f"{reverse('books')}?kind={account.kind}", _("Books"))
    return _answer(request, account, account_name(account), ZoneInfo("UTC"), f"account/{account.pk}", back)


@require_safe
@staff_page(Permission.TAKE_DEPOSITS)
def of_resident(request: HttpRequest, resident_id: int) -> HttpResponse:
    """A month, on the facility's clock, of a resident's debit account."""
    here = Resident.objects.filter(within(request.user, Permission.TAKE_DEPOSITS), pk=resident_id)
    resident = here.select_related("facility").first()
    if resident is None:
        refuse(request, f"resident/{resident_id}")
    account = Account.objects.filter(resident=resident, kind=AccountKind.RESIDENT_DEBIT).first()
    back = (reverse("resident", args=[resident.pk]), resident.name)
    if not is_permitted(request.user, Permission.SEE_RESIDENTS):
        back = (reverse("deposits"), _("Deposits"))
    named = f"{resident.name} · {resident.resident_number}"
    zone = ZoneInfo(resident.facility.time_zone)
    return _answer(request, account, named, zone, f"resident/{resident.pk}", back, resident.facility_id)


def _answer(
    request: HttpRequest,
    account: Account | None,
    owner: str,
    zone: ZoneInfo,
    subject: str,
    back: tuple[str, str],
    facility: int | None = None,
) -> HttpResponse:
    month = Month.asked(request.GET.get("month", ""), zone)
    asked = {"month": f"{month.first:%Y-%m}", "as": request.GET.get("as", "page")[:4]}
    write_down(request, Action.STATEMENT_SEEN, subject, facility, after=asked)
    pk = None if account is None else AccountId(account.pk)
    context = {"account": account, "back": back}
    return answer(request, pk, owner, month, "kinline/statement.html", context, is_for_staff=True)
