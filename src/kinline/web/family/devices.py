"""`/account/devices/`: where one is signed in, and signing out there. allauth keeps the list (`usersessions`)."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.audit.actions import Action
from kinline.web.family.account import customer_of
from kinline.web.family.payments import zone_of
from kinline.web.row_numbers import row_number
from kinline.web.trail import refuse, write_down

Answer = Callable[[HttpRequest], HttpResponseBase]

SEEN_EVERY: Final = 10 * 60
"""Seconds between two writes of when a device was last seen."""
_SEEN: Final = "device_seen"
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def seen(answer: Answer) -> Answer:
    """Write down now and then that a device was seen."""

    def noticed(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        session = getattr(request, "session", None)
        if session is None or not session.session_key or _SEEN not in session:
            return response
        now = int(time.time())
        if now - session[_SEEN] > SEEN_EVERY:
            session[_SEEN] = now
            UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())
        return response

    return noticed


def rotate(request: HttpRequest, how: Callable[[], None] | None = None) -> None:
    """Another key for the same session: what somebody may have read before opens nothing any more. It stays one device
    of the list. `how`: what gives it the key, if that is not all that is done."""
    before = request.session.session_key
    (how or request.session.cycle_key)()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def begin(request: HttpRequest) -> None:
    """This device has just signed in."""
    request.session[_SEEN] = int(time.time())


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """All that are signed in; sign out one, or all others."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    theirs = UserSession.objects.filter(user_id=request.user.pk)
    if request.method == "POST":
        asked = request.POST.get("device", "")
        if asked == "others":
            leaving = [each for each in theirs if not each.is_current()]
        else:
            leaving = list(theirs.filter(pk=row_number(asked)))
            if not leaving:
                refuse(request, f"device/{asked[:18]}")
        for each in leaving:
            each.end()
        write_down(request, Action.DEVICES_SIGNED_OUT, f"user/{request.user.pk}", after={"devices": len(leaving)})
        messages.success(request, _("Signed out there."))
        return redirect("devices")
    zone = zone_of(customer)
    found = UserSession.objects.purge_and_list(request.user)
    shown = [_as_read(each, zone) for each in sorted(found, key=lambda each: (-each.is_current(), -each.pk))]
    return render(request, "kinline/devices.html", {"devices": shown})


def _as_read(session: UserSession, zone: Any) -> dict[str, Any]:
    return {
        "pk": session.pk,
        "is_this": session.is_current(),
        "name": _named(session.user_agent),
        "ip": session.ip,
        "since": session.created_at.astimezone(zone).replace(tzinfo=None),
        "seen": session.last_seen_at.astimezone(zone).replace(tzinfo=None),
        "is_new": timezone.now() - session.created_at < timedelta(days=1),
    }


def _named(user_agent: str) -> str:
    """`Chrome, Android`."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return ", ".join(filter(None, (browser, system))) or _("Unknown device")
