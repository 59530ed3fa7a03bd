"""Announcing something on the phones of a place, and ending it before its time."""

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.facilities.models import Announcement, Facility, HousingUnit, Station

LONGEST_SECONDS = 7 * 24 * 3600
MOST_AT_A_TIME = 3
"""In force at one place: more would keep a resident listening for minutes before each call."""


class NotAnnounced(Exception):
    """There are as many announcements at the place as one can listen to, or none of it in a language that is spoken."""


def announce(
    place: Facility | HousingUnit | Station,
    english: str,
    spanish: str,
    actor: str,
    at: Instant,
    expires_at: Instant,
    *,
    is_said_in_calls: bool = False,
) -> Announcement:
    """Say this at each off-hook of the place's stations until it expires (after a week at most), and, if chosen, within
    a second to the residents who talk there. Raises `NotAnnounced`."""
    facility = place if isinstance(place, Facility) else place.facility
    unit = place if isinstance(place, HousingUnit) else None
    station = place if isinstance(place, Station) else None
    with transaction.atomic():
        Facility.objects.select_for_update().get(pk=facility.pk)
        in_force = Announcement.objects.filter(facility=facility, unit=unit, station=station, ended_at=None)
        if in_force.filter(expires_at__gt=at).count() >= MOST_AT_A_TIME:
            raise NotAnnounced
        made = Announcement.objects.create(
            facility=facility,
            unit=unit,
            station=station,
            english=english,
            spanish=spanish,
            is_said_in_calls=is_said_in_calls,
            made_at=at,
            expires_at=min(expires_at, at + LONGEST_SECONDS * 1000),
            actor=actor,
        )
        audit.record(
            actor,
            Action.ANNOUNCED,
            f"{place._meta.model_name}/{place.pk}",
            at,
            facility=FacilityId(facility.pk),
            after={
                "announcement": made.pk,
                "english": english,
                "spanish": spanish,
                "in_calls": is_said_in_calls,
                "expires_at": made.expires_at,
            },
        )
    return made


def end_announcement(announcement: Announcement, actor: str, at: Instant) -> bool:
    """Say it no more, from the next off-hook on; False: it was over already."""
    with transaction.atomic():
        running = Announcement.objects.filter(pk=announcement.pk, ended_at=None, expires_at__gt=at)
        if not running.update(ended_at=at):
            return False
        audit.record(
            actor,
            Action.ANNOUNCEMENT_ENDED,
            f"announcement/{announcement.pk}",
            at,
            facility=FacilityId(announcement.facility_id),
            before={"expires_at": announcement.expires_at},
            after={"ended_at": at},
        )
    return True
