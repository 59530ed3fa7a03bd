"""May this resident call this number at this time? The tester, the switchboard's question, the API and the page give
one answer, whatever the rules; and what is said later changes nothing that was decided before."""

import json
import time
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import (
    DAY,
    MINUTE,
    NOON,
    SECOND,
    a_contact,
    a_customer,
    a_facility,
    a_resident,
    a_station,
    a_unit,
    authorised,
    dial,
    hung_up,
    off_hook,
)

from kinline.audit.models import AuditEvent
from kinline.calls import services
from kinline.calls.models import Call
from kinline.calls.trying import in_words, may
from kinline.core.callflow.events import Authorised, Denied
from kinline.core.identity import FacilityId, Instant, Language, ResidentId
from kinline.core.policy import Deny, Level
from kinline.core.reasons import Reason
from kinline.facilities.calling_rules import WrongCallingRules
from kinline.facilities.models import RuleRow, Station, StationGroup
from kinline.facilities.queries import rulebook, stamp
from kinline.facilities.services import say_rules
from kinline.people.models import Resident, Role, StaffRole, User
from kinline.people.resident_rules import say_rules_of
from kinline.web.staff.session import COOKIE

pytestmark = pytest.mark.django_db

MOTHER, STRANGER, ABROAD = "+15045550123", "+12255550111", "+525512345678"

spans = st.tuples(st.integers(0, 6), st.integers(0, 1380), st.integers(1, 60)).map(lambda s: [s[0], s[1], s[1] + s[2]])
few = st.integers(0, 3)
rules = st.fixed_dictionaries(
    {},
    optional={
        "hours": st.lists(spans, max_size=2).map(lambda some: [*some, *([day, 360, 1320] for day in range(7))])
        | st.lists(spans, max_size=2),
        "exceptions": st.sampled_from([{"2026-11-20": []}, {"2026-11-20": [[600, 900]]}, {"2026-11-21": []}]),
        "list_required": st.booleans(),
        "own_unit_only": st.booleans(),
        "barred": st.sampled_from([[], ["premium"], ["international", "toll_free"]]),
        "destinations": st.sampled_from([["local", "intrastate"], ["intrastate", "interstate", "international"]]),
        "countries": st.sampled_from([["MX"], ["CA"]]),
        "numbers_allowed": st.sampled_from([["+1504*"], ["+1*"]]),
        "numbers_blocked": st.sampled_from([[MOTHER], ["+1225*"]]),
        "maximum_seconds": st.integers(60, 3600),
        "wait_seconds": st.sampled_from([60, 3600, 86_400]),
        "attempts_per_hour": few,
        "calls_per_day": few,
        "calls_per_week": few,
        "calls_per_month": few,
        "seconds_per_day": st.integers(0, 1200),
        "seconds_per_week": st.integers(0, 1200),
        "seconds_per_month": st.integers(0, 1200),
    },
)
some_rules = st.dictionaries(st.sampled_from(["agency", "facility", "unit", "group", "station", "resident"]), rules)


class Wing:
    """A resident of a unit at a station of a group, with a mother who pays."""

    def __init__(self) -> None:
        self.jail = a_facility(calling_rules={"maximum_seconds": 900, "barred": ["premium"]})
        self.unit = a_unit(self.jail, "B")
        self.group = StationGroup.objects.create(facility=self.jail, name="Yard")
        self.station: Station = a_station(self.jail, self.unit, group=self.group)
        self.resident: Resident = a_resident(self.jail, unit=self.unit)
        a_contact(self.resident, MOTHER)
        a_customer(MOTHER, "30.00")
        a_customer(STRANGER, "30.00")

    def say(self, where: str, says: dict[str, Any], at: Instant = NOON, effective: Instant | None = None) -> None:
        if where == "resident":
            say_rules_of(self.resident, says, "user/1", "", at, effective)
        else:
            place = {
                "agency": self.jail.agency,
                "facility": self.jail,
                "unit": self.unit,
                "group": self.group,
                "station": self.station,
            }[where]
            say_rules(place, says, "user/1", "", at, effective)

    def asks(self, number: str, at: Instant) -> Authorised | Denied:
        """The answer of the switchboard's own question, for an identified resident."""
        call = off_hook(self.station, at)
        Call.objects.filter(pk=call).update(resident=self.resident, identified_at=at)
        return services.authorise(call, ResidentId(self.resident.pk), pressed(number), at)


def pressed(number: str) -> str:
    return number.removeprefix("+1") if number.startswith("+1") else f"011{number[1:]}"


@pytest.fixture
def wing() -> Wing:
    return Wing()


