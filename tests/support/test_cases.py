"""Cases of families: what they carry by themselves, what is said both ways, and how a dispute becomes a credit."""

import json

import pytest
from django.db import DatabaseError, transaction
from make import (
    DAY,
    MINUTE,
    NOON,
    SECOND,
    a_contact,
    a_customer,
    a_facility,
    a_number,
    a_resident,
    a_station,
    authorised,
    given_up,
    hung_up,
)

from kinline.audit.models import AuditEvent
from kinline.calls import services as calls
from kinline.calls.models import CallEvent
from kinline.core.casework import CaseState, NotNow
from kinline.core.identity import CallId, Instant
from kinline.core.money import Money
from kinline.facilities.models import Facility
from kinline.ledger import queries as books
from kinline.ledger.models import Account
from kinline.notices.models import Message
from kinline.people.models import Customer, Role, StaffRole, User
from kinline.refunds import services as refunds
from kinline.refunds.errors import NotYourRole
from kinline.refunds.models import CreditReason, CreditState
from kinline.support import queries, services
from kinline.support.errors import NoOutcome, NothingSaid, NotTheirs, TooLong, TooMany
from kinline.support.models import Case, CaseMessage, Outcome
from kinline.support.topics import Topic

pytestmark = pytest.mark.django_db


class Talk:
    """A resident who calls a mother, whose account pays; and a stranger with an account."""

    def __init__(self) -> None:
        jail, number = a_facility("Cypress County Jail"), a_number()
        self.station, self.resident, self.number = a_station(jail), a_resident(jail), number
        a_contact(self.resident, number)
        self.account = a_customer(number, "20.00")
        self.mother = _holder(self.account)
        self.stranger = _holder(a_customer(a_number()))

    def call(self, at: int = NOON, seconds: int = 600) -> CallId:
        call, _ = authorised(self.station, self.resident, self.number, Instant(at))
        hung_up(call, seconds, Instant(at + SECOND))
        return call

    def missed_call(self, at: int = NOON) -> CallId:
        call, _ = authorised(self.station, self.resident, self.number, Instant(at))
        CallEvent.objects.create(
            call_id=call, at=at, kind="sip.failed", fields=json.dumps({"side": "called_party", "status": 480})
        )
        calls.settle(call, given_up(Instant(at + MINUTE)), None, None, None, Instant(at + MINUTE))
        return call


def _holder(account: int) -> Customer:
    customer = Account.objects.get(pk=account).customer
    assert customer is not None
    return customer


def staff(role: Role) -> User:
    user = User.objects.create_user(f"{role}{User.objects.count()}@staff.example", None, name=role)
    StaffRole.objects.create(user=user, role=role)
    return user


@pytest.fixture
def talk(db: None) -> Talk:
    return Talk()


def test_a_case_opened_from_a_call_carries_its_facts_and_keeps_them(talk: Talk) -> None:
    call = talk.missed_call()
    case = services.open_case(talk.mother, Topic.CALL_FAILED, "It never rang.", NOON, call=call)
    known = queries.facts_of(case)["call"]
    assert known["resident_number"] == talk.resident.resident_number
    assert known["reason"] == "ring.no_answer"
    assert known["opened_at"] == "2026-11-20T18:00:00.000Z"
    assert known["sip"] == [{"side": "called_party", "status": 480}]
    assert "You missed a call" in known["told"]
    assert known["charge_usd"] == "0.00"
    assert not {name for name in known if "balance" in name or "recording" in name}
    Facility.objects.update(name="Renamed Jail")
    assert queries.facts_of(Case.objects.get(pk=case.pk))["call"]["facility"] == "Cypress County Jail"


def test_what_is_said_goes_both_ways_and_the_family_reads_no_note(talk: Talk) -> None:
    support = staff(Role.SUPPORT)
    case = services.open_case(talk.mother, Topic.ACCOUNT, "How do I change my number?", NOON, subject="Number")
    services.note(case.pk, "Knows the page?", support, Instant(NOON + MINUTE))
    services.answer(case.pk, "Under My account.", support, Instant(NOON + 2 * MINUTE))
    services.write(case.pk, talk.mother, "Thank you!", Instant(NOON + 3 * MINUTE))
    case.refresh_from_db()
    assert [each.text for each in queries.said_to_family(case)] == [
        "How do I change my number?",
        "Under My account.",
        "Thank you!",
    ]
    assert len(queries.said(case)) == 4
    assert (case.state, case.waiting_since, case.assigned_to) == ("waiting_for_us", NOON + 3 * MINUTE, support)
    told = Message.objects.get()
    assert (told.kind, told.user) == ("case_answered", talk.mother.user)
    assert "Under My account" not in told.contents
    changes = AuditEvent.objects.filter(subject=f"case/{case.pk}").order_by("id")
    assert [(each.action, json.loads(each.after)["state"]) for each in changes] == [
        ("case.opened", "open"),
        ("case.changed", "waiting_for_you"),
        ("case.changed", "waiting_for_us"),
    ]


