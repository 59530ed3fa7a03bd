"""What a facility lacks is derived from what is stored of it, and nothing else."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kinline.core.commissioning import OF, Lack, Site, Step, Weight, lacking, steps_done

READY = Site(
    state="LA",
    population=180,
    languages=2,
    units=("A",),
    phones=("Phone 1",),
    has_longest_call=True,
    residents=1,
    roles=frozenset({"facility_administrator", "officer"}),
    calls_talked=1,
)
MISSING = {
    Lack.ZONE: {"zone_is_known": False},
    Lack.NUMBER: {"number_is_known": False},
    Lack.STATE: {"state": ""},
    Lack.POPULATION: {"population": 0},
    Lack.LANGUAGES: {"languages": 0},
    Lack.CALL_SETTINGS: {"settings_are_readable": False},
    Lack.TRUNK: {"has_trunk": False},
    Lack.TURNED_OFF: {"off": ("B",)},
    Lack.UNITS: {"units": ()},
    Lack.UNIT_WITHOUT_PHONE: {"units_without_phone": ("B",)},
    Lack.PHONES: {"phones": ()},
    Lack.PHONE_WITHOUT_SECRET: {"phones_without_secret": ("Phone 1",)},
    Lack.PHONE_NOT_REGISTERED: {"phones_not_registered": ("Phone 1",)},
    Lack.PHONE_NEVER_HEARD: {"phones_never_heard": ("Phone 1",)},
    Lack.PRICE: {"kinds_without_price": ("local",)},
    Lack.HOURS: {"without_hours": ("B",)},
    Lack.NEVER_OPEN: {"never_open": ("B",)},
    Lack.LONGEST_CALL: {"has_longest_call": False},
    Lack.RULES_UNREADABLE: {"rules_are_readable": False},
    Lack.RESIDENTS: {"residents": 0},
    Lack.RESIDENT_WITHOUT_PIN: {"residents_without_pin": 3},
    Lack.RESIDENT_WITHOUT_UNIT: {"residents_without_unit": 1, "own_unit_only": True},
    Lack.ADMINISTRATOR: {"roles": frozenset({"officer"})},
    Lack.APPROVER: {"roles": frozenset({"officer"}), "list_required": True},
    Lack.OFFICER: {"roles": frozenset({"facility_administrator"})},
    Lack.NOT_ACCEPTED: {"not_accepted": ("Nora",)},
    Lack.TEST_CALL: {"calls_talked": 0},
    Lack.TEST_LEFT: {"test_residents": 1},
}


def test_nothing_is_missing_where_all_is_there() -> None:
    assert lacking(READY) == ()
    assert all(steps_done(READY).values())


def test_each_lack_has_a_step_a_weight_and_something_that_shows_it() -> None:
    assert set(OF) == set(MISSING) == set(Lack)
    for lack, facts in MISSING.items():
        found = lacking(replace(READY, **facts))
        assert lack in {finding.lack for finding in found}
        done = steps_done(replace(READY, **facts))
        step, weight = OF[lack]
        assert not (weight is Weight.STOPS and done[step]), lack


@given(st.sets(st.sampled_from(Lack)))
def test_findings_follow_the_steps_and_a_step_is_done_only_when_nothing_in_it_stops_calls(missing: set[Lack]) -> None:
    site = READY
    for lack in sorted(missing):
        facts = dict(MISSING[lack])
        if "roles" in facts:
            facts["roles"] = facts["roles"] & site.roles
        site = replace(site, **facts)
    found = lacking(site)
    order = list(Step)
    assert [order.index(each.step) for each in found] == sorted(order.index(each.step) for each in found)
    done = steps_done(site)
    for finding in found:
        assert not (finding.weight is Weight.STOPS and done[finding.step])
    assert missing - {Lack.TEST_LEFT, Lack.RESIDENTS, Lack.ADMINISTRATOR, Lack.APPROVER, Lack.OFFICER} <= {
        each.lack for each in found
    }
