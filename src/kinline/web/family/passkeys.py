"""Passkeys: signing in with a fingerprint, a face or the lock of a phone (WebAuthn). They need a script of ours."""

import json
import time
from typing import Any

from allauth.account.models import Login
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth, flows
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kinline.audit.actions import Action
from kinline.core.identity import Instant
from kinline.enrolment.services import way_in_changed
from kinline.people.models import User
from kinline.web.family.account import customer_of
from kinline.web.family.devices import rotate
from kinline.web.family.limits import is_allowed
from kinline.web.family.session import proved, recently_proved
from kinline.web.sign_in import too_many_tries
from kinline.web.trail import refuse

MOST = 10
_NOT_TAKEN = gettext_lazy("That did not work. Please try again, or sign in another way.")


def passkeys_of(user: User) -> list[dict[str, Any]]:
    """Their names, since when, and when last used."""
    found = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    return [
        {"pk": each.pk, "name": each.data.get("name", ""), "since": each.created_at, "used": each.last_used_at}
        for each in found
    ]


@never_cache
@login_required
@recently_proved
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Make a passkey on this device."""
    user = request.user
    if customer_of(user) is None or not isinstance(user, User):
        return redirect("welcome")
    if len(passkeys_of(user)) >= MOST:
        messages.error(request, _("You have ten passkeys. Remove one first."))
        return redirect("ways_in")
    problem = ""
    if request.method == "POST":
        try:
            credential = _posted(request)
            auth.parse_registration_response(credential)
            auth.complete_registration(credential)
        except (ValidationError, ValueError, TypeError, KeyError):
            problem = str(_NOT_TAKEN)
        else:
            with transaction.atomic():
                auth.WebAuthn.add(user, request.POST.get("name", "").strip()[:60] or _("Passkey"), credential)
                _tell(user, Action.PASSKEY_ADDED, gettext_lazy("A passkey was added."))
            rotate(request)
            messages.success(request, _("The passkey is ready. From now on you can sign in with it."))
            is_new = user.confirmations.filter(purpose="number", used_at=None).exists()
            return redirect("confirm_number" if is_new else "ways_in")
    context = {"options": json.dumps(auth.begin_registration(user, True)), "problem": problem}
    return render(request, "kinline/passkey_add.html", context, status=422 if problem else 200)


@login_required
@recently_proved
@require_POST
def remove(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Not the last way in."""
    user = request.user
    found = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN, pk=passkey_id).first()
    if found is None or not isinstance(user, User):
        refuse(request, f"passkey/{passkey_id}")
    if not user.has_usable_password() and len(passkeys_of(user)) == 1:
        messages.error(request, _("This is your only way to sign in. Set a password first."))
        return redirect("ways_in")
    with transaction.atomic():
        found.delete()
        _tell(user, Action.PASSKEY_REMOVED, gettext_lazy("A passkey was removed."))
    messages.success(request, _("The passkey is removed."))
    return redirect("ways_in")


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """GET: what the browser is to sign. POST: signed; the passkey says who they are."""
    if request.method == "GET":
        return JsonResponse(auth.begin_authentication())
    if not is_allowed(request, "login"):
        return too_many_tries(request)
    try:
        credential = _posted(request)
        auth.parse_authentication_response(credential)
        user = auth.extract_user_from_response(credential)
        authenticator = auth.complete_authentication(user, credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        messages.error(request, _NOT_TAKEN)
        return redirect("sign_in")
    if not user.is_active or customer_of(user) is None:
        messages.error(request, _NOT_TAKEN)
        return redirect("sign_in")
    onwards = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onwards, {request.get_host()}, require_https=request.is_secure()):
        onwards = reverse("welcome")
    answer: HttpResponse = flows.perform_passwordless_login(
        request, authenticator, Login(user=user, redirect_url=onwards)
    )
    return answer


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """As `sign_in`, for who is signed in and must show that it is still them."""
    user = request.user
    if request.method == "GET":
        return JsonResponse(auth.begin_authentication(user))
    if not is_allowed(request, "login"):
        return too_many_tries(request)
    onwards = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onwards, {request.get_host()}, require_https=request.is_secure()):
        onwards = reverse("ways_in")
    try:
        authenticator = auth.complete_authentication(user, _posted(request))
    except (ValidationError, ValueError, TypeError, KeyError):
        messages.error(request, _NOT_TAKEN)
        return redirect("prove")
    post_authentication(request, authenticator, reauthenticated=True)
    proved(request)
    rotate(request)
    return redirect(onwards)


def _posted(request: HttpRequest) -> dict[str, Any]:
    posted = json.loads(request.POST.get("credential", "")[:20_000] or "null")
    if not isinstance(posted, dict):
        raise ValueError("no credential")
    return posted


def _tell(user: User, action: Action, what: object) -> None:
    with override(user.language):
        way_in_changed(user, action, str(what), Instant(time.time_ns() // 1_000_000))
