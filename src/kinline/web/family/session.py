"""The session of a family: what they have to agree to first, and how long ago they proved who they are."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from kinline.core.identity import Instant
from kinline.enrolment import agreements
from kinline.people.models import User
from kinline.web.family import devices

Answer = Callable[[HttpRequest], HttpResponseBase]
_P = ParamSpec("_P")
_View = Callable[Concatenate[HttpRequest, _P], HttpResponse]

MUST_AGREE: Final = "must_agree"
_PROVED_AT: Final = "proved_at"
PROVED_FOR: Final = 15 * 60
"""Seconds for which a proof of who one is opens what is sensitive."""
_OPEN_BEFORE: Final = ("close_account", "refund")


def opened(request: HttpRequest, user: User, answer: HttpResponse) -> None:
    """Somebody has just signed in: their language, if the browser has chosen none; what they have to agree to."""
    proved(request)
    devices.begin(request)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and user.language != get_language():
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, httponly=True, samesite="Lax")
    if hasattr(user, "customer") and agreements.lacking(user, Instant(time.time_ns() // 1_000_000)):
        request.session[MUST_AGREE] = True


def proved(request: HttpRequest) -> None:
    """They have just proved who they are."""
    request.session[_PROVED_AT] = int(time.time())


def agreements_first(answer: Answer) -> Answer:
    """Send who has to agree to something to that page, whatever they ask for, but for closing their account."""

    def asked(request: HttpRequest) -> HttpResponseBase:
        is_open = request.path_info in [reverse(name) for name in _OPEN_BEFORE]
        if request.path_info.startswith("/account/") and not is_open and request.session.get(MUST_AGREE):
            return redirect("agree")
        return answer(request)

    return asked


def recently_proved(view: _View[_P]) -> _View[_P]:
    """Open the page to who has proved within `PROVED_FOR` who they are; others prove it first, and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        if int(time.time()) - request.session.get(_PROVED_AT, 0) > PROVED_FOR:
            return redirect(f"{reverse('prove')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return cast("_View[_P]", guarded)
