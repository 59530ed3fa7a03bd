"""Staff are invited, changed and ended within the place of who does it, and nowhere else."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import NOON, a_facility, a_unit
from time_machine import travel

from kinline.audit.models import AuditEvent
from kinline.cli import main
from kinline.notices.models import Message
from kinline.people.authority import management_of
from kinline.people.models import PROVIDER_ROLES, Role, StaffNetwork, StaffRole, User
from kinline.staffing import services
from kinline.staffing.queries import places_for
from kinline.staffing.services import Fault, NotDone, Place

pytestmark = pytest.mark.django_db


class County:
    """Two jails of a sheriff, one with two units, and a jail of another; an administrator at each level."""

    def __init__(self) -> None:
        jail, annex = a_facility("Cypress"), a_facility("Annex")
        annex.agency = jail.agency
        annex.save()
        other = a_facility("Lake")
        a, b = a_unit(jail, "A"), a_unit(jail, "B")
        self.places = [
            Place(jail.agency),
            Place(jail.agency, jail),
            Place(jail.agency, jail, a),
            Place(jail.agency, jail, b),
            Place(jail.agency, annex),
            Place(other.agency),
            Place(other.agency, other),
        ]
        self.everywhere = self.somebody(Role.PLATFORM_ADMINISTRATOR, Place())
        self.administrators = [self.somebody(Role.FACILITY_ADMINISTRATOR, place) for place in self.places]

    def somebody(self, role: Role, place: Place) -> User:
        user = User.objects.create_user(f"{User.objects.count()}@county.example", None, name="Somebody")
        StaffRole.objects.create(user=user, role=role, agency=place.agency, facility=place.facility, unit=place.unit)
        return user


@pytest.fixture
def county() -> County:
    return County()


def contains(wide: Place, narrow: Place) -> bool:
    return all(mine in (None, theirs) for mine, theirs in zip(wide.keys, narrow.keys, strict=True))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(by=st.integers(0, 6), where=st.integers(0, 7), role=st.sampled_from(Role))
def test_nobody_gives_or_takes_what_lies_outside_their_own_place(county, by: int, where: int, role: Role) -> None:
    administrator, own = county.administrators[by], county.places[by]
    place = [*county.places, Place()][where]
    may = role not in PROVIDER_ROLES and place.agency is not None and contains(own, place)
    somebody = county.somebody(Role.OFFICER, county.places[2])
    try:
        given_role = services.give_role(somebody, role, place, administrator, NOON)
    except NotDone:
        assert not may
        assert StaffRole.objects.filter(user=somebody).count() == 1
    else:
        assert may
        assert Place(given_role.agency, given_role.facility, given_role.unit) == place
    held = county.somebody(role, place) if (role in PROVIDER_ROLES) == (place.agency is None) else None
    if held is not None:
        if may:
            assert services.end(held, administrator, NOON, "Left") == 1
        else:
            with pytest.raises(NotDone):
                services.end(held, administrator, NOON, "Left")
        assert held.roles.exists() is not may
    offered = set(places_for(management_of(administrator)).values())
    assert offered == {each for each in county.places if contains(own, each)}


def test_who_is_invited_gets_a_link_that_sets_one_password_within_a_week(county) -> None:
    by, place = county.administrators[1], county.places[2]
    with travel(NOON / 1000, tick=False) as clock:
        user = services.invite("New@County.example", "Nora  New", "es", Role.OFFICER, place, by, NOON)
        assert (user.email, user.name, user.has_usable_password()) == ("new@county.example", "Nora New", False)
        first = link_of(Message.objects.get(user=user))
        services.invite_again(user, by, NOON + 1)
        second = link_of(Message.objects.filter(user=user).latest("pk"))
        for nothing in (first, "", "x:y:z", second[:-1] + "!"):
            with pytest.raises(NotDone):
                services.invited(nothing)
        clock.shift(6 * 86_400)
        assert services.invited(second) == user
        clock.shift(86_401)
        with pytest.raises(NotDone):
            services.invited(second)
        clock.shift(-2 * 86_400)
        assert services.accept(second, "a long password").check_password("a long password")
        with pytest.raises(NotDone):
            services.accept(second, "another password")
    with pytest.raises(NotDone, match=Fault.HAS_PASSWORD):
        services.invite_again(user, by, NOON + 2)
    services.invite(user.email, "Somebody Else", "en", Role.INVESTIGATOR, place, by, NOON + 3)
    user.refresh_from_db()
    assert user.name == "Nora New"
    assert Message.objects.filter(user=user).latest("pk").kind == "staff_role_given"
    did = AuditEvent.objects.filter(subject=f"user/{user.pk}").order_by("pk").values_list("action", "actor")
    assert [action for action, _ in did] == ["staff.made", "role.given", "role.given"]
    assert {actor for _, actor in did} == {f"user/{by.pk}"}


def link_of(message: Message) -> str:
    return re.search(r"/staff/invitation/([^/]+)/", message.contents)[1]


def test_a_second_step_is_reset_only_by_who_manages_all_their_roles(county) -> None:
    jail, lake = county.administrators[1], county.administrators[6]
    both = county.somebody(Role.INVESTIGATOR, county.places[1])
    StaffRole.objects.create(
        user=both, role=Role.INVESTIGATOR, agency=county.places[6].agency, facility=county.places[6].facility
    )
    for by in (jail, lake, both):
        with pytest.raises(NotDone):
            services.reset_second_step(both, by, NOON, "Lost")
    services.reset_second_step(both, county.everywhere, NOON, "Lost")
    assert Message.objects.get(user=both).kind == "second_step_reset"
    assert services.end(both, jail, NOON, "Left") == 1
    assert both.roles.get().facility == county.places[6].facility
    with pytest.raises(NotDone, match=Fault.OWN):
        services.end(jail, jail, NOON, "Left")


def test_networks_are_listed_by_the_agency_and_lock_nobody_out_who_lists_them(county) -> None:
    by, agency = county.administrators[0], county.places[0].agency
    for network, fault in (("192.0.2.0/33", Fault.NO_NETWORK), ("198.51.100.0/24", Fault.LOCKS_OUT)):
        with pytest.raises(NotDone, match=fault):
            services.allow_network(agency, network, "", by, "192.0.2.7", NOON)
    with pytest.raises(NotDone, match=Fault.ELSEWHERE):
        services.allow_network(agency, "192.0.2.0/24", "", county.administrators[1], "192.0.2.7", NOON)
    row = services.allow_network(agency, "192.0.2.0/24", "Office", by, "192.0.2.7", NOON)
    with pytest.raises(NotDone, match=Fault.NO_NETWORK):
        services.allow_network(agency, "192.0.2.0/24", "Office", by, "192.0.2.7", NOON)
    other = services.allow_network(agency, "2001:db8::/32", "", by, "192.0.2.7", NOON)
    with pytest.raises(NotDone, match=Fault.LOCKS_OUT):
        services.forbid_network(row, by, "192.0.2.7", NOON)
    services.forbid_network(other, by, "192.0.2.7", NOON)
    services.forbid_network(row, by, "192.0.2.7", NOON)
    assert not StaffNetwork.objects.exists()


def test_whoever_runs_the_machine_appoints_the_first_administrator(capsys) -> None:
    assert main(["appoint", "ann", "Ann First"]) == 2
    assert main(["appoint", "Ann@provider.example", "Ann First"]) == 0
    link = capsys.readouterr().out.strip()
    user = services.accept(link.rstrip("/").rpartition("/")[2], "a long password")
    assert (user.email, user.roles.get().role) == ("ann@provider.example", "platform_administrator")
    assert main(["appoint", user.email, "Ann First"]) == 0
    assert "the password that they have" in capsys.readouterr().out
    assert user.roles.count() == 1
    assert AuditEvent.objects.get(actor="operator").subject == f"user/{user.pk}"
