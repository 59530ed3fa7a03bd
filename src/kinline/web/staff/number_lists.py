"""`/facility/number-lists/`: an agency's lists of numbers of staff, former staff and victims."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kinline.core.numbering import NotANumber, e164
from kinline.facilities import services
from kinline.facilities.models import Agency, NumberRule
from kinline.facilities.models.rules import Treatment
from kinline.people.authority import facilities_where
from kinline.people.models import User
from kinline.web.clock import now
from kinline.web.row_numbers import row_number
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.contact_words import LISTS
from kinline.web.staff.contacts import reader
from kinline.web.trail import refuse

ON_A_PAGE = 50


class ListForm(forms.Form):
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("Agency"), empty_label=None)
    treatment = forms.ChoiceField(label=_("List"), choices=list(LISTS.items()))
    number = forms.CharField(label=_("Telephone number"), max_length=30, widget=forms.TextInput(attrs={"type": "tel"}))
    why = forms.CharField(label=_("Why it is there"), max_length=200)

    def __init__(self, data: Any, agencies: QuerySet[Agency]) -> None:
        super().__init__(data)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.LIST_NUMBERS)
def number_lists(request: HttpRequest) -> HttpResponse:
    """Who put which number there, and why."""
    user = reader(request)
    agencies = _agencies(user)
    adds = request.POST.get("what") == "add"
    form = ListForm(request.POST if adds else None, agencies)
    if adds and form.is_valid():
        asked = form.cleaned_data
        try:
            services.list_number(
                asked["agency"],
                Treatment(asked["treatment"]),
                e164(asked["number"]),
                asked["why"],
                f"user/{user.pk}",
                now(),
            )
        except NotANumber:
            form.add_error("number", gettext("Write ten digits, or + and the country code."))
        except services.AlreadyListed:
            form.add_error("number", gettext("This number is on the list already."))
        else:
            messages.success(request, gettext("On the list, at every facility of the agency from now on."))
            return redirect("number_lists")
    elif request.method == "POST" and not adds:
        return _taken_off(request, user)
    rules = NumberRule.objects.filter(agency__in=agencies).select_related("agency").order_by("-put_at", "-pk")
    page = Paginator(rules, ON_A_PAGE).get_page(request.GET.get("page"))
    names = _names({rule.put_by for rule in page})
    entries = [
        (rule, LISTS.get(rule.treatment, rule.treatment), names.get(rule.put_by, rule.put_by), _moment(rule.put_at))
        for rule in page
    ]
    return render(request, "kinline/number_lists.html", {"form": form, "page": page, "entries": entries})


def _taken_off(request: HttpRequest, user: User) -> HttpResponse:
    pk, why = request.POST.get("rule", ""), (request.POST.get("why") or "").strip()[:200]
    rules = NumberRule.objects.filter(agency__in=_agencies(user), pk=row_number(pk))
    rule = rules.first()
    if rule is None:
        refuse(request, f"number_rule/{pk[:20]}")
    if not why:
        messages.error(request, gettext("Say why it is taken off."))
    else:
        services.unlist_number(rule, why, f"user/{user.pk}", now())
        messages.success(request, gettext("Taken off the list."))
    return redirect("number_lists")


def _agencies(user: User) -> QuerySet[Agency]:
    where = facilities_where(user, Permission.LIST_NUMBERS)
    return Agency.objects.filter(pk__in=where.values("agency")).order_by("name")


def _names(actors: set[str]) -> dict[str, str]:
    keys = [int(actor.removeprefix("user/")) for actor in actors if actor.removeprefix("user/").isdigit()]
    return {f"user/{pk}": name for pk, name in User.objects.filter(pk__in=keys).values_list("pk", "name")}


def _moment(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC)
