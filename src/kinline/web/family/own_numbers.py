"""`/account/numbers/`: the telephone numbers of a family, and proving that one is theirs."""

import time
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant
from kinline.enrolment import sending, services
from kinline.enrolment.errors import EnrolmentError, NotTheirs
from kinline.enrolment.models import Confirmation, Purpose
from kinline.people.models import User
from kinline.web.family import code_words
from kinline.web.family.account import customer_of
from kinline.web.family.entry_forms import CodeForm, NumberForm
from kinline.web.family.limits import is_allowed
from kinline.web.sign_in import too_many_tries
from kinline.web.trail import refuse

_SENT: Final = "number_code_sent"
"""In the session: for which claim a code went out, so that the page asks for it when it is opened again."""


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_numbers(request: HttpRequest) -> HttpResponse:
    """Theirs; another one; one that is no longer theirs."""
    user, customer = request.user, customer_of(request.user)
    if customer is None or not isinstance(user, User):
        return redirect("welcome")
    if request.POST.get("what") == "remove":
        try:
            services.give_up_number(user, request.POST.get("number", ""), _now())
        except NotTheirs:
            refuse(request, "number")
        messages.success(request, _("The number is no longer on your account."))
        return redirect("own_numbers")
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        replaces = request.POST.get("replaces", "")
        if replaces and not customer.numbers.filter(number=replaces).exists():
            refuse(request, "number")
        services.ask_number(user, form.cleaned_data["number"], _now(), replaces)
        return redirect("confirm_number")
    numbers = customer.numbers.filter(is_verified=True).order_by("pk")
    context = {"form": form, "numbers": numbers}
    return render(request, "kinline/own_numbers.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_number(request: HttpRequest) -> HttpResponse:
    """A code by text message or by a call, and then the code."""
    user, customer = request.user, customer_of(request.user)
    if customer is None or not isinstance(user, User):
        return redirect("welcome")
    claims = Confirmation.objects.filter(user=user, purpose=Purpose.NUMBER, used_at=None)
    claim = claims.select_related("user").order_by("-pk").first()
    if claim is None:
        return redirect("own_numbers")
    way = request.POST.get("way", "")
    form = CodeForm(request.POST if "code" in request.POST else None)
    problem = sent = ""
    if way in ("text", "call"):
        if not is_allowed(request, "send_code", claim.target):
            return too_many_tries(request)
        try:
            if way == "text":
                services.text_code(claim, _now())
            else:
                services.call_code(claim, _now(), request.META.get("REMOTE_ADDR", ""))
            sent = way
            request.session[_SENT] = claim.pk
        except EnrolmentError as error:
            problem = code_words.words(error)
    elif form.is_bound and form.is_valid():
        if not is_allowed(request, "check_code"):
            return too_many_tries(request)
        try:
            services.own_number(claim, form.cleaned_data["code"], _now())
        except EnrolmentError as error:
            code_words.say(form, error)
        else:
            messages.success(request, _("The number is yours: calls to it can be paid from your account."))
            return redirect("own_numbers")
    return render(
        request,
        "kinline/confirm_number.html",
        {
            "form": form,
            "number": claim.target,
            "sent": sent,
            "problem": problem,
            "is_on_its_way": request.session.get(_SENT) == claim.pk,
            "can_text": sending.can_text(),
            "can_call": claim.target.startswith("+1"),
        },
        status=422 if form.errors or problem else 200,
    )


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
