"""`/provider/books/`: the trial balance at any date, by kind of account and account by account; and the day closes."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.audit.actions import Action
from kinline.core.identity import AccountId
from kinline.core.money import ZERO, Money
from kinline.ledger.models import Account, AccountKind, DayClose
from kinline.ledger.queries import trial_balance
from kinline.web.clock import midnight
from kinline.web.documents.statement_words import ACCOUNTS, account_name
from kinline.web.spreadsheet import attached, line
from kinline.web.staff.access import Permission, staff_page
from kinline.web.trail import write_down

ACCOUNTS_ON_A_PAGE = 100
CLOSES = 31


class AtTheEndOf(forms.Form):
    day = forms.DateField(
        label=_("At the end of the day (UTC)"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(label=_("Accounts"), required=False, choices=[("", _("All, by kind")), *ACCOUNTS.items()])


@require_safe
@staff_page(Permission.RECONCILE)
def books(request: HttpRequest) -> HttpResponse:
    """What lay on all accounts at the end of a day, summed from the transfers alone."""
    form = AtTheEndOf({"day": datetime.now(UTC).date(), **request.GET.dict()})
    shown: dict[str, Any] = {"form": form, "closes": DayClose.objects.order_by("-day")[:CLOSES]}
    if form.is_valid():
        day, kind = form.cleaned_data["day"], form.cleaned_data["kind"]
        balances = trial_balance(before=midnight(day + timedelta(days=1)))
        if request.GET.get("as") == "csv":
            write_down(request, Action.REPORT_SEEN, "report/trial_balance", after={"day": str(day), "as": "csv"})
            return _file(balances, day)
        shown |= {"day": day, "asked": f"day={day}", "total": sum(balances.values(), ZERO)}
        if kind:
            write_down(request, Action.REPORT_SEEN, "report/trial_balance", after={"day": str(day), "kind": kind})
            shown |= _of_a_kind(AccountKind(kind), balances, request.GET.get("page"))
            shown["asked"] += f"&kind={kind}"
        else:
            shown["kinds"] = _by_kind(balances)
    return render(request, "kinline/books.html", shown)


def _by_kind(balances: dict[AccountId, Money]) -> list[tuple[AccountKind, Any, int, Money]]:
    """Each kind with its name, how many of its accounts had moved, and what lay on them."""
    kinds = {pk: AccountKind(kind) for pk, kind in Account.objects.values_list("pk", "kind")}
    counts = Counter(kinds[account] for account in balances)
    sums = dict.fromkeys(ACCOUNTS, ZERO)
    for account, amount in balances.items():
        sums[kinds[account]] += amount
    return [(kind, name, counts[kind], sums[kind]) for kind, name in ACCOUNTS.items()]


def _of_a_kind(kind: AccountKind, balances: dict[AccountId, Money], number: str | None) -> dict[str, Any]:
    """The accounts of a kind that had moved."""
    ids = Account.objects.filter(kind=kind).order_by("pk").values_list("pk", flat=True)
    page = Paginator([pk for pk in ids if pk in balances], ACCOUNTS_ON_A_PAGE).get_page(number)
    named = _named().filter(pk__in=list(page))
    accounts = [(each.pk, account_name(each), balances[AccountId(each.pk)]) for each in named]
    return {"page": page, "accounts": accounts, "kind_name": ACCOUNTS[kind]}


def _named() -> QuerySet[Account]:
    return Account.objects.select_related("customer__user", "resident", "agency").order_by("pk")


def _file(balances: dict[AccountId, Money], day: date) -> HttpResponse:
    text = line(("account", "kind", "owner", "balance"))
    for each in _named().iterator(chunk_size=1000):
        if (amount := balances.get(AccountId(each.pk))) is not None:
            text += line((each.pk, each.kind, account_name(each), amount.plain))
    text += line(("", "sum", "", sum(balances.values(), ZERO).plain))
    return attached(text, f"trial-balance-{day}.csv")
