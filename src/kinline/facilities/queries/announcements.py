"""What staff announce at the stations of a facility: read once for each stamp."""

from dataclasses import dataclass

from kinline.core.announcement import Announcement
from kinline.core.identity import Instant, StationId
from kinline.facilities.models import Announcement as Row
from kinline.facilities.models import Facility


@dataclass(frozen=True, slots=True)
class Placed:
    """An announcement, where and until when it is said; without unit and station everywhere at the facility."""

    announcement: Announcement
    unit: int | None
    station: StationId | None
    is_said_in_calls: bool
    expires_at: Instant

    def is_said(self, station: StationId, unit: int | None, at: Instant) -> bool:
        is_here = self.station in (None, station) and self.unit in (None, unit)
        return is_here and at < self.expires_at


def announcements_of(facility: Facility) -> tuple[Placed, ...]:
    """Those that nobody ended, the oldest first; of very many the hundred that expire last."""
    rows = Row.objects.filter(facility=facility, ended_at=None).order_by("-expires_at")[:100]
    return tuple(
        Placed(
            Announcement(row.pk, row.english, row.spanish),
            row.unit_id,
            None if row.station_id is None else StationId(row.station_id),
            row.is_said_in_calls,
            Instant(row.expires_at),
        )
        for row in sorted(rows, key=lambda row: row.pk)
    )
