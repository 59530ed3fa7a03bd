"""In which part of a facility somebody may do something."""

import pytest
from make import a_facility, a_unit

from kinline.people.authority import Part, part_where
from kinline.people.models import Role, StaffRole, User
from kinline.people.permissions import Permission

pytestmark = pytest.mark.django_db


def test_a_role_reaches_its_units_its_facility_or_its_agency_and_the_providers_everywhere() -> None:
    facility, elsewhere = a_facility(), a_facility()
    a, b = a_unit(facility, "A"), a_unit(facility, "B")
    whole, nothing = Part(True, frozenset()), Part(False, frozenset())

    def part(role: Role, **place: object) -> Part:
        user = User.objects.create_user(f"{User.objects.count()}@jail.example", name="x")
        StaffRole.objects.create(user=user, role=role, **place)
        return part_where(user, Permission.WATCH_CALLS, facility)

    here, there = {"agency": facility.agency}, {"agency": elsewhere.agency}
    in_a = part(Role.OFFICER, **here, facility=facility, unit=a)
    assert (in_a.covers(a.pk), in_a.covers(b.pk), in_a.covers(None)) == (True, False, False)
    assert part(Role.OFFICER, **here, facility=facility) == part(Role.OFFICER, **here) == whole
    assert part(Role.SUPPORT) == whole
    for other in (part(Role.OFFICER, **there), part(Role.OFFICER, **there, facility=elsewhere)):
        assert other == nothing
        assert not other
    assert part(Role.APPROVER, **here, facility=facility) == nothing
