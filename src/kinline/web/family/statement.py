"""`/account/statement/`: a month of the family's money, line by line, to read, print or keep as PDF or CSV."""

from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kinline.core.identity import AccountId
from kinline.ledger.models import Account, AccountKind
from kinline.people.models import Customer
from kinline.web.documents.statement_words import ACCOUNTS
from kinline.web.documents.statements import Month, answer
from kinline.web.family.account import customer_of
from kinline.web.family.payments import zone_of
from kinline.web.templatetags.plain_words import telephone


@login_required
def statement(request: HttpRequest) -> HttpResponse:
    """One month of the prepaid account, the running one unless `?month=2026-11` names another; or of another account of
    theirs, `?account=17`. Who has no customer's account is sent away."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    accounts = list(_accounts(customer))
    asked = request.GET.get("account")
    account = next((each for each in accounts if asked is None or str(each.pk) == asked), None)
    if asked is not None and account is None:
        raise Http404
    zone = zone_of(customer)
    month = Month.asked(request.GET.get("month", ""), zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC"))
    others = [(each.pk, _name(each)) for each in accounts if each != account]
    return answer(
        request,
        None if account is None else AccountId(account.pk),
        customer.user.name,
        month,
        "kinline/statement.html",
        {
            "account": account,
            "account_name": "" if account is None else _name(account),
            "others": others,
            "back": (reverse("money"), _("Money")),
        },
    )


def _accounts(customer: Customer) -> QuerySet[Account]:
    """Their own, the prepaid one first."""
    is_prepaid = When(kind=AccountKind.CUSTOMER_PREPAID, then=Value(0))
    return Account.objects.filter(customer=customer).order_by(Case(is_prepaid, default=Value(1)), "pk")


def _name(account: Account) -> str:
    """`Prepaid`; `Set aside for one number · (504) 555-0123`."""
    name = str(ACCOUNTS[AccountKind(account.kind)])
    return f"{name} · {telephone(account.number)}" if account.number else name
