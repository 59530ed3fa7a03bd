"""What staff do to a facility."""

import pytest
from make import NOON, a_facility, a_station, a_unit

from kinline.audit.models import AuditEvent
from kinline.core.identity import FacilityId
from kinline.core.reasons import Reason
from kinline.facilities.models.places import Switch
from kinline.facilities.queries import Off, rulebook, stamp
from kinline.facilities.services import switch_phones

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("level", ["agency", "facility", "unit", "station"])
def test_phones_are_switched_off_at_every_level_with_a_reason(level: str) -> None:
    jail = a_facility()
    unit = a_unit(jail)
    station = a_station(jail, unit)
    place = {"agency": jail.agency, "facility": jail, "unit": unit, "station": station}[level]

    switch_phones(place, Switch.LOCKDOWN, "user/7", "Count", NOON)

    found = rulebook(FacilityId(jail.pk), stamp()).stations[station.pk]
    assert found.off == Off(Reason.TALK_LOCKDOWN)
    event = AuditEvent.objects.get()
    assert (event.actor, event.reason, event.facility) == ("user/7", "Count", None if level == "agency" else jail.pk)
