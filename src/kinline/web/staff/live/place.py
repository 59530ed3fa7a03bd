"""Which facility's board somebody looks at."""

from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language

from kinline.facilities.models import Facility
from kinline.people.models import User
from kinline.people.permissions import Permission
from kinline.web.staff.access import facilities_where
from kinline.web.staff.live.viewer import Viewer, viewer
from kinline.web.trail import refuse


def facilities_watched(request: HttpRequest) -> QuerySet[Facility]:
    """Those of which they see at least a unit."""
    return facilities_where(request.user, Permission.WATCH_CALLS, partly=True).order_by("name")


def facility_watched(request: HttpRequest) -> Facility:
    """The one that is asked for, else the first that is theirs; another's does not exist for them."""
    wanted = request.GET.get("facility", "")
    mine = facilities_watched(request)
    found = mine.filter(pk=int(wanted)).first() if wanted.isascii() and wanted.isdigit() else mine.first()
    if found is None:
        refuse(request, f"live/{wanted}"[:80])
    return found


def watched(request: HttpRequest) -> Viewer:
    """The reader before the board that they ask for."""
    found = viewer(cast(User, request.user), facility_watched(request), get_language() or "en")
    if found is None:
        refuse(request, "live")
    return found
