"""`/facility/live/`: the calls in progress, by unit. Without a script it is a page to load again."""

import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from kinline.core.identity import Instant
from kinline.facilities.models import Facility
from kinline.live import queries
from kinline.people.authority import within
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.live.notices import faulty_stations, notices
from kinline.web.staff.live.place import facilities_watched, watched
from kinline.web.staff.live.rows import Row, row
from kinline.web.staff.live.viewer import Viewer


@require_safe
@staff_page(Permission.WATCH_CALLS)
def board(request: HttpRequest) -> HttpResponse:
    """One facility's calls, as of `version`: the script asks for what changed after it."""
    viewer, at = watched(request), Instant(time.time_ns() // 1_000_000)
    version = queries.version()  # first: what changes meanwhile is told by the events
    where = within(request.user, Permission.WATCH_CALLS, "call__facility", "call__unit")
    calls = viewer.of(queries.on_board(where))
    rows = [row(call, viewer, at) for call in calls]
    facility = Facility.objects.get(pk=viewer.facility)
    context = {
        "facility": facility,
        "facilities": facilities_watched(request),
        "units": _by_unit(facility, viewer, rows),
        "count": len(rows),
        "version": version,
        "at": at,
        "notices": mark_safe(notices(viewer, faulty_stations(viewer.facility))),  # noqa: S308 (our own template's)
    }
    return render(request, "kinline/live.html", context)


def _by_unit(facility: Facility, viewer: Viewer, rows: list[Row]) -> list[dict[str, Any]]:
    """Every unit of theirs, that of its calls may come to; those without any are hidden. 0: phones of no unit."""
    names = [(unit.pk, unit.name) for unit in facility.units.order_by("name") if viewer.sees.covers(unit.pk)]
    if viewer.sees.is_whole:
        names.append((0, ""))
    return [{"key": key, "name": name, "rows": [each for each in rows if each.unit == key]} for key, name in names]
