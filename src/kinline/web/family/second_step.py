"""`/sign-in/second-step/` and `/account/second-step/`: a family may secure its account with a code from an app."""

import time

from allauth.account.internal.stagekit import unstash_login
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.audit.actions import Action
from kinline.core.identity import Instant
from kinline.enrolment.services import way_in_changed
from kinline.people.authority import roles_of
from kinline.people.models import User
from kinline.web.family.account import customer_of
from kinline.web.family.devices import rotate
from kinline.web.family.session import recently_proved
from kinline.web.staff.second_step import has_second_step, recovery_codes, square
from kinline.web.staff.signing_in import CodeForm, SecondStep, SetUpForm


class FamilySecondStep(SecondStep):
    """The code, after the password was right."""

    template_name = "kinline/family_second_step.html"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if unstash_login(request, peek=True) is None:
            return redirect("welcome" if request.user.is_authenticated else "sign_in")
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    def opened(self, form: CodeForm) -> None:
        """A family's session needs nothing more: `sign_in_rules` opens it."""


class FamilySetUpForm(SetUpForm):
    code = forms.CharField(
        label=gettext_lazy("Code that the app shows now"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "20"}),
        error_messages={"required": gettext_lazy("Type the six digits that the app shows.")},
    )


@never_cache
@login_required
@recently_proved
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Set it up; see the recovery codes that are left; turn it off."""
    user = request.user
    if customer_of(user) is None or not isinstance(user, User):
        return redirect("welcome")
    if has_second_step(user):
        return _kept(request, user)
    secret = totp.get_totp_secret(regenerate=False)
    form = FamilySetUpForm(user, secret, request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            totp.TOTP.activate(user, secret)
            RecoveryCodes.activate(user)
            totp.clear_totp_secret(request)
            _tell(user, Action.SECOND_STEP_SET, gettext_lazy("The second step was set up."))
        rotate(request)
        messages.success(request, _("The second step is set up. Keep the recovery codes below where you find them."))
        return redirect("family_second_step")
    context = {"form": form, "secret": secret, "square": square(user, secret)}
    return render(request, "kinline/family_second_step_set_up.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, user: User) -> HttpResponse:
    is_of_staff = roles_of(user).exists()
    if request.POST.get("what") == "off" and not is_of_staff:
        with transaction.atomic():
            both = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
            Authenticator.objects.filter(user_id=user.pk, type__in=both).delete()
            _tell(user, Action.SECOND_STEP_RESET, gettext_lazy("The second step was turned off."))
        rotate(request)
        messages.success(request, _("The second step is off."))
        return redirect("ways_in")
    context = {"codes": recovery_codes(user), "is_of_staff": is_of_staff}
    return render(request, "kinline/family_second_step_kept.html", context)


def _tell(user: User, action: Action, what: object) -> None:
    with override(user.language):
        way_in_changed(user, action, str(what), Instant(time.time_ns() // 1_000_000))
