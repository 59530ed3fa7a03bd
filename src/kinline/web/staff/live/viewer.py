"""Who watches a board, and what of it is theirs to see."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from kinline.core.identity import FacilityId
from kinline.facilities.models import Facility
from kinline.live.queries import OnBoard
from kinline.people.authority import Part, comes_from_a_network_of_theirs, is_permitted, part_where
from kinline.people.models import User
from kinline.people.permissions import Permission
from kinline.web.staff.session import is_open, is_over


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member of staff before the board of one facility: which calls they see, see the number of, and may cut off."""

    user: int
    facility: FacilityId
    language: str
    sees: Part
    sees_numbers: Part
    may_cut_off: Part

    def of(self, calls: Iterable[OnBoard]) -> list[OnBoard]:
        """Those calls that are theirs to see."""
        return [call for call in calls if call.facility == self.facility and self.sees.covers(call.unit)]


def viewer(user: User, facility: Facility, language: str) -> Viewer | None:
    """None: nothing of the facility is theirs to watch."""
    sees = part_where(user, Permission.WATCH_CALLS, facility)
    if not sees:
        return None
    return Viewer(
        user.pk,
        FacilityId(facility.pk),
        language,
        sees,
        part_where(user, Permission.SEE_LIVE_NUMBERS, facility),
        part_where(user, Permission.CUT_OFF_CALLS, facility),
    )


def still(watching: Viewer, session: str, address: str) -> Viewer | None:
    """What the viewer may see by now; None: signed out, idle, of another network or without the role. Asking keeps no
    session alive."""
    request = HttpRequest()
    request.session = SessionStore(session)
    request.user = user = get_user(request)
    if not isinstance(user, User) or user.pk != watching.user or not is_open(request) or is_over(request, touch=False):
        return None
    if not is_permitted(user, Permission.WATCH_CALLS) or not comes_from_a_network_of_theirs(user, address):
        return None
    facility = Facility.objects.filter(pk=watching.facility).first()
    return None if facility is None else viewer(user, facility, watching.language)
