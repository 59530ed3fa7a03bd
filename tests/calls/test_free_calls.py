"""A resident without means makes some calls at nobody's cost; the next one needs somebody who pays."""

import pytest
from make import DAY, MINUTE, NOON, a_contact, a_facility, a_resident, a_station, dial, given_up, hung_up

from kinline.audit.models import AuditEvent
from kinline.calls import services
from kinline.calls.models import Call
from kinline.calls.trying import may
from kinline.core.callflow.events import Authorised, Denied
from kinline.core.identity import Instant
from kinline.core.reasons import Reason
from kinline.people.resident_rules import course_of_resident, give_free_calls, say_rules_of

pytestmark = pytest.mark.django_db
MOTHER = "+15045550123"
HOUR = 60 * MINUTE


def test_so_many_calls_a_week_and_a_month_are_free_and_the_tester_knows_it() -> None:
    jail = a_facility()
    phone, owen = a_station(jail), a_resident(jail)
    a_contact(owen, MOTHER)
    give_free_calls(owen, 2, 3, "Indigent", "user/1", NOON)
    owen.refresh_from_db()

    def calls(at: int) -> Authorised | Denied:
        tried = may(owen, MOTHER.removeprefix("+1"), Instant(at), phone)
        call, answer = dial(phone, owen, MOTHER, Instant(at))
        assert tried.is_allowed is isinstance(answer, Authorised)
        if isinstance(answer, Authorised):
            hung_up(call, 120, Instant(at + 10_000))
            assert (Call.objects.get(pk=call).payer, Call.objects.get(pk=call).charge) == ("free", 0)
        else:
            services.settle(call, given_up(Instant(at + 10_000)), None, None, None, Instant(at + 10_000))
        return answer

    friday = NOON
    assert isinstance(calls(friday), Authorised)
    assert isinstance(calls(friday + HOUR), Authorised)
    third = calls(friday + 2 * HOUR)
    assert isinstance(third, Denied)
    assert third.reason is Reason.FUND_NO_ACCOUNT
    assert isinstance(calls(friday + 3 * DAY), Authorised)  # Monday: another week
    assert isinstance(calls(friday + 3 * DAY + HOUR), Denied)  # but the third of November
    assert isinstance(calls(friday + 11 * DAY), Authorised)  # the first of December
    give_free_calls(owen, None, None, "Has money", "user/1", Instant(friday + 11 * DAY))
    owen.refresh_from_db()
    assert isinstance(calls(friday + 11 * DAY + HOUR), Denied)
    given = AuditEvent.objects.filter(action="free_calls.given").values_list("before", "after").order_by("pk")
    assert list(given) == [("{}", '{"per_month": 3, "per_week": 2}'), ('{"per_month": 3, "per_week": 2}', "{}")]


def test_an_allowance_and_rules_of_ones_own_leave_each_other_alone() -> None:
    owen = a_resident(a_facility(), calling_rules={"maximum_seconds": 300})
    give_free_calls(owen, 1, None, "Indigent", "user/1", NOON)
    owen.refresh_from_db()
    assert course_of_resident(owen).at(NOON).maximum_seconds == 300
    say_rules_of(owen, {"maximum_seconds": 200}, "user/1", "", NOON)
    owen.refresh_from_db()
    assert owen.calling_rules["free_calls"] == {"per_week": 1}
    assert course_of_resident(owen).at(NOON).maximum_seconds == 200
