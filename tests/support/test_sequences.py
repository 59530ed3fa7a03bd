"""Cases, whatever is done with them in whatever order: the services do what the table says, and leave its trail."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import NOON, a_customer, a_number

from kinline.audit.models import AuditEvent
from kinline.core.casework import OURS, QUIET, TABLE, CaseEvent, CaseState, NotNow, after
from kinline.core.identity import Instant
from kinline.ledger.models import Account
from kinline.people.models import Role, StaffRole, User
from kinline.support import queries, services
from kinline.support.models import Case, Outcome
from kinline.support.topics import Topic

pytestmark = pytest.mark.django_db
LONG = max(QUIET.values())


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(CaseEvent), min_size=1, max_size=8))
def test_the_services_follow_the_table_and_the_trail_tells_each_change(events: list[CaseEvent]) -> None:
    mother = Account.objects.get(pk=a_customer(a_number())).customer
    assert mother is not None
    support = User.objects.create_user(f"{User.objects.count()}@staff.example", None, name="Support")
    StaffRole.objects.create(user=support, role=Role.SUPPORT)
    case = services.open_case(mother, Topic.OTHER, "Words.", NOON)
    state, at, states, notes = CaseState.OPEN, NOON, ["open"], 0

    for event in events:
        at = Instant(at + (LONG if event is CaseEvent.FELL_SILENT else 1000))
        is_allowed = event in TABLE[state]
        try:
            match event:
                case CaseEvent.WROTE:
                    services.write(case.pk, mother, "More.", at)
                case CaseEvent.TAKEN:
                    services.assign(case.pk, support, support, at)
                case CaseEvent.NOTED:
                    services.note(case.pk, "For us.", support, at)
                case CaseEvent.ANSWERED:
                    services.answer(case.pk, "Answer.", support, at)
                case CaseEvent.RESOLVED:
                    services.resolve(case.pk, Outcome.EXPLAINED, "So it is.", support, at)
                case CaseEvent.WITHDRAWN:
                    services.withdraw(case.pk, mother, at)
                case CaseEvent.FELL_SILENT:
                    services.close_quiet(at)
        except NotNow:
            assert not is_allowed
        if is_allowed:
            following = after(state, event)
            states += [following.value] if following is not state else []
            state = following
        notes += event is CaseEvent.NOTED

        kept = Case.objects.get(pk=case.pk)
        assert kept.state == state
        assert (kept.waiting_since is not None) == (state in OURS)
        assert (kept.outcome != "") == (state is CaseState.RESOLVED) or state is CaseState.CLOSED

    trail = AuditEvent.objects.filter(subject=f"case/{case.pk}", action__in=("case.opened", "case.changed"))
    assert [json.loads(event.after)["state"] for event in trail.order_by("id")] == states
    assert queries.said(case).count() - queries.said_to_family(case).count() == notes