def test_the_database_keeps_what_was_said(talk: Talk) -> None:
    case = services.open_case(talk.mother, Topic.OTHER, "First words.", NOON)
    for change in (
        lambda: CaseMessage.objects.filter(case=case).update(text="Others."),
        lambda: CaseMessage.objects.filter(case=case).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_nobody_opens_or_reads_a_case_of_another_family(talk: Talk) -> None:
    call = talk.call()
    with pytest.raises(NotTheirs):
        services.open_case(talk.stranger, Topic.CALL_QUALITY, "Bad.", NOON, call=call)
    with pytest.raises(NotTheirs):
        services.open_case(talk.stranger, Topic.PAYMENT, "Lost.", NOON, payment="0" * 32)
    case = services.open_case(talk.mother, Topic.CALL_QUALITY, "Bad.", NOON, call=call, reference="a" * 32)
    with pytest.raises(NotTheirs):
        services.write(case.pk, talk.stranger, "Mine!", NOON)
    with pytest.raises(NotTheirs):
        services.withdraw(case.pk, talk.stranger, NOON)
    with pytest.raises(NotTheirs):
        services.open_case(talk.stranger, Topic.OTHER, "Mine!", NOON, reference="a" * 32)
    assert queries.case_of(talk.stranger, case.pk) is None
    assert queries.case_about_call(talk.stranger, call) is None
    assert queries.case_about_call(talk.mother, call) == case


def test_a_form_sent_twice_opens_one_case_and_bad_words_open_none(talk: Talk) -> None:
    first = services.open_case(talk.mother, Topic.OTHER, "Hello.", NOON, reference="a" * 32)
    assert services.open_case(talk.mother, Topic.OTHER, "Hello.", NOON, reference="a" * 32) == first
    with pytest.raises(NothingSaid):
        services.open_case(talk.mother, Topic.OTHER, " \n ", NOON)
    with pytest.raises(TooLong):
        services.open_case(talk.mother, Topic.OTHER, "x" * 4001, NOON)
    for _ in range(services.MOST_OPEN - 1):
        services.open_case(talk.mother, Topic.OTHER, "More.", NOON)
    with pytest.raises(TooMany):
        services.open_case(talk.mother, Topic.OTHER, "One more.", NOON)


def test_a_dispute_needs_a_call_that_has_ended_and_a_call_has_one_at_a_time(talk: Talk) -> None:
    with pytest.raises(NotTheirs):
        services.open_case(talk.mother, Topic.WRONG_PRICE, "", NOON)
    live, _ = authorised(talk.station, talk.resident, talk.number)
    with pytest.raises(NotTheirs):
        services.open_case(talk.mother, Topic.DROPPED, "", NOON, call=live)
    hung_up(live, 60)
    case = services.open_case(talk.mother, Topic.DROPPED, "", NOON, call=live)
    again = services.open_case(talk.mother, Topic.BAD_SOUND, "And it hissed.", NOON, call=live)
    assert again.pk == case.pk
    assert [each.text for each in queries.said_to_family(case)] == ["And it hissed."]
    services.withdraw(case.pk, talk.mother, NOON)
    assert services.open_case(talk.mother, Topic.DROPPED, "", NOON, call=live).pk != case.pk


def test_a_dispute_ends_in_a_credit_that_two_people_gave(talk: Talk) -> None:
    call = talk.call(seconds=900)
    support, finance = staff(Role.SUPPORT), staff(Role.FINANCE)
    case = services.open_case(talk.mother, Topic.BAD_SOUND, "", NOON, call=call)
    before = books.balance(talk.account)
    half = Money.parse("0.20")
    for _ in range(2):  # the button pressed twice
        credit = services.give_credit(case.pk, half, CreditReason.BAD_SOUND, "MOS 2", support, NOON, "c" * 32)
    assert (credit.state, credit.call_id) == (CreditState.GRANTED, call)
    assert books.balance(talk.account) == before + half
    with pytest.raises(NoOutcome):
        services.give_credit(case.pk, half, CreditReason.BAD_SOUND, "again", support, NOON, "d" * 32)
    with pytest.raises(NoOutcome):
        services.resolve(case.pk, Outcome.DECLINED, "No.", support, NOON)
    services.resolve(case.pk, Outcome.CREDITED, "You are right.", support, NOON)
    case.refresh_from_db()
    assert (case.state, case.outcome, case.credit) == ("resolved", "credited", credit)
    assert Message.objects.filter(kind="case_resolved").count() == 1

    other = services.open_case(talk.mother, Topic.PAYMENT, "Where are my $25?", NOON)
    with pytest.raises(NotYourRole):
        services.give_credit(
            other.pk, Money.parse("500.00"), CreditReason.MISSING_DEPOSIT, "-", support, NOON, "e" * 32
        )
    proposed = services.give_credit(
        other.pk, Money.parse("25.00"), CreditReason.MISSING_DEPOSIT, "-", support, NOON, "f" * 32
    )
    assert proposed.state == CreditState.WAITING
    for outcome in (Outcome.CREDITED, Outcome.DECLINED):
        with pytest.raises(NoOutcome):
            services.resolve(other.pk, outcome, "Yes.", support, NOON)
    refunds.decide(proposed.pk, finance, NOON, is_granted=True)
    assert services.resolve(other.pk, Outcome.CREDITED, "Yes.", support, NOON).state == CaseState.RESOLVED
    assert books.discrepancies() == []


def test_a_credit_that_the_second_person_refused_lets_the_case_end_otherwise(talk: Talk) -> None:
    support, finance = staff(Role.SUPPORT), staff(Role.FINANCE)
    case = services.open_case(talk.mother, Topic.PAYMENT, "Where are my $25?", NOON)
    first = services.give_credit(case.pk, Money.parse("25.00"), CreditReason.GOODWILL, "-", support, NOON, "1" * 32)
    refunds.decide(first.pk, finance, NOON, is_granted=False)
    second = services.give_credit(case.pk, Money.parse("20.00"), CreditReason.GOODWILL, "-", support, NOON, "2" * 32)
    refunds.decide(second.pk, finance, NOON, is_granted=False)
    assert services.resolve(case.pk, Outcome.EXPLAINED, "It has arrived.", support, NOON).credit == second


def test_who_does_not_agree_writes_again_and_silence_closes(talk: Talk) -> None:
    support = staff(Role.SUPPORT)
    case = services.open_case(talk.mother, Topic.OTHER, "Hello.", NOON)
    services.assign(case.pk, support, support, NOON)
    services.resolve(case.pk, Outcome.DECLINED, "No.", support, NOON)
    services.write(case.pk, talk.mother, "I do not agree.", Instant(NOON + DAY))
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("waiting_for_us", "")
    services.answer(case.pk, "Which call?", support, Instant(NOON + 2 * DAY))
    assert services.close_quiet(Instant(NOON + 31 * DAY)) == 0
    assert services.close_quiet(Instant(NOON + 32 * DAY)) == 1
    assert services.close_quiet(Instant(NOON + 33 * DAY)) == 0
    with pytest.raises(NotNow):
        services.write(case.pk, talk.mother, "Still here?", Instant(NOON + 33 * DAY))
    assert AuditEvent.objects.filter(action="case.changed").latest("id").actor == "system"


def test_the_queue_knows_what_is_mine_unassigned_and_late(talk: Talk) -> None:
    support, other = staff(Role.SUPPORT), staff(Role.SUPPORT)
    waits = []
    for number in range(5):
        case = services.open_case(talk.mother, Topic.OTHER, f"Question {number}", NOON)
        services.answer(case.pk, "Answer.", other, Instant(NOON + 2 * 3_600_000))
        waits.append(case)
    now = Instant(NOON + 3 * 3_600_000)
    expected = queries.expectation(now)
    assert (expected.seconds, expected.is_measured) == (2 * 3600, True)
    assert not queries.expectation(Instant(now + 31 * DAY)).is_measured
    late = services.open_case(talk.stranger, Topic.CONTACT, "Waiting", NOON, subject="List of contacts")
    mine = services.open_case(talk.mother, Topic.OTHER, "Mine", Instant(now - 60_000))
    services.assign(mine.pk, support, support, now)
    found = {
        each: [case.pk for case in queries.queue(queries.Wanted(each), support, now, expected)]
        for each in queries.Queue
    }
    assert found[queries.Queue.WAITING] == [late.pk, mine.pk]
    assert found[queries.Queue.MINE] == [mine.pk]
    assert found[queries.Queue.UNASSIGNED] == [late.pk]
    assert found[queries.Queue.LATE] == [late.pk]
    assert len(found[queries.Queue.ALL]) == 7
    assert queries.counts(support, now, expected) == {
        each: len(found[each]) for each in queries.Queue if each is not queries.Queue.ALL
    }
    for words in ("of contacts", str(late.pk)):
        wanted = queries.Wanted(queries.Queue.ALL, words=words)
        assert late in queries.queue(wanted, support, now, expected)
