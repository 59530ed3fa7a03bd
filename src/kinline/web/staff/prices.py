"""`/facility/prices/`: a facility's price list for those who answer for it, and adding to it."""

import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO, Money, MoneyError
from kinline.core.numbering import Jurisdiction
from kinline.core.tariff import FreeMinutes, Rate, Service, Tax, TaxRate
from kinline.facilities import services
from kinline.facilities.models import Facility
from kinline.facilities.queries import price_list, rulebook, stamp
from kinline.web.rates.laws import law_in_words
from kinline.web.rates.words import JURISDICTIONS, SERVICES, kind_of_call, percent
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.trail import refuse


class Dollars(forms.CharField):
    """An amount as text, exact to a microdollar; empty is nothing."""

    def __init__(self, label: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(required=False, max_length=16, label=label, widget=forms.TextInput(attrs=attributes))

    def clean(self, value: str) -> Money:
        text = super().clean(value)
        try:
            return Money.parse(text) if text else ZERO
        except MoneyError as error:
            raise forms.ValidationError(
                gettext("Write dollars with digits and a point, such as 0.05, with at most 6 decimals.")
            ) from error


class Begins(forms.DateField):
    def __init__(self) -> None:
        super().__init__(label=_("Begins on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class RateForm(forms.Form):
    prefix = "rate"
    service = forms.ChoiceField(label=_("Kind"), choices=[(each.value, name) for each, name in SERVICES.items()])
    jurisdiction = forms.ChoiceField(
        label=_("To where"), choices=[(each.value, name) for each, name in JURISDICTIONS.items()]
    )
    destination = forms.CharField(
        label=_("Abroad: country (MX) or first digits (+5255)"), required=False, max_length=16
    )
    price = Dollars(_("Our price of a minute or message, dollars"))
    facility_additive = Dollars(_("Facility-related component, dollars"))
    termination = Dollars(_("Abroad: average cost of the network, dollars"))
    agency_price = Dollars(_("What the agency pays for what is free, dollars"))
    increment = forms.IntegerField(label=_("Charged in steps of (seconds)"), initial=1)
    minimum = forms.IntegerField(label=_("At least (seconds)"), initial=0)
    effective = Begins()

    def rate(self) -> Rate:
        asked = self.cleaned_data
        return Rate(
            Service(asked["service"]),
            Jurisdiction(asked["jurisdiction"]),
            asked["effective"],
            asked["price"],
            asked["facility_additive"],
            asked["increment"],
            asked["minimum"],
            asked["destination"].strip().upper(),
            asked["termination"],
            asked["agency_price"],
        )

    def save(self, facility: FacilityId, actor: str, at: Instant) -> None:
        services.save_rate(facility, self.rate(), actor, at)


class TaxForm(forms.Form):
    prefix = "tax"
    name = forms.CharField(label=_("Name, as in the law"), max_length=60)
    percent = forms.DecimalField(
        label=_("Percent"),
        min_value=0,
        max_value=100,
        decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    source = forms.CharField(label=_("Law that demands it, such as La. R.S. 47:302"), max_length=200)
    jurisdiction = forms.ChoiceField(
        label=_("On which calls"),
        required=False,
        choices=[("", _("All calls")), *((each.value, name) for each, name in JURISDICTIONS.items())],
    )
    effective = Begins()

    def save(self, facility: FacilityId, actor: str, at: Instant) -> None:
        asked = self.cleaned_data
        where = Jurisdiction(asked["jurisdiction"]) if asked["jurisdiction"] else None
        tax = Tax(asked["name"], int(asked["percent"] * 10_000))
        services.save_tax(facility, TaxRate(tax, asked["effective"], where, asked["source"]), actor, at)


class FreeMinutesForm(forms.Form):
    prefix = "free"
    per_day = forms.IntegerField(label=_("Free minutes a day"), required=False, min_value=0, max_value=1440)
    per_week = forms.IntegerField(label=_("Free minutes a week"), required=False, min_value=0, max_value=10_080)
    effective = Begins()

    def save(self, facility: FacilityId, actor: str, at: Instant) -> None:
        asked = self.cleaned_data
        day, week = (None if each is None else each * 60 for each in (asked["per_day"], asked["per_week"]))
        services.save_free_minutes(facility, FreeMinutes(asked["effective"], day, week), actor, at)


FORMS = {form.prefix: form for form in (RateForm, TaxForm, FreeMinutesForm)}


@require_safe
@staff_page(Permission.SET_PRICES)
def facilities(request: HttpRequest) -> HttpResponse:
    """To the one facility whose prices the reader sets, or to the page that lists them all."""
    settable = list(facilities_where(request.user, Permission.SET_PRICES)[:2])
    if not settable:
        refuse(request, "prices")
    return redirect("prices_of_facility", settable[0].pk) if len(settable) == 1 else redirect("compliance")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_PRICES)
def facility(request: HttpRequest, facility_id: int) -> HttpResponse:
    """The list, and forms for what may be added; what the law does not allow is refused with what it does."""
    shown = facilities_where(request.user, Permission.SET_PRICES).filter(pk=facility_id).first()
    if shown is None:
        refuse(request, f"prices/{facility_id}")
    at = Instant(time.time_ns() // 1_000_000)
    today = rulebook(FacilityId(facility_id), stamp()).local_day(at)
    filled = {name: form(initial={"effective": today + timedelta(days=1)}) for name, form in FORMS.items()}
    asked = FORMS.get(request.POST.get("what", ""))
    if asked is not None:
        form = asked(request.POST)
        if form.is_valid() and _saved(form, FacilityId(facility_id), f"user/{request.user.pk}", at):
            return redirect(f"{reverse('prices_of_facility', args=[facility_id])}?saved={asked.prefix}")
        filled[form.prefix] = form
    context = _shown(shown, today, FacilityId(facility_id), at)
    return render(request, "kinline/prices.html", {**context, **filled, "saved": request.GET.get("saved")})


def _saved(form: RateForm | TaxForm | FreeMinutesForm, facility: FacilityId, actor: str, at: Instant) -> bool:
    """Whether it is on the list; if not, the form says why."""
    try:
        form.save(facility, actor, at)
    except services.PriceRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, in_words(refused))
        return False
    return True


def in_words(refused: services.PriceRefused) -> str:
    """Why a price is not put on the list, and what would be, in the reader's language."""
    match refused:
        case services.OverCap():
            return gettext(
                "This is over the cap of %(cap)s in force since %(since)s (%(source)s). The highest lawful price is "
                "%(price)s, beside at most %(additive)s for the facility."
            ) % {
                "cap": refused.cap.per_minute,
                "since": _day(refused.cap.effective),
                "source": law_in_words(refused.cap.source),
                "price": refused.highest_price,
                "additive": refused.highest_additive,
            }
        case services.InThePast():
            return gettext("That day is past. Let it begin on %(today)s or later.") % {"today": _day(refused.today)}
        case services.AlreadyInForce():
            return gettext("One is in force since this morning, and calls were quoted by it. Begin tomorrow or later.")
        case services.DearerToday():
            return gettext(
                "Calls of today were quoted by less. What makes calls dearer can begin on %(tomorrow)s or later."
            ) % {"tomorrow": _day(refused.tomorrow)}
        case services.NotAPrice():
            return str(_PROBLEMS[refused.problem])
    return str(refused)


_PROBLEMS: Mapping[services.Problem, object] = {
    services.Problem.DESTINATION: _("Write a country with two letters (MX), or + and the first digits (+5255)."),
    services.Problem.DESTINATION_ABROAD_ONLY: _("Only calls to another country are priced by their destination."),
    services.Problem.TERMINATION_ABROAD_ONLY: _("Only calls to another country have a cost of the network there."),
    services.Problem.INCREMENT: _("Steps are 1 to 60 seconds long."),
    services.Problem.MINIMUM: _("At least 0 to 60 seconds can be charged."),
    services.Problem.BY_THE_PIECE: _("Messages are priced one by one: leave the steps at 1 and “at least” at 0."),
    services.Problem.NEGATIVE: _("An amount is zero or more."),
    services.Problem.TAX: _("No law demands more than half of the price of a call. Compare the figure."),
    services.Problem.SOURCE: _("Name the law that demands it of the caller (47 CFR 64.6070)."),
    services.Problem.ANCILLARY: _(
        "What is called so is a fee that nobody may charge (47 CFR 64.6020). Only taxes and fees that a law demands of "
        "the caller stand here, by their name in the law."
    ),
    services.Problem.LAST_DAY: _("The last day cannot be before the first."),
    services.Problem.NAME: _("Give it the name that stands in the law."),
}


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _shown(facility: Facility, today: date, facility_id: FacilityId, at: Instant) -> dict[str, object]:
    rules = rulebook(facility_id, stamp())
    prices = price_list(rules, today)
    return {
        "facility": facility,
        "in_force": [
            _row(line.rate) | {"is_at_cap": line.is_at_cap, "is_refused": line.is_refused} for line in prices.lines
        ],
        "coming": [_row(rate) for rate in prices.coming],
        "past": [_row(rate) for rate in prices.past],
        "taxes": [
            {
                "name": rate.tax.name,
                "percent": percent(rate.tax.parts_per_million),
                "where": JURISDICTIONS[rate.jurisdiction] if rate.jurisdiction else _("All calls"),
                "effective": rate.effective,
                "source": rate.source,
            }
            for rate in sorted(rules.taxes, key=lambda rate: (rate.effective, rate.tax.name), reverse=True)
        ],
        "free_minutes": sorted(rules.free_minutes, key=lambda free: free.effective, reverse=True),
    }


def _row(rate: Rate) -> dict[str, object]:
    return {
        "rate": rate,
        "service": SERVICES[rate.service],
        "kind": kind_of_call(rate.jurisdiction, rate.destination),
    }
