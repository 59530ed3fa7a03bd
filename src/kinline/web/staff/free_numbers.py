"""`/facility/prices/<facility>/free/`: hotlines, which every resident of a facility may call and nobody pays for."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant
from kinline.facilities import services
from kinline.facilities.models import Facility, NumberRule
from kinline.facilities.models.rules import Treatment
from kinline.people.models import User
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.asking import Refused, act, done
from kinline.web.trail import refuse


class MakeFree(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Telephone number"), max_length=30, widget=forms.TextInput(attrs={"type": "tel"})
    )
    note = forms.CharField(label=gettext_lazy("Whose it is, such as a crisis line"), max_length=200)
    short_code = forms.CharField(
        label=gettext_lazy("What residents may dial for it: * and two digits, or a code such as 711"),
        max_length=3,
        required=False,
    )


class EndFree(forms.Form):
    rule = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_PRICES)
def free_numbers(request: HttpRequest, facility_id: int) -> HttpResponse:
    """What is free here, and a form for more."""
    shown = facilities_where(request.user, Permission.SET_PRICES).filter(pk=facility_id).first()
    if shown is None:
        refuse(request, f"free_numbers/{facility_id}")
    free = NumberRule.objects.filter(facility=shown, treatment=Treatment.FREE)
    if request.method == "POST":
        act(
            request,
            {
                "make": (MakeFree, lambda typed, user, at: _make(shown, typed, user, at)),
                "end": (EndFree, lambda typed, user, at: _end(free, typed, user, at)),
            },
        )
        return redirect("free_numbers", facility_id)
    context = {"facility": shown, "form": MakeFree(), "free": free.order_by("short_code", "number")}
    return render(request, "kinline/free_numbers.html", context)


def _make(facility: Facility, typed: dict[str, Any], user: User, at: Instant) -> str:
    note, code = typed["note"].strip(), typed["short_code"].strip()
    try:
        rule = services.make_number_free(facility, typed["number"], note, f"user/{user.pk}", at, code)
    except services.NotAPlace as refused:
        raise Refused(
            _("Write * and two digits, or a code such as 711, that stands for no other number here. 911 is none.")
            if refused.field == "short_code"
            else _("Write ten digits of an ordinary or a toll-free number.")
        ) from refused
    if (rule.note, rule.short_code) != (note, code):
        raise Refused(_("This number is free already, as “%(note)s”. End that first.") % {"note": rule.note})
    return done()


def _end(free: QuerySet[NumberRule], typed: dict[str, Any], user: User, at: Instant) -> str:
    rule = free.filter(pk=typed["rule"]).first()
    if rule is None:
        raise Refused(_("This number is not free any more."))
    services.end_free_number(rule, f"user/{user.pk}", at)
    return done()
