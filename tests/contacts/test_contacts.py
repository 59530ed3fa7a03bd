"""Contacts asked for, decided, appealed and expiring: what is called, told and written down."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from make import DAY, MINUTE, NOON, a_contact, a_customer, a_facility, a_number, a_resident, a_station, dial

from kinline.audit.models import AuditEvent
from kinline.calls.models import Call
from kinline.contacts import services
from kinline.contacts.errors import CannotDecide, NotAppealable, NotAskable, NotTheirNumber
from kinline.contacts.models import Contact, ContactAppeal, ContactDecision, ContactState
from kinline.contacts.queries import expected_waiting, list_rules, may_be_appealed, seen_by_family
from kinline.core.callflow.events import Denied
from kinline.core.contacts import Act, AskProblem, ContactReason, FamilyState, Mode, NotDecided, Source
from kinline.core.identity import Instant
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, NumberRule, Station
from kinline.ledger.models import Account
from kinline.notices.models import Message
from kinline.notices.services import deliver
from kinline.people.models import Customer, CustomerNumber, Resident, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def jail() -> Facility:
    return a_facility()


@pytest.fixture
def resident(jail: Facility) -> Resident:
    return a_resident(jail, name="Marcus Doucet")


@pytest.fixture
def station(jail: Facility) -> Station:
    return a_station(jail)


@pytest.fixture
def mother() -> Customer:
    account = Account.objects.get(pk=a_customer(a_number(), "5.00"))
    CustomerNumber.objects.update(is_verified=True)
    assert account.customer is not None
    return account.customer


@pytest.fixture
def pat() -> User:
    return User.objects.create_user("pat@jail.example", name="Pat")


@pytest.fixture
def kim() -> User:
    return User.objects.create_user("kim@jail.example", name="Kim")


def number_of(customer: Customer) -> E164:
    return E164(customer.numbers.get().number)


def asked(resident: Resident, customer: Customer, at: Instant = NOON) -> Contact:
    return services.request_contact(
        resident,
        number_of(customer),
        "Rosa",
        "mother",
        Source.FAMILY,
        f"user/{customer.user_id}",
        at,
        customer=customer,
    )


def refusal(station: Station, resident: Resident, number: str, at: Instant = NOON) -> Reason | None:
    answer = dial(station, resident, number, at)[1]
    Call.objects.exclude(state="settled").update(state="settled")
    return answer.reason if isinstance(answer, Denied) else None


def later(days: float) -> Instant:
    return Instant(NOON + int(days * DAY))


def letters() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


def test_a_family_asks_staff_approve_and_the_next_call_goes_through(station, resident, mother, pat) -> None:
    contact = asked(resident, mother)
    assert seen_by_family(contact, NOON) is FamilyState.WAITING
    assert refusal(station, resident, contact.number) is Reason.POLICY_CONTACT_PENDING
    with pytest.raises(NotAskable) as again:
        asked(resident, mother)
    assert again.value.problem is AskProblem.ALREADY_ASKED
    services.decide_contact(contact.pk, Act.APPROVE, pat, later(1), note="Called her")
    assert refusal(station, resident, contact.number, later(1)) is None
    decision = contact.decisions.get()
    assert (decision.by, decision.waited, decision.note) == (pat, DAY, "Called her")
    assert letters() == ["contact_approved"]
    events = AuditEvent.objects.filter(subject=f"contact/{contact.pk}").order_by("id")
    assert [(event.action, event.actor) for event in events] == [
        ("contact.requested", f"user/{mother.user_id}"),
        ("contact.approved", f"user/{pat.pk}"),
    ]
    assert '"pending"' in events[1].before
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactDecision.objects.update(note="Never said")


def test_a_family_asks_with_a_number_of_its_own_alone(resident, mother) -> None:
    for number in (a_number(), number_of(mother)):
        CustomerNumber.objects.update(is_verified=False)
        with pytest.raises(NotTheirNumber):
            services.request_contact(
                resident, E164(number), "Rosa", "mother", Source.FAMILY, "user/1", NOON, customer=mother
            )
    assert not Contact.objects.exists()


def test_a_refusal_is_told_with_its_reason_and_appealed_to_somebody_else_once(
    station, resident, mother, pat, kim, mailoutbox
) -> None:
    contact = asked(resident, mother)
    with pytest.raises(CannotDecide) as nothing_said:
        services.decide_contact(contact.pk, Act.REJECT, pat, NOON)
    assert nothing_said.value.problem is NotDecided.REASON_NEEDED
    services.decide_contact(contact.pk, Act.REJECT, pat, NOON, reason=ContactReason.DOCUMENT_UNCLEAR)
    assert refusal(station, resident, contact.number) is Reason.POLICY_CONTACT_REJECTED
    deliver(NOON, lambda *_: None)
    assert "could not be read" in mailoutbox[0].body
    assert "Doucet" not in mailoutbox[0].body  # what a searcher does not know, a refusal does not tell

    contact.refresh_from_db()
    assert may_be_appealed(contact, contact.decisions.get(), 30, NOON)
    services.appeal(contact.pk, "I sent a better one", "user/1", NOON)
    with pytest.raises(CannotDecide) as same:
        services.decide_contact(contact.pk, Act.APPROVE, pat, NOON)
    assert same.value.problem is NotDecided.SAME_PERSON
    services.decide_contact(contact.pk, Act.REJECT, kim, NOON, reason=ContactReason.RELATIONSHIP_NOT_SHOWN)
    with pytest.raises(NotAppealable):
        services.appeal(contact.pk, "Once more", "user/1", NOON)
    assert letters() == ["contact_rejected", "contact_appeal_refused"]
    appeal = ContactAppeal.objects.get()
    assert (appeal.first_decided_by, appeal.decided_by) == (pat, kim)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactAppeal.objects.update(decided_by=pat)


def test_after_a_refusal_one_asks_again_when_the_facility_lets(resident, mother, pat) -> None:
    contact = asked(resident, mother)
    services.decide_contact(contact.pk, Act.REJECT, pat, NOON, reason=ContactReason.MINOR)
    with pytest.raises(NotAskable) as early:
        asked(resident, mother, later(29))
    assert (early.value.problem, early.value.until) == (AskProblem.TOO_SOON, later(30))
    assert asked(resident, mother, later(30)).state == ContactState.PENDING


def test_an_appeal_that_succeeds_opens_the_calls(station, resident, mother, pat, kim) -> None:
    contact = asked(resident, mother)
    services.decide_contact(contact.pk, Act.REJECT, pat, NOON, reason=ContactReason.NUMBER_SHARED)
    services.appeal(contact.pk, "Both are my sons", "user/1", NOON)
    assert services.decide_contact(contact.pk, Act.APPROVE, kim, NOON).state == ContactState.APPROVED
    assert refusal(station, resident, contact.number) is None


def test_an_order_of_no_contact_is_asked_for_and_refused_like_any_other(station, resident, mother, pat, kim) -> None:
    number = number_of(mother)
    a_contact(resident, number, ContactState.NO_CONTACT_ORDER)
    contact = asked(resident, mother)
    assert seen_by_family(contact, NOON) is FamilyState.WAITING
    assert refusal(station, resident, number) is Reason.POLICY_NO_CONTACT_ORDER
    with pytest.raises(CannotDecide):
        services.decide_contact(contact.pk, Act.APPROVE, pat, NOON)
    services.decide_contact(contact.pk, Act.REJECT, pat, NOON, reason=ContactReason.NO_CONTACT_ORDER)
    contact.refresh_from_db()
    assert (contact.state, seen_by_family(contact, NOON)) == (ContactState.NO_CONTACT_ORDER, FamilyState.NOT_APPROVED)
    told = Message.objects.get()
    assert told.kind == "contact_rejected"
    services.appeal(contact.pk, "Why?", "user/1", NOON)
    services.decide_contact(contact.pk, Act.REJECT, kim, NOON, reason=ContactReason.NO_CONTACT_ORDER)
    services.decide_contact(contact.pk, Act.REMOVE, kim, NOON, reason=ContactReason.ORDER_ENDED)
    assert Message.objects.count() == 2  # that the order ended is told to nobody: it was never told that there was one
    with pytest.raises(NotAskable):
        services.request_contact(
            resident, number, "Rosa", "mother", Source.FAMILY, "user/1", NOON, customer=a_neighbour(number)
        )


def a_neighbour(number: str) -> Customer:
    """Another account that the number serves."""
    account = Account.objects.get(pk=a_customer(number))
    CustomerNumber.objects.update(is_verified=True)
    assert account.customer is not None
    return account.customer


def test_an_approval_ends_is_announced_and_renewed_in_time(jail, station, resident, mother, pat) -> None:
    services.keep_lists(jail, Mode.APPROVE_FIRST, None, {"approval_days": 60, "announce_days": 14}, "user/1", NOON)
    contact = asked(resident, mother)
    services.decide_contact(contact.pk, Act.APPROVE, pat, NOON)
    assert services.announce_expiring(later(45)) == 0
    with pytest.raises(NotAskable):
        asked(resident, mother, later(45))
    assert services.announce_expiring(later(47)) == 1
    assert services.announce_expiring(later(48)) == 0
    renewal = asked(resident, mother, later(50))
    assert (renewal.state, renewal.waits_for) == ("approved", "renewal")
    assert refusal(station, resident, contact.number, later(59.9)) is None
    assert refusal(station, resident, contact.number, later(60)) is Reason.POLICY_CONTACT_EXPIRED
    assert seen_by_family(renewal, later(60)) is FamilyState.EXPIRED
    services.decide_contact(contact.pk, Act.EXTEND, pat, later(61))
    assert refusal(station, resident, contact.number, later(61)) is None
    assert letters() == ["contact_approved", "contact_expires", "contact_extended"]


def test_each_mode_of_a_facility_is_what_its_calls_are_decided_by(jail, station, resident, mother) -> None:
    number = number_of(mother)
    for mode, refused in (
        (Mode.ALLOW_LIST, Reason.POLICY_NOT_ON_LIST),
        (Mode.APPROVE_FIRST, Reason.POLICY_NOT_ON_LIST),
        (Mode.OPEN, None),
    ):
        services.keep_lists(jail, mode, None, {}, "user/1", NOON)
        assert list_rules(Facility.objects.get(), NOON).mode is mode
        assert refusal(station, resident, number) is refused
    services.keep_lists(jail, Mode.ALLOW_LIST, None, {}, "user/1", NOON)
    with pytest.raises(NotAskable) as kept:
        asked(resident, mother)
    assert kept.value.problem is AskProblem.KEPT_BY_STAFF
    services.keep_lists(jail, Mode.OPEN, None, {}, "user/1", NOON)
    assert asked(resident, mother).state == ContactState.APPROVED
    assert AuditEvent.objects.filter(action="contact_lists.set").count() == 5


def test_where_lists_are_open_a_noted_number_is_still_looked_at(jail, resident, mother) -> None:
    services.keep_lists(jail, Mode.OPEN, None, {}, "user/1", NOON)
    NumberRule.objects.create(facility=jail, treatment="staff", number=number_of(mother)[:8], is_prefix=True)
    assert asked(resident, mother).state == ContactState.PENDING


def test_a_list_holds_so_many_and_no_more(jail, resident, mother, pat) -> None:
    services.keep_lists(jail, Mode.APPROVE_FIRST, 1, {}, "user/1", NOON)
    first = asked(resident, mother)
    other = a_number()
    with pytest.raises(NotAskable) as full:
        services.request_contact(resident, E164(other), "Ana", "aunt", Source.STAFF, "user/1", NOON, user=pat)
    assert full.value.problem is AskProblem.LIST_FULL
    services.withdraw(first.pk, "user/1", NOON)
    entered = services.request_contact(resident, E164(other), "Ana", "aunt", Source.STAFF, "user/1", NOON, user=pat)
    assert entered.state == ContactState.APPROVED
    with pytest.raises(CannotDecide) as still_full:
        services.decide_contact(first.pk, Act.APPROVE, pat, NOON)
    assert still_full.value.problem is NotDecided.LIST_FULL


def test_a_number_on_another_list_is_approved_by_who_says_that_they_agree(jail, resident, station, mother, pat) -> None:
    services.keep_lists(jail, Mode.APPROVE_FIRST, None, {"sharing_needs_agreement": True}, "user/1", NOON)
    a_contact(a_resident(jail), number_of(mother))
    contact = asked(resident, mother)
    assert contact.state == ContactState.SHARED
    assert refusal(station, resident, contact.number) is Reason.POLICY_NUMBER_SHARED
    with pytest.raises(CannotDecide) as not_agreed:
        services.decide_contact(contact.pk, Act.APPROVE, pat, NOON)
    assert not_agreed.value.problem is NotDecided.SHARING_NOT_AGREED
    services.decide_contact(contact.pk, Act.APPROVE, pat, NOON, agrees_to_sharing=True)
    assert refusal(station, resident, contact.number) is None


def test_nothing_is_decided_about_the_contacts_of_who_was_released(resident, mother, pat) -> None:
    contact = asked(resident, mother)
    Contact.objects.update(frozen_at=NOON)
    with pytest.raises(CannotDecide) as frozen:
        services.decide_contact(contact.pk, Act.APPROVE, pat, NOON)
    assert frozen.value.problem is NotDecided.FROZEN
    Resident.objects.update(status="released")
    with pytest.raises(NotAskable):
        asked(resident, a_neighbour(a_number()))


def test_the_expected_wait_is_that_of_the_last_ninety_days(jail, resident, pat) -> None:
    assert expected_waiting(jail.pk, NOON) is None
    for hours in range(1, 11):
        contact = asked(resident, a_neighbour(a_number()))
        at = Instant(NOON + int(timedelta(hours=hours).total_seconds() * 1000))
        services.decide_contact(contact.pk, Act.APPROVE, pat, at)
    withdrawn = asked(resident, a_neighbour(a_number()))
    services.withdraw(withdrawn.pk, "user/1", later(20))
    found = expected_waiting(jail.pk, later(30))
    assert found is not None
    assert (found.median, found.ninety, found.requests) == (5 * 60 * MINUTE, 9 * 60 * MINUTE, 10)
    assert expected_waiting(jail.pk, later(91)) is None
