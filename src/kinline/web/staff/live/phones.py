"""`/facility/phones/`: how each phone is, and whether the carriers answer."""

import time
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kinline.core.identity import Instant
from kinline.core.reasons import Audience, Reason, explain
from kinline.facilities.models import Facility
from kinline.facilities.models.wires import TrunkKind
from kinline.live.queries import StationHealth, station_health, trunk_health
from kinline.web.explanation import reader_language
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.live.notices import FAULTS
from kinline.web.staff.live.place import facilities_watched, watched


@require_safe
@staff_page(Permission.WATCH_CALLS)
def phones(request: HttpRequest) -> HttpResponse:
    """As of the latest news of the switchboards, which come every few seconds."""
    viewer, at = watched(request), Instant(time.time_ns() // 1_000_000)
    facility = Facility.objects.get(pk=viewer.facility)
    zone = ZoneInfo(facility.time_zone)
    context = {
        "facility": facility,
        "facilities": facilities_watched(request),
        "stations": [
            _station(each, zone, at) for each in station_health(viewer.facility, at) if viewer.sees.covers(each.unit)
        ],
        "trunks": [
            {"trunk": each, "since": _local(each.since, zone), "is_lines": each.kind is TrunkKind.LINES}
            for each in trunk_health(at)
        ],
    }
    return render(request, "kinline/phones.html", context)


def _station(station: StationHealth, zone: tzinfo, at: Instant) -> dict[str, Any]:
    return {
        "station": station,
        "state": _state(station, at),
        "is_registered": station.registered_until is not None and station.registered_until > at,
        "faults": [FAULTS[each] for each in station.faults],
        "seen_at": _local(station.seen_at, zone),
        "called_at": _local(station.called_at, zone),
        "error": explain(Reason(station.error), Audience.STAFF, reader_language()).text if station.error else "",
        "error_at": _local(station.error_at, zone),
    }


def _state(station: StationHealth, at: Instant) -> str:
    if not station.is_enabled:
        return _("out of use")
    if station.registered_until is not None:
        return _("registered") if station.registered_until > at else _("no longer registered")
    if station.seen_at is None:
        return _("never heard of")
    return _("calls from its own address") if station.is_trusted_by_address else _("calls without registering")


def _local(at: Instant | None, zone: tzinfo) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).replace(tzinfo=None)
