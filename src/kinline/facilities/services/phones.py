"""Turning phones off and on."""

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.facilities.models import Agency, Facility, HousingUnit, Station
from kinline.facilities.models.places import Ruled, Switch


def switch_phones(place: Ruled, switch: Switch, actor: str, why: str, at: Instant) -> None:
    """Turn the phones of an agency, a facility, a unit or a station on or off; running calls end within seconds."""
    with transaction.atomic():
        before = place.switch
        place.switch, place.switch_reason = switch, why
        place.save(update_fields=["switch", "switch_reason"])
        audit.record(
            actor,
            Action.PHONES_SWITCHED,
            f"{place._meta.model_name}/{place.pk}",
            at,
            facility=_facility_of(place),
            before={"switch": str(before)},
            after={"switch": str(switch)},
            reason=why,
        )


def _facility_of(place: Ruled) -> FacilityId | None:
    match place:
        case Facility():
            return FacilityId(place.pk)
        case HousingUnit() | Station():
            return FacilityId(place.facility_id)
        case Agency():
            return None
    raise TypeError(f"{place!r} has no phones")
