"""`/facility/prices/<facility>/plans/`: a facility's alternate pricing plans, and its collect allowance."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.tariff import Period, Plan
from kinline.facilities import services
from kinline.facilities.models import PlanRow
from kinline.facilities.services.collect import MOST, set_collect_allowance
from kinline.ledger.models import Account, AccountKind
from kinline.people.models import User
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.asking import Refused, act, done
from kinline.web.staff.prices import Dollars, in_words
from kinline.web.trail import refuse

PERIODS = {
    Period.DAY: gettext_lazy("a day"),
    Period.WEEK: gettext_lazy("a week"),
    Period.MONTH: gettext_lazy("a month"),
}
OWING = 50


class Day(forms.DateField):
    def __init__(self, label: Any, *, required: bool = True) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, required=required, widget=widget)


class OfferPlan(forms.Form):
    name = forms.CharField(max_length=60, label=gettext_lazy("Name"))
    minutes = forms.IntegerField(min_value=1, max_value=50_000, label=gettext_lazy("Minutes"))
    period = forms.ChoiceField(choices=[(each.value, name) for each, name in PERIODS.items()], label=gettext_lazy("In"))
    price = Dollars(gettext_lazy("The most that they cost, before taxes, in dollars"))
    offered_from = Day(gettext_lazy("Offered from"))
    offered_until = Day(gettext_lazy("Last day, if there is one"), required=False)


class StopPlan(forms.Form):
    name = forms.CharField(max_length=60, widget=forms.HiddenInput)
    last_day = Day(gettext_lazy("Last day on which it can be taken"))


class Allowance(forms.Form):
    allowance = Dollars(gettext_lazy("Allowance, in dollars; 0: no collect calls"))
    reason = forms.CharField(max_length=200, label=gettext_lazy("Reason"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_PRICES)
def plans(request: HttpRequest, facility_id: int) -> HttpResponse:
    """The plans with who has them, the allowance with who owes; and forms to change both."""
    shown = facilities_where(request.user, Permission.SET_PRICES).filter(pk=facility_id).first()
    if shown is None:
        refuse(request, f"plans/{facility_id}")
    if request.method == "POST":
        facility = FacilityId(facility_id)
        act(
            request,
            {
                "offer": (OfferPlan, lambda typed, user, at: _offer(facility, typed, user, at)),
                "stop": (StopPlan, lambda typed, user, at: _stop(facility, typed, user, at)),
                "allow": (Allowance, lambda typed, user, at: _allow(facility, typed, user, at)),
            },
        )
        return redirect("plans_of_facility", facility_id)
    offered = PlanRow.objects.filter(facility=shown).order_by("offered_from", "name")
    return render(
        request,
        "kinline/facility_plans.html",
        {
            "facility": shown,
            "plans": [
                (
                    each,
                    PERIODS[Period(each.period)],
                    Money(each.price),
                    each.subscriptions.filter(ended_at=None).count(),
                    StopPlan(initial={"name": each.name}, auto_id=f"id_{each.pk}_%s"),
                )
                for each in offered
            ],
            "offer": OfferPlan(initial={"offered_from": date.today()}),  # noqa: DTZ011 (only a suggestion)
            "allowance": Money(shown.collect_allowance),
            "allow": Allowance(),
            "owing": [
                (each.number, Money(-each.posted), Money(each.credit_limit))
                for each in Account.objects.filter(kind=AccountKind.COLLECT_RECEIVABLE, posted__lt=0)
                .filter(number__in=shown.residents.values("contacts__number"))
                .order_by("posted")[:OWING]
            ],
        },
    )


def _offer(facility: FacilityId, typed: dict[str, Any], user: User, at: Instant) -> str:
    plan = Plan(typed["name"].strip(), typed["price"], typed["minutes"], Period(typed["period"]))
    _said(
        lambda: services.save_plan(facility, plan, typed["offered_from"], typed["offered_until"], f"user/{user.pk}", at)
    )
    return done()


def _stop(facility: FacilityId, typed: dict[str, Any], user: User, at: Instant) -> str:
    _said(lambda: services.stop_plan(facility, typed["name"], typed["last_day"], f"user/{user.pk}", at))
    return done()


def _allow(facility: FacilityId, typed: dict[str, Any], user: User, at: Instant) -> str:
    allowance: Money = typed["allowance"]
    if not ZERO <= allowance <= MOST:
        raise Refused(_("An allowance is from $0.00 to %(most)s.") % {"most": MOST})
    set_collect_allowance(facility, allowance, f"user/{user.pk}", at, typed["reason"])
    return done()


def _said(do: Callable[[], object]) -> None:
    """Do it, or say in words why the law or the list does not allow it."""
    try:
        do()
    except services.PlanRefused as refused:
        raise Refused(
            _("These minutes must cost less than %(most)s, what they cost by the minute (47 CFR 64.6140).")
            % {"most": refused.most}
        ) from refused
    except services.PriceRefused as refused:
        raise Refused(in_words(refused)) from refused
