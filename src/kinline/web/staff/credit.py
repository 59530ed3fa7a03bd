"""`/provider/credit/`: who asks for a monthly bill, and finance's decision."""

import time
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.billing import queries, services
from kinline.billing.models import Application
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.ledger.services import NotEnough
from kinline.people.models import User
from kinline.web.family.money_forms import Dollars
from kinline.web.row_numbers import row_number
from kinline.web.staff.access import Permission, staff_page


class Decide(forms.Form):
    """An approval names its limit; each decision its reason, which the customer reads."""

    limit = Dollars(required=False, label=gettext_lazy("Credit limit, in dollars"))
    reason = forms.CharField(max_length=200, label=gettext_lazy("Reason"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.GIVE_CREDIT)
def credit(request: HttpRequest) -> HttpResponse:
    """The applications that wait for a decision, the oldest first."""
    if request.method == "POST":
        _decided(request, cast(User, request.user))
        return redirect("credit")
    waiting = [
        (each, Money(each.asked_limit), Decide(auto_id=f"id_{each.pk}_%s")) for each in queries.waiting_applications()
    ]
    return render(request, "kinline/credit.html", {"waiting": waiting})


def _decided(request: HttpRequest, user: User) -> None:
    pk = request.POST.get("application", "")
    application = get_object_or_404(Application, pk=row_number(pk))
    form = Decide(request.POST)
    if not form.is_valid():
        name, faults = next(iter(form.errors.items()))
        messages.error(request, f"{form.fields[name].label}: {faults[0]}")
        return
    typed: dict[str, Any] = form.cleaned_data
    at = Instant(time.time_ns() // 1_000_000)
    try:
        if request.POST.get("decision") == "approve":
            limit = typed["limit"] or Money(application.asked_limit)
            services.approve(application, user, limit, typed["reason"], at)
        else:
            services.refuse(application, user, typed["reason"], at)
    except services.AlreadyDecided:
        messages.error(request, _("Somebody decided this before."))
    except NotEnough:
        messages.error(request, _("More is owed than that. Give a higher limit."))
    else:
        messages.success(request, _("Decided, and written down with your name."))
