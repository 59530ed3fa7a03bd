"""`/staff/sign-in/`: password, second step, and setting up the second step at the first sign-in."""

import time
from typing import Any, cast

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django import forms
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import Instant
from kinline.people.authority import roles_of
from kinline.people.models import User
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.second_step import has_second_step, recovery_codes, square
from kinline.web.staff.session import open_session
from kinline.web.trail import write_down

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": False, "maxlength": "20"}


class StaffSignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
        )
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.user is not None and not roles_of(self.user).exists():
            raise forms.ValidationError(
                gettext("That e-mail address and password do not go together. Please try again.")
            )
        return cleaned


class StaffSignIn(LoginView):  # type: ignore[misc]
    form_class = StaffSignInForm
    template_name = "kinline/staff_sign_in.html"

    def get_form_class(self) -> type[forms.Form]:
        return self.form_class

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "was_idle": self.request.GET.get("why") == "idle"}


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    code = forms.CharField(label=_("Code"), widget=forms.TextInput(attrs=CODE))


class SecondStep(AuthenticateView):  # type: ignore[misc]
    """The code, after the password was right."""

    template_name = "kinline/second_step.html"

    def get_form_class(self) -> type[forms.Form]:
        return CodeForm

    def form_valid(self, form: CodeForm) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        if self.request.user.is_authenticated:
            self.opened(form)
        return answer

    def opened(self, form: CodeForm) -> None:
        """The portal is open to them."""
        open_session(self.request)
        write_down(self.request, Action.STAFF_SIGNED_IN, f"user/{self.request.user.pk}", reason=form.authenticator.type)

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        user = self.stage.login.user
        at = Instant(time.time_ns() // 1_000_000)
        audit.record(f"user/{user.pk}", Action.SECOND_STEP_FAILED, f"user/{user.pk}", at)
        answer: HttpResponse = super().form_invalid(form)
        return answer


class SetUpForm(forms.Form):
    """The first code proves that the app has the secret."""

    code = forms.CharField(label=_("Code that the app shows now"), widget=forms.TextInput(attrs=CODE))

    def __init__(self, user: User, secret: str, data: Any = None) -> None:
        super().__init__(data)
        self.user, self.secret = user, secret

    def clean_code(self) -> str:
        forgive = check_rate_limit(self.user, error_key="rate_limited")
        code: str = self.cleaned_data["code"]
        if not totp.validate_totp_code(self.secret, code):
            raise forms.ValidationError(
                gettext("That code is not right, or it was used. Wait for the next one and try again.")
            )
        forgive()
        return code


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """At the first sign-in: nothing else opens before it is done."""
    if not request.user.is_authenticated:
        return redirect("staff_sign_in")
    user = request.user
    if has_second_step(user):
        return redirect("staff")
    secret = totp.get_totp_secret(regenerate=False)
    form = SetUpForm(user, secret, request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            totp.TOTP.activate(user, secret)
            RecoveryCodes.activate(user)
            totp.clear_totp_secret(request)
            open_session(request)
            write_down(request, Action.SECOND_STEP_SET, f"user/{user.pk}")
        return redirect("staff_recovery_codes")
    return render(
        request, "kinline/second_step_set_up.html", {"form": form, "secret": secret, "square": square(user, secret)}
    )


@never_cache
@staff_page(Permission.USE_PORTAL)
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are left, to print."""
    user = cast(User, request.user)
    write_down(request, Action.RECOVERY_CODES_SEEN, f"user/{user.pk}")
    return render(request, "kinline/recovery_codes.html", {"codes": recovery_codes(user)})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("staff_sign_in")
