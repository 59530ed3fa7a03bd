"""The pictures of the guide for staff whose pages have tests elsewhere: made only when they are asked for."""

import os

import pytest
from pictures import for_docs

from kinline.core.identity import Instant
from kinline.facilities.services import say_rules
from kinline.people import residents
from kinline.people.models import Resident, Role

pytestmark = pytest.mark.skipif("KINLINE_DOCS_PICTURES" not in os.environ, reason="KINLINE_DOCS_PICTURES is not set")


def test_the_pictures_of_the_guide(town, signed_in, chromium, address) -> None:
    town.full_of_calls()
    at = Instant(1_795_111_200_000)
    says = {"maximum_seconds": 900, "hours": [[day, 480, 1260] for day in range(7)], "list_required": True}
    say_rules(town.jail, says, "user/1", "Handbook", at)
    unit = town.jail.units.get()
    owen = Resident.objects.create(
        facility=town.jail, unit=unit, resident_number="100002", name="Owen Pratt", pin_hash="-"
    )
    residents.suspend(owen, Instant(at + 10**10), "Fight in the yard", f"user/{town.officer.pk}", at)
    session = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR)).cookies["sessionid"].value
    pages = {
        "facility-resident": f"/facility/residents/{owen.pk}/",
        "facility-rules": f"/facility/rules/facility/{town.jail.pk}/",
        "facility-rules-try": "/facility/rules/try/?resident=100001&number=5045550901&at=2026-11-20T22:30",
        "facility-history": "/facility/",
        "facility-permissions": "/staff/who-may-do-what/",
    }

    def taking(page) -> None:
        for name, path in pages.items():
            page.goto(path)
            for_docs(page, name, height=760)

    chromium.visit(taking, base=address, session=session)
