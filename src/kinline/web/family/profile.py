"""`/account/details/` and `/account/email/`: name, postal address, language; another e-mail address."""

import time

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant
from kinline.enrolment import services
from kinline.enrolment.errors import EnrolmentError, NotSent
from kinline.enrolment.models import Purpose
from kinline.people.models import User
from kinline.web.family import code_words
from kinline.web.family.account import customer_of
from kinline.web.family.devices import rotate
from kinline.web.family.entry_forms import AddressFields, CodeForm, EmailForm
from kinline.web.family.limits import is_allowed
from kinline.web.family.session import recently_proved
from kinline.web.family.waiting import let_wait, no_longer, waiting
from kinline.web.sign_in import too_many_tries


class DetailsForm(AddressFields):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of pages and messages"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Who they are, where mail reaches them, and in which language."""
    user, customer = request.user, customer_of(request.user)
    if customer is None or not isinstance(user, User):
        return redirect("welcome")
    known = {name: getattr(customer, name) for name in ("street", "city", "state", "postal_code", "country")}
    form = DetailsForm(request.POST or None, initial={**known, "name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        services.set_address(user, typed["name"], typed, typed["language"], _now())
        with override(typed["language"]):
            messages.success(request, _("Saved."))
        answer = redirect("details")
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, typed["language"], httponly=True, samesite="Lax")
        return answer
    context = {"form": form, "email": user.email}
    return render(request, "kinline/details.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@recently_proved
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Another address: a code goes there."""
    user = request.user
    if customer_of(user) is None or not isinstance(user, User):
        return redirect("welcome")
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not is_allowed(request, "send_code", form.cleaned_data["email"]):
            return too_many_tries(request)
        try:
            let_wait(request, services.ask_email(user, form.cleaned_data["email"], _now()))
        except EnrolmentError as error:
            code_words.say(form, error, "email")
        else:
            return redirect("email_code")
    context = {"form": form, "email": user.email}
    return render(request, "kinline/email.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def email_code(request: HttpRequest) -> HttpResponse:
    """The code came back: it is theirs. The address that was theirs is told."""
    claim = waiting(request, Purpose.EMAIL)
    if claim is None or claim.user_id != request.user.pk:
        return redirect("email")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not is_allowed(request, "check_code"):
            return too_many_tries(request)
        try:
            services.move_to_email(claim, form.cleaned_data["code"], _now())
        except NotSent:
            pass  # it is done; only the old address could not be told
        except EnrolmentError as error:
            code_words.say(form, error)
        if form.is_valid():
            no_longer(request, Purpose.EMAIL)
            rotate(request)
            messages.success(request, _("Your e-mail address is changed. We have told the old one."))
            return redirect("details")
    context = {"form": form, "email": claim.target}
    return render(request, "kinline/email_code.html", context, status=422 if form.errors else 200)


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
