"""Who is on the staff within a place, and which places a member of staff may give roles in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from kinline.facilities.models import Agency, Facility, HousingUnit
from kinline.people.authority import Management
from kinline.people.models import StaffRole, User
from kinline.staffing.services import Place


def people_of(by: Management) -> QuerySet[User]:
    """Everybody with a role that is managed so."""
    return User.objects.filter(pk__in=by.roles.values("user")).order_by("name", "pk")


def roles_by_person(by: Management, people: Iterable[User]) -> Mapping[int, list[StaffRole]]:
    """The roles of these people that are managed so, by the key of the person."""
    found = defaultdict(list)
    for role in by.roles.filter(user__in=list(people)).select_related("agency", "facility", "unit").order_by("pk"):
        found[role.user_id].append(role)
    return found


def places_for(by: Management) -> Mapping[str, Place]:
    """The agencies, facilities and units in the whole of which they may give roles, by a key for a form."""
    units, facilities = defaultdict(list), defaultdict(list)
    for unit in HousingUnit.objects.order_by("name"):
        units[unit.facility_id].append(unit)
    for facility in Facility.objects.order_by("name"):
        facilities[facility.agency_id].append(facility)
    found: dict[str, Place] = {}
    for agency in Agency.objects.order_by("name"):
        if by.covers(agency.pk):
            found[f"agency-{agency.pk}"] = Place(agency)
        for facility in facilities[agency.pk]:
            if by.covers(agency.pk, facility.pk):
                found[f"facility-{facility.pk}"] = Place(agency, facility)
            for unit in units[facility.pk]:
                if by.covers(agency.pk, facility.pk, unit.pk):
                    found[f"unit-{unit.pk}"] = Place(agency, facility, unit)
    return found
