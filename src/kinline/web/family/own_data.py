"""`/account/data/`: a copy of all that is kept of a family."""

import io
import time

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant
from kinline.enrolment.own_data import write_copy
from kinline.web.family.account import customer_of
from kinline.web.family.session import recently_proved
from kinline.web.sign_in import too_many_tries


@never_cache
@login_required
@recently_proved
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: HttpRequest) -> HttpResponse:
    """What is in it; then the file. It is made at once, however long the history."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    if request.method != "POST":
        return render(request, "kinline/own_data.html")
    if not ratelimit.consume(request, action="own_data", user=request.user):
        return too_many_tries(request)
    copy = io.BytesIO()
    write_copy(customer, copy, Instant(time.time_ns() // 1_000_000))
    name = 'attachment; filename="kinline-my-data.zip"'
    return HttpResponse(copy.getvalue(), content_type="application/zip", headers={"Content-Disposition": name})
