"""`/staff/invitation/...`: who was invited chooses a password, and goes on to the second step."""

from typing import Any, Final

from django import forms
from django.contrib.auth import login, password_validation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.people.models import User
from kinline.staffing import services

_BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
_NEW: Final = {"autocomplete": "new-password"}


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password, at least 10 characters"), strip=False, widget=forms.PasswordInput(attrs=_NEW)
    )
    again = forms.CharField(label=_("The same password again"), strip=False, widget=forms.PasswordInput(attrs=_NEW))

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user

    def clean_password(self) -> str:
        typed: str = self.cleaned_data["password"]
        password_validation.validate_password(typed, self.user)
        return typed

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if "password" in typed and "again" in typed and typed["password"] != typed["again"]:
            self.add_error("again", gettext("The two are not the same. Type the password twice."))
        return typed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the e-mail. Once a password is set, it opens nothing any more."""
    try:
        user = services.invited(token)
        form = PasswordForm(user, request.POST or None)
        if form.is_valid():
            login(request, services.accept(token, form.cleaned_data["password"]), _BACKEND)
            return redirect("staff_second_step_set_up")
    except services.NotDone:
        return render(request, "kinline/invitation_over.html", status=410)
    return render(request, "kinline/invitation.html", {"form": form, "invited": user})
