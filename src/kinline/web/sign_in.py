"""Signing in with an e-mail address and a password, and where one lands then."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from kinline.web.family.account import customer_of
from kinline.web.staff.access import SEES_CALLS, SEES_PRICES, facilities_where


class SignInForm(AuthenticationForm):
    username = UsernameField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": False})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    error_messages = {  # noqa: RUF012 (Django's way)
        "invalid_login": _("That e-mail address and password do not go together. Please try again."),
        "inactive": _("This account is closed. Please ask us for help."),
    }


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "kinline/sign_in.html"
    redirect_authenticated_user = True


@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """To the page that is the signed-in person's own: a customer's account, a staff member's facilities."""
    if customer_of(request.user) is not None:
        return redirect("account")
    if facilities_where(request.user, SEES_CALLS).exists():
        return redirect("facility")
    return redirect("compliance" if facilities_where(request.user, SEES_PRICES).exists() else "home")
