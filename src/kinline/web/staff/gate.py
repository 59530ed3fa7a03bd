"""Before any page of the portal: a second step, a session that is not too old, a network that is allowed."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from kinline.audit.actions import Action
from kinline.people.authority import comes_from_a_network_of_theirs, roles_of
from kinline.web.staff.second_step import has_second_step
from kinline.web.staff.session import BY_ITSELF, is_of_staff, is_open, is_over
from kinline.web.trail import write_down

Answer = Callable[[HttpRequest], HttpResponseBase]

OPEN_BEFORE = ("staff_second_step_set_up", "staff_sign_out", "staff_sign_in", "staff_second_step")


def staff_gate(answer: Answer) -> Answer:
    """Let through what is not of the portal, and who is signed in there in full."""

    def gated(request: HttpRequest) -> HttpResponseBase:
        if is_of_staff(request.path_info) and request.user.is_authenticated:
            stopped = _stopped(request)
            if stopped is not None:
                return stopped
        return answer(request)

    return gated


def _stopped(request: HttpRequest) -> HttpResponseBase | None:
    if not comes_from_a_network_of_theirs(request.user, request.META.get("REMOTE_ADDR", "")):
        write_down(request, Action.ACCESS_REFUSED, "portal", reason="network")
        logout(request)
        return render(request, "kinline/network_refused.html", status=403)
    if is_open(request):
        is_idle = is_over(request, touch=request.path_info not in BY_ITSELF)
        return _signed_out(request, "idle") if is_idle else None
    if request.path_info in [reverse(name) for name in OPEN_BEFORE]:
        return None
    if has_second_step(request.user) or not roles_of(request.user).exists():  # a session of the other area
        return _signed_out(request)
    return redirect("staff_second_step_set_up")


def _signed_out(request: HttpRequest, why: str = "") -> HttpResponseBase:
    logout(request)
    asked = {"next": request.get_full_path()} if request.method == "GET" else {}
    return redirect(f"{reverse('staff_sign_in')}?{urlencode({**asked, **({'why': why} if why else {})})}")
