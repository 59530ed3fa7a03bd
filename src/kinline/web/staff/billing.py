"""`/provider/billing/`: monthly bills and their payments, and accounts under review, for the provider's finance."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.billing import queries, services
from kinline.billing.services.customer_accounts import AccountRefused
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.services import KeyUsedOtherwise, NotEnough
from kinline.payments.services import lift_review
from kinline.people.models import User
from kinline.web.clock import in_utc
from kinline.web.family.money_forms import Dollars
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.asking import Act, Refused, act, done

MEANS = (("cheque", gettext_lazy("Check")), ("bank", gettext_lazy("Bank transfer")))


_STOPPED = AccountKind.COLLECT_RECEIVABLE
"""Not under review: staff have stopped its collect calls (`numbers`)."""


class Reasoned(forms.Form):
    account = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=200, label=gettext_lazy("Reason"))


class TakePayment(forms.Form):
    account = forms.IntegerField(widget=forms.HiddenInput)
    means = forms.ChoiceField(choices=MEANS, label=gettext_lazy("How it was paid"))
    reference = forms.CharField(max_length=39, label=gettext_lazy("Number of the check or transfer"))
    amount = Dollars(label=gettext_lazy("Amount, in dollars"))


class SetLimit(Reasoned):
    limit = Dollars(label=gettext_lazy("Credit limit, in dollars"))
    field_order = ("account", "limit", "reason")


class ReturnPayment(Reasoned):
    key = forms.CharField(max_length=100, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.BILL_CUSTOMERS)
def accounts(request: HttpRequest) -> HttpResponse:
    """Every monthly bill, and every account that a disputed payment keeps from paying for calls."""
    if request.method == "POST":
        act(request, {"lift_review": (Reasoned, _lift_review)})
        return redirect("billing")
    bills = Account.objects.filter(kind=AccountKind.DIRECT_BILL).select_related("customer__user")
    reviewed = (
        Account.objects.exclude(review_since=None)
        .exclude(kind=AccountKind.COLLECT_RECEIVABLE)
        .select_related("customer__user", "resident")
    )
    return render(
        request,
        "kinline/billing.html",
        {
            "bills": [_told(each) for each in bills.order_by("customer__user__name", "pk")],
            "reviewed": [
                (each, in_utc(each.review_since or 0), Money(each.posted), Reasoned(auto_id=f"id_{each.pk}_%s"))
                for each in reviewed.order_by("review_since", "pk")
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.BILL_CUSTOMERS)
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One monthly bill: its invoices, the payments that came and bounced, suspension."""
    found = Account.objects.filter(kind=AccountKind.DIRECT_BILL, pk=account_id).select_related("customer__user").first()
    if found is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("account") != str(account_id):
            raise Http404
        act(request, _ACTS)
        return redirect("billing_account", account_id)
    taken = queries.payments_taken(AccountId(account_id))
    return render(
        request,
        "kinline/billing_account.html",
        {
            **_told(found),
            "take": TakePayment(),
            "decide": Reasoned(auto_id="id_decide_%s"),
            "set_limit": SetLimit(auto_id="id_limit_%s"),
            "invoices": [
                (each, Money(each.amount), in_utc(each.due_at), bool(each.paid_at))
                for each in queries.invoices_of(AccountId(account_id))
            ],
            "payments": [(each, in_utc(each.at), Reasoned(auto_id=f"id_{n}_%s")) for n, each in enumerate(taken)],
        },
    )


def _told(bill: Account) -> dict[str, Any]:
    unpaid = bill.invoices.filter(paid_at=None).order_by("due_at", "pk").first()
    suspension = queries.suspension_of(AccountId(bill.pk))
    return {
        "account": bill,
        "customer": bill.customer,
        "owed": Money(max(-bill.posted, 0)),
        "limit": Money(suspension.credit_limit if suspension else bill.credit_limit),
        "due": in_utc(unpaid.due_at) if unpaid else None,
        "is_overdue": unpaid is not None and unpaid.due_at < datetime.now(UTC).timestamp() * 1000,
        "suspension": suspension,
    }


def _take(typed: dict[str, Any], user: User, at: Instant) -> str:
    try:
        services.take_payment(
            AccountId(typed["account"]), typed["amount"], typed["means"], typed["reference"], user, at
        )
    except AccountRefused as refused:
        raise Refused(_("Write the number as it stands there: letters, digits, points and hyphens.")) from refused
    except KeyUsedOtherwise as used:
        raise Refused(_("This number was recorded before with another amount. Compare it with the list.")) from used
    return done()


def _return(typed: dict[str, Any], user: User, at: Instant) -> str:
    try:
        services.return_taken_payment(AccountId(typed["account"]), typed["key"], user, at, typed["reason"])
    except AccountRefused as refused:
        raise Refused(_("This account has no such payment. Look at the list.")) from refused
    return done()


def _set_limit(typed: dict[str, Any], user: User, at: Instant) -> str:
    try:
        services.set_limit(AccountId(typed["account"]), typed["limit"], user, at, typed["reason"])
    except AccountRefused as refused:
        raise Refused(_("The monthly bill is suspended. Restore it first.")) from refused
    except NotEnough as owed:
        raise Refused(_("More than that is owed or being spent. Write a higher limit, or suspend it.")) from owed
    return done()


def _suspend(typed: dict[str, Any], user: User, at: Instant) -> str:
    services.suspend(AccountId(typed["account"]), user, at, typed["reason"])
    return done()


def _restore(typed: dict[str, Any], user: User, at: Instant) -> str:
    services.restore(AccountId(typed["account"]), user, at, typed["reason"])
    return done()


def _lift_review(typed: dict[str, Any], user: User, at: Instant) -> str:
    if not Account.objects.filter(pk=typed["account"]).exclude(review_since=None).exists():
        raise Refused(_("This account is not under review any more."))
    lift_review(AccountId(typed["account"]), f"user/{user.pk}", at, typed["reason"])
    return done()


_ACTS: dict[str, tuple[type[forms.Form], Act]] = {
    "take": (TakePayment, _take),
    "return": (ReturnPayment, _return),
    "limit": (SetLimit, _set_limit),
    "suspend": (Reasoned, _suspend),
    "restore": (Reasoned, _restore),
}
