"""Turning phones off and on, and waking the switchboards."""

from django.db import transaction
from django.db.models import F

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.facilities.models import Agency, Facility, HousingUnit, Stamp, Station, StationGroup, Switching
from kinline.facilities.models.places import Ruled, Switch
from kinline.facilities.queries.levels import level_of

_ALARM = 2


def switch_phones(place: Ruled, switch: Switch, actor: str, why: str, at: Instant, signal_seconds: int = 0) -> None:
    """Turn the phones of an agency, a facility, a unit, a group or a station on or off. New calls are refused at once;
    calls in progress end within a second, or `signal_seconds` after a time signal that both sides hear."""
    with transaction.atomic():
        before = place.switch
        place.switch, place.switch_reason = switch, why
        place.save(update_fields=["switch", "switch_reason"])
        Switching.objects.create(
            level=level_of(place),
            place=place.pk,
            at=at,
            switch=switch,
            signal_seconds=signal_seconds,
            actor=actor,
            why=why,
        )
        audit.record(
            actor,
            Action.PHONES_SWITCHED,
            f"{place._meta.model_name}/{place.pk}",
            at,
            facility=facility_of(place),
            before={"switch": str(before)},
            after={"switch": str(switch), "signal_seconds": signal_seconds},
            reason=why,
        )


def wake_switchboards() -> None:
    """Within a second every switchboard asks which of its calls must end. Part of the caller's transaction."""
    Stamp.objects.filter(pk=_ALARM).update(value=F("value") + 1)


def facility_of(place: Ruled) -> FacilityId | None:
    """Whose place it is; an agency is of none."""
    match place:
        case Facility():
            return FacilityId(place.pk)
        case HousingUnit() | StationGroup() | Station():
            return FacilityId(place.facility_id)
        case Agency():
            return None
    raise TypeError(f"{place!r} has no phones")
