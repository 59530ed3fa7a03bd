"""`/account/sign-in/`: the ways in which a family signs in; and `/prove/`, before what is sensitive."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.identity import Instant
from kinline.enrolment.services import password_changed
from kinline.people.models import User
from kinline.web.family.account import customer_of
from kinline.web.family.devices import rotate
from kinline.web.family.entry_forms import NewPassword
from kinline.web.family.passkeys import passkeys_of
from kinline.web.family.session import proved, recently_proved
from kinline.web.staff.second_step import has_second_step


@never_cache
@login_required
@require_safe
def ways_in(request: HttpRequest) -> HttpResponse:
    """Password, passkeys, second step, devices: what there is, and where to change it."""
    user = request.user
    if customer_of(user) is None or not isinstance(user, User):
        return redirect("welcome")
    return render(
        request,
        "kinline/ways_in.html",
        {
            "has_password": user.has_usable_password(),
            "has_second_step": has_second_step(user),
            "passkeys": passkeys_of(user),
            "devices": UserSession.objects.filter(user_id=user.pk).count(),
        },
    )


@never_cache
@sensitive_post_parameters("password")
@login_required
@recently_proved
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Set another password. Other devices are signed out."""
    user = request.user
    if customer_of(user) is None or not isinstance(user, User):
        return redirect("welcome")
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.check_password(user)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            user.set_password(form.cleaned_data["password"])
            user.save(update_fields=("password",))
            password_changed(user, Instant(time.time_ns() // 1_000_000))
        rotate(request, lambda: update_session_auth_hash(request, user))  # elsewhere the session ends
        messages.success(request, _("Your password is changed. Other devices are signed out."))
        return redirect("ways_in")
    return render(request, "kinline/password.html", {"form": form}, status=422 if form.errors else 200)


class ProveForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Type your password.")},
    )

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self._request = request

    def clean_password(self) -> str:
        typed = str(self.cleaned_data["password"])
        user = self._request.user
        if get_adapter().authenticate(self._request, email=user.email, password=typed) != user:  # type: ignore[union-attr]
            raise forms.ValidationError(_("That is not your password. Please try again."))
        return typed


@never_cache
@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """It is a while since they signed in: is it still them? Then on to where they were going."""
    user = request.user
    onwards = request.POST.get("next", request.GET.get("next", ""))
    if not url_has_allowed_host_and_scheme(onwards, {request.get_host()}, require_https=request.is_secure()):
        onwards = reverse("ways_in")
    if not isinstance(user, User):
        return redirect("sign_in")
    form: forms.Form = ProveForm(request, request.POST or None) if user.has_usable_password() else forms.Form()
    if request.method == "POST" and form.is_valid() and user.has_usable_password():
        proved(request)
        rotate(request)
        return redirect(onwards)
    context = {"form": form, "next": onwards, "has_passkey": bool(passkeys_of(user))}
    return render(request, "kinline/prove.html", context, status=422 if form.errors else 200)
