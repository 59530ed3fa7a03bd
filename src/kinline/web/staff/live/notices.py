"""What stands above the board: phones that need a look, carriers that do not answer, what is being announced."""

import time
from collections.abc import Sequence

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kinline.core.identity import FacilityId, Instant
from kinline.core.station_health import StationFault
from kinline.facilities.models import Announcement
from kinline.live.queries import StationHealth, station_health, trunk_health
from kinline.web.staff.live.viewer import Viewer

FAULTS = {
    StationFault.SILENT: _("has not been heard of for more than fifteen minutes"),
    StationFault.SOUND: _("many of its calls today had no sound"),
}


def faulty_stations(facility: FacilityId) -> list[StationHealth]:
    """The phones of a facility with which something is wrong now."""
    return [each for each in station_health(facility, _now()) if each.faults]


def notices(viewer: Viewer, faulty: Sequence[StationHealth]) -> str:
    """In the viewer's language, of the facility's `faulty_stations`."""
    at = _now()
    announced = Announcement.objects.filter(facility=viewer.facility, ended_at=None, expires_at__gt=at)
    if not viewer.sees.is_whole:
        announced = announced.filter(
            Q(unit__in=viewer.sees.units) | Q(station__unit__in=viewer.sees.units) | Q(unit=None, station=None)
        )
    context = {
        "facility": viewer.facility,
        "faulty": [(each, FAULTS[each.faults[0]]) for each in faulty if viewer.sees.covers(each.unit)],
        "carriers_down": [each for each in trunk_health(at) if each.is_up is False],
        "announced": announced.count(),
    }
    with translation.override(viewer.language):
        return render_to_string("kinline/live_notices.html", context)


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