@pytest.fixture
def officer(wing: Wing) -> Client:
    user = User.objects.create_user("officer@trying.example", None, name="An officer")
    StaffRole.objects.create(user=user, role=Role.OFFICER, agency=wing.jail.agency, facility=wing.jail)
    client, now = Client(), int(time.time())
    client.force_login(user)
    session = client.session
    session.update({"second_step_by": user.pk, "opened_at": now, "seen_at": now})
    session.save()
    client.cookies[COOKIE] = session.session_key
    return client


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=some_rules,
    number=st.sampled_from([MOTHER, MOTHER, STRANGER, ABROAD, "+18005550199"]),
    after=st.sampled_from([0, 7 * 60 * MINUTE, DAY, 3 * DAY]),
    talks=st.lists(st.integers(1, 9), max_size=2),
)
def test_tester_switchboard_api_and_page_agree_whatever_the_rules(
    wing: Wing, officer: Client, said: dict[str, dict[str, Any]], number: str, after: int, talks: list[int]
) -> None:
    with transaction.atomic():
        for before, minutes in enumerate(talks, 1):
            at = Instant(NOON - before * 60 * MINUTE)
            hung_up(authorised(wing.station, wing.resident, MOTHER, at)[0], minutes * 60, at)
        for where, says in said.items():
            wing.say(where, says)
        at = Instant(NOON + after)

        tried = may(wing.resident, pressed(number), at, wing.station)
        words = in_words(tried, Language.ENGLISH)
        moment = {"resident": wing.resident.pk, "number": number, "station": wing.station.pk}
        local = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(at / 1000 - 6 * 3600))
        answered = officer.get("/staff/api/v1/may", {**moment, "at": local}).json()
        page = officer.get(reverse("rules_try"), {**moment, "at": local})
        decision = wing.asks(number, at)

        assert tried.is_allowed is isinstance(decision, Authorised)
        if isinstance(decision, Denied):
            assert tried.refusal is not None
            assert (tried.refusal.reason, tried.refusal.values) == (decision.reason, decision.values)
        else:
            assert words.longest_seconds == decision.permit.limit_seconds
        assert answered == json.loads(json.dumps(_plain(words)))
        assert page.context["answer"] == words
        assert words.rule in page.content.decode().replace("&#x27;", "'")
        transaction.set_rollback(True)


def _plain(words: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(words)


def test_the_deciding_rule_is_named_with_its_level(wing: Wing) -> None:
    wing.say("unit", {"hours": [[day, 480, 1260] for day in range(7)]})
    late = Instant(NOON + 10 * 60 * MINUTE)  # ten in the evening
    words = in_words(may(wing.resident, pressed(MOTHER), late, wing.station), Language.ENGLISH)
    assert (words.reason, words.rule) == ("policy.unit_closed", "Unit B: hours Mon-Sun 08:00-21:00")
    assert [level.level for level in words.chain] == [
        Level.AGENCY,
        Level.FACILITY,
        Level.UNIT,
        Level.STATION_GROUP,
        Level.STATION,
        Level.RESIDENT,
    ]
    spanish = in_words(may(wing.resident, pressed(MOTHER), late, wing.station), Language.SPANISH)
    assert spanish.rule == "Unidad B: horario lun-dom 08:00-21:00"


def test_a_rule_begins_when_it_says_and_the_past_keeps_its_own(wing: Wing) -> None:
    tomorrow = Instant(NOON + DAY)
    wing.say("unit", {"numbers_blocked": [MOTHER]}, effective=tomorrow)
    wing.say("resident", {"maximum_seconds": 60}, effective=Instant(NOON + MINUTE))
    assert may(wing.resident, pressed(MOTHER), NOON, wing.station).is_allowed
    soon = may(wing.resident, pressed(MOTHER), Instant(NOON + 2 * MINUTE), wing.station)
    assert in_words(soon, Language.ENGLISH).longest_seconds == 60
    then = may(wing.resident, pressed(MOTHER), tomorrow, wing.station)
    assert isinstance(then.refusal, Deny)
    assert then.refusal.reason is Reason.POLICY_NUMBER_BLOCKED_FACILITY
    # Said again: the later row stands, the earlier one stays on record.
    wing.say("unit", {}, at=Instant(NOON + DAY + 1))
    assert may(wing.resident, pressed(MOTHER), Instant(tomorrow + DAY), wing.station).is_allowed
    assert not may(wing.resident, pressed(MOTHER), tomorrow, wing.station).is_allowed
    assert RuleRow.objects.filter(level="unit", place=wing.unit.pk).count() == 2


def test_what_is_said_is_in_the_audit_with_before_and_after(wing: Wing) -> None:
    wing.say("unit", {"calls_per_day": 3})
    wing.say("unit", {"calls_per_day": 2}, at=Instant(NOON + SECOND))
    event = AuditEvent.objects.order_by("id").last()
    assert event is not None
    assert (event.action, event.subject) == ("rules.said", f"housingunit/{wing.unit.pk}")
    assert json.loads(event.before) == {"calls_per_day": 3}
    assert json.loads(event.after)["calls_per_day"] == 2


def test_what_no_rule_knows_is_not_said(wing: Wing) -> None:
    for wrong in ({"loudness": 3}, {"hours": [[7, 0, 60]]}, {"exceptions": {"tomorrow": []}}, {"maximum_seconds": 0}):
        with pytest.raises((WrongCallingRules, ValueError)):
            wing.say("unit", wrong)
    assert not RuleRow.objects.exists()


def test_a_residents_own_rules_leave_the_rulebooks_in_memory_alone(wing: Wing) -> None:
    before = stamp()
    wing.say("resident", {"calls_per_day": 1})
    assert stamp() == before
    wing.say("group", {"calls_per_day": 1})
    assert stamp() != before
    chain = rulebook(FacilityId(wing.jail.pk), stamp()).stations[wing.station.pk].at(NOON)
    assert chain[3].calls_per_day == 1


def test_calls_of_the_week_are_counted(wing: Wing) -> None:
    wing.say("facility", {"calls_per_week": 1})
    at = Instant(NOON - 3 * 60 * MINUTE)
    hung_up(dial(wing.station, wing.resident, MOTHER, at)[0], 60, at)
    answer = wing.asks(MOTHER, NOON)
    assert isinstance(answer, Denied)
    assert answer.reason is Reason.POLICY_CALLS_USED


def test_a_number_that_is_none_is_answered_too(wing: Wing) -> None:
    answer = in_words(may(wing.resident, "12", NOON, wing.station), Language.ENGLISH)
    assert not answer.is_allowed
    assert answer.chain == ()
