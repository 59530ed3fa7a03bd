"""`/provider/agencies/`: what agencies owe for talk that they give, are owed for their costs, and pay or are paid."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kinline.billing import queries, services
from kinline.billing.services import AccountRefused
from kinline.core.identity import Instant
from kinline.facilities.models import Agency
from kinline.ledger.services import KeyUsedOtherwise
from kinline.people.models import User
from kinline.web.clock import in_utc, now
from kinline.web.family.money_forms import Dollars
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.asking import Refused, act, done
from kinline.web.staff.billing import MEANS


class Paid(forms.Form):
    means = forms.ChoiceField(choices=MEANS, label=gettext_lazy("How it was paid"))
    reference = forms.CharField(max_length=39, label=gettext_lazy("Number of the check or transfer"))
    amount = Dollars(label=gettext_lazy("Amount, in dollars"))


class PayCosts(Paid):
    costs = forms.CharField(max_length=200, label=gettext_lazy("Which costs, and which papers show them"))


class Undo(forms.Form):
    key = forms.CharField(max_length=100, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=200, label=gettext_lazy("Reason"))


@require_safe
@staff_page(Permission.BILL_CUSTOMERS)
def agencies(request: HttpRequest) -> HttpResponse:
    """Every agency, with how it stands."""
    told = [queries.agency_books(each, now(), months=1) for each in Agency.objects.order_by("name")]
    return render(request, "kinline/agencies.html", {"agencies": told})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.BILL_CUSTOMERS)
def agency(request: HttpRequest, agency_id: int) -> HttpResponse:
    """One agency: month by month, the payments, and forms for more."""
    shown = get_object_or_404(Agency, pk=agency_id)
    if request.method == "POST":
        act(
            request,
            {
                "take": (Paid, lambda typed, user, at: _take(shown, typed, user, at)),
                "pay": (PayCosts, lambda typed, user, at: _pay(shown, typed, user, at)),
                "undo": (Undo, lambda typed, user, at: _undo(shown, typed, user, at)),
            },
        )
        return redirect("agency", agency_id)
    told = queries.agency_books(shown, now())
    return render(
        request,
        "kinline/agency.html",
        {
            "books": told,
            "months": [(each, in_utc(each.began)) for each in told.months],
            "movements": [
                (each, in_utc(each.at), Undo(auto_id=f"id_undo{number}_%s"))
                for number, each in enumerate(told.movements)
            ],
            "take": Paid(auto_id="id_take_%s"),
            "pay": PayCosts(auto_id="id_pay_%s"),
        },
    )


def _take(agency: Agency, typed: dict[str, Any], user: User, at: Instant) -> str:
    return _booked(
        lambda: services.take_agency_payment(agency, typed["amount"], typed["means"], typed["reference"], user, at)
    )


def _pay(agency: Agency, typed: dict[str, Any], user: User, at: Instant) -> str:
    return _booked(
        lambda: services.pay_additive(
            agency, typed["amount"], typed["means"], typed["reference"], typed["costs"], user, at
        )
    )


def _booked(book: Callable[[], object]) -> str:
    """Book it, or say in words why not."""
    try:
        book()
    except services.MoreThanBroughtIn as refused:
        raise Refused(
            _("Calls have brought in %(left)s for this agency’s costs: pay at most that.") % {"left": refused.left}
        ) from refused
    except AccountRefused as refused:
        raise Refused(_("Write the number as it stands there: letters, digits, points and hyphens.")) from refused
    except KeyUsedOtherwise as used:
        raise Refused(_("This number was recorded before with another amount. Compare it with the list.")) from used
    return done()


def _undo(agency: Agency, typed: dict[str, Any], user: User, at: Instant) -> str:
    try:
        services.undo_agency_movement(agency, typed["key"], user, at, typed["reason"])
    except AccountRefused as refused:
        raise Refused(_("This agency has no such payment. Look at the list.")) from refused
    return done()
