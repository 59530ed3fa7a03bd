"""The session of a member of staff: a cookie of its own, open only after the second step, and short."""

import time
from http.cookies import SimpleCookie
from typing import Final

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from kinline.configuration import configuration

AREA: Final = ("/facility/", "/provider/", "/staff/")
COOKIE: Final = "staffsessionid"
_BY, _OPENED_AT, _SEEN_AT = "second_step_by", "opened_at", "seen_at"
POLLING: Final = "X-Polling"
"""The header of what a page asks by itself: nobody did anything, and a session that is left alone still ends."""
BY_ITSELF: Final = frozenset({"/facility/live/events"})
"""Addresses that a page asks by itself and without that header, which server-sent events cannot have."""
_TOUCHED_EVERY: Final = 15
"""Seconds between two writes of when somebody was last seen."""


def is_of_staff(path: str) -> bool:
    """Whether an address is of the portal."""
    return path.startswith(AREA)


class AreaSessions(SessionMiddleware):
    """Keeps the portal's session apart from the family's: whoever is both signs in twice, and leaves each alone."""

    def process_request(self, request: HttpRequest) -> None:
        if is_of_staff(request.path_info):
            theirs = request.COOKIES.get(COOKIE)
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
            if theirs is not None:
                request.COOKIES[settings.SESSION_COOKIE_NAME] = theirs
        super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        if is_of_staff(request.path_info):
            _rename(response.cookies)
        return response


def _rename(cookies: SimpleCookie) -> None:
    morsel = cookies.pop(settings.SESSION_COOKIE_NAME, None)
    if morsel is not None:
        cookies[COOKIE] = morsel.value
        cookies[COOKIE].update(morsel)


def open_session(request: HttpRequest) -> None:
    """The second step is done: from now on the portal is open to this user."""
    now = int(time.time())
    request.session.update({_BY: request.user.pk, _OPENED_AT: now, _SEEN_AT: now})


def is_open(request: HttpRequest) -> bool:
    """Whether somebody is signed in with both steps."""
    return request.user.is_authenticated and request.session.get(_BY) == request.user.pk


def is_over(request: HttpRequest, *, touch: bool = True) -> bool:
    """Whether a session was left alone for too long, or is too old. One that is not is touched, unless it was no
    person who asked."""
    now, settings = int(time.time()), configuration()
    seen, opened = request.session.get(_SEEN_AT, now), request.session.get(_OPENED_AT, now)
    if now - seen > settings.staff_idle_minutes * 60 or now - opened > settings.staff_session_hours * 3600:
        return True
    if touch and now - seen > _TOUCHED_EVERY and POLLING not in request.headers:
        request.session[_SEEN_AT] = now
    return False
