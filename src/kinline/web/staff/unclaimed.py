"""`/provider/unclaimed/`: money of owners whom nobody could reach, by state, and what was turned over."""

import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.refunds import queries, services
from kinline.refunds.models import PropertyReport
from kinline.web.row_numbers import row_number
from kinline.web.spreadsheet import attached
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.refund_rules import PeriodForm, ruled

REPORTS = 20


@never_cache
@staff_page(Permission.PAY_OUT)
@require_http_methods(["GET", "HEAD", "POST"])
def unclaimed(request: HttpRequest) -> HttpResponse:
    """`?state=LA` is the report of a state as CSV, which changes nothing; `?report=3` one that was turned over."""
    at, actor = Instant(time.time_ns() // 1_000_000), f"user/{request.user.pk}"
    if asked := request.GET.get("report", ""):
        made = get_object_or_404(PropertyReport, pk=row_number(asked))
        return attached(made.content, f"unclaimed-{made.state or 'unknown'}-{made.pk}.csv")
    if (state := request.GET.get("state")) is not None:
        return attached(services.report(services.unclaimed(at, state[:2])), f"unclaimed-{state[:2] or 'unknown'}.csv")
    match request.POST.get("what"):
        case "turn_over":
            turned = services.turn_over(request.POST.get("state", "")[:2], actor, at)
            messages.success(request, _("Turned over.") if turned else _("There is nothing to turn over."))
            return redirect("unclaimed")
        case "paid":
            number = request.POST.get("report", "")
            found = get_object_or_404(PropertyReport, pk=row_number(number))
            services.mark_paid(found.pk, actor, at)
            messages.success(request, _("Marked as paid."))
            return redirect("unclaimed")
    period = PeriodForm(request.POST if request.POST.get("what") == "period" else None)
    if period.is_bound and period.is_valid():
        ruled(request, period, at)
        return redirect("unclaimed")
    states: dict[str, tuple[int, Money]] = {}
    for each in services.unclaimed(at):
        count, amount = states.get(each.state, (0, ZERO))
        states[each.state] = (count + 1, amount + each.amount)
    return render(
        request,
        "kinline/unclaimed.html",
        {
            "states": [(state, *found) for state, found in sorted(states.items())],
            "periods": queries.state_periods(),
            "period": period,
            "reports": [(made, Money(made.amount)) for made in queries.property_reports()[:REPORTS]],
        },
        status=422 if period.errors else 200,
    )
