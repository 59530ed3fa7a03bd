"""`/forgotten/`: a new password, by a code to the e-mail address. Whether that is known, only its owner learns."""

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant
from kinline.enrolment import services
from kinline.enrolment.errors import EnrolmentError
from kinline.enrolment.models import Purpose
from kinline.people.models import User
from kinline.web.explanation import reader_language
from kinline.web.family import code_words
from kinline.web.family.entry_forms import CodeAndPassword, ForgottenForm
from kinline.web.family.limits import is_allowed
from kinline.web.family.waiting import let_wait, no_longer, waiting
from kinline.web.sign_in import enter, too_many_tries


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """To which address."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if not is_allowed(request, "send_code", email):
            return too_many_tries(request)
        try:
            let_wait(request, services.forgotten(email, reader_language(), _now()))
        except EnrolmentError as error:
            code_words.say(form, error, "email")
        else:
            return redirect("forgotten_code")
    return render(request, "kinline/forgotten.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_code(request: HttpRequest) -> HttpResponse:
    """The code and the new password. Every device is signed out; a second step is asked for as ever."""
    claim = waiting(request, Purpose.PASSWORD)
    if claim is None:
        return redirect("forgotten")
    form = CodeAndPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.check_password(claim.user or User(email=claim.target))
    if form.is_bound and form.is_valid():
        if not is_allowed(request, "check_code"):
            return too_many_tries(request)
        typed = form.cleaned_data
        try:
            user = services.reset_password(claim, typed["code"], typed["password"], _now())
        except EnrolmentError as error:
            code_words.say(form, error)
        else:
            no_longer(request, Purpose.PASSWORD)
            return enter(request, user)
    context = {"form": form, "email": claim.target}
    return render(request, "kinline/forgotten_code.html", context, status=422 if form.errors else 200)


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
