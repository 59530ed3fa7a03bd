"""How a page of the portal asks who may see it: `@staff_page(Permission...)`, and nothing else opens one.

The table of who may do what is `people.permissions`; `tests/web/test_access` finds a page that is in no row of it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from kinline.people.authority import facilities_where, is_permitted, within
from kinline.people.permissions import Permission
from kinline.web.staff.session import is_open
from kinline.web.trail import refuse

__all__ = ["Permission", "facilities_where", "is_permitted", "staff_page", "within"]

_P = ParamSpec("_P")
_R = TypeVar("_R", bound=HttpResponseBase)
_View = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]


def staff_page(permission: Permission) -> Callable[[Callable[Concatenate[HttpRequest, _P], _R]], _View[_P]]:
    """Show the page to staff who are signed in with their second step and may do this somewhere; to everybody else it
    does not exist. Which rows they see is for the page to ask (`facilities_where`, `within`)."""

    def decorate(view: Callable[Concatenate[HttpRequest, _P], _R]) -> _View[_P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            if not is_open(request):
                return redirect_to_login(request.get_full_path(), reverse("staff_sign_in"))
            if not is_permitted(request.user, permission):
                refuse(request, request.path.strip("/")[:80])
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast("_View[_P]", guarded)

    return decorate


def permission_of(view: Callable[..., Any]) -> Permission | None:
    """Which permission opens a view; None: it is not of the portal."""
    return getattr(view, "permission", None)
