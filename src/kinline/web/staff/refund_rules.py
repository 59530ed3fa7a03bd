"""On the pages Refunds and Unclaimed property: where who leaves gets their money, and longer periods of states."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kinline.core.identity import Instant
from kinline.core.inactivity import LEAST_PERIOD
from kinline.facilities.models import Facility
from kinline.refunds import services
from kinline.refunds.models import Way
from kinline.web.staff.set_up_forms import STATE_CHOICES

WAYS = {Way.CHEQUE: gettext_lazy("By cheque"), Way.COMMISSARY: gettext_lazy("Through the commissary")}


class ReleaseForm(forms.Form):
    """Of one facility."""

    facility = forms.ModelChoiceField(Facility.objects.order_by("name"), label=gettext_lazy("Facility"))
    way = forms.ChoiceField(label=gettext_lazy("Who leaves gets their money"), choices=list(WAYS.items()))


class PeriodForm(forms.Form):
    """Of one state."""

    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATE_CHOICES)
    days = forms.IntegerField(
        min_value=LEAST_PERIOD,
        max_value=9999,
        label=gettext_lazy("Days without use (180: none longer than the federal rule)"),
    )
    source = forms.CharField(max_length=200, label=gettext_lazy("Where it is written"))


def ruled(request: HttpRequest, form: forms.Form, at: Instant) -> None:
    """Do what a valid form of these says."""
    typed: dict[str, Any] = form.cleaned_data
    actor = f"user/{request.user.pk}"
    if isinstance(form, ReleaseForm):
        services.set_release_way(typed["facility"], Way(typed["way"]), actor, at)
    else:
        services.set_state_period(typed["state"], typed["days"], typed["source"], actor, at)
    messages.success(request, _("Written down with your name. It holds from now on."))
