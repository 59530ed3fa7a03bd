"""Signing in of families: a password, a second step where they set one up, and where one lands then."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from kinline.people.authority import roles_of
from kinline.people.models import User
from kinline.web.family.account import customer_of


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
        "staff": _("Staff sign in on a page of their own."),
    }

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if asked.get("username") and asked.get("password"):
            found = get_adapter().authenticate(self.request, email=asked["username"], password=asked["password"])
            if found is None:
                raise self.get_invalid_login_error()
            self.user_cache = found
            self.confirm_login_allowed(found)
        return asked

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if customer_of(user) is None and roles_of(user).exists():
            raise forms.ValidationError(self.error_messages["staff"], code="staff")


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "kinline/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not ratelimit.consume(request, action="login"):
            return too_many_tries(request)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """On to the second step where there is one: allauth's stages say so (`sign_in_rules`)."""
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        answer: HttpResponse = perform_password_login(self.request, {"email": form.get_user().email}, login)
        return answer


def enter(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in somebody who has just proved who they are by something else than a password; where they go then."""
    answer: HttpResponse = perform_login(request, Login(user=user))
    return answer


def too_many_tries(request: HttpRequest) -> HttpResponse:
    """The answer to who tries too often; allauth asks for it too."""
    return render(request, "429.html", status=429)


@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """To the page that is the signed-in person's own."""
    return redirect("account" if customer_of(request.user) is not None else "home")
