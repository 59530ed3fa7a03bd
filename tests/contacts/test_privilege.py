"""The registry of privileged numbers: two people, at once everywhere, calls in progress too."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from make import MINUTE, NOON, a_contact, a_customer, a_facility, a_number, a_resident, a_station, authorised, dial

from kinline.audit.models import AuditEvent
from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.contacts import services
from kinline.contacts.errors import AlreadyRegistered, NotWaiting, SamePerson
from kinline.contacts.models import DedicatedNumber, PrivilegedNumber, PrivilegeKind, PrivilegeRequest
from kinline.core.callflow.events import Denied
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.facilities.models import Agency
from kinline.facilities.queries import alarms
from kinline.notices.services import deliver
from kinline.people.models import Customer, User

pytestmark = pytest.mark.django_db
LATER = NOON + MINUTE


@pytest.fixture
def pat() -> User:
    return User.objects.create_user("pat@jail.example", name="Pat")


@pytest.fixture
def kim() -> User:
    return User.objects.create_user("kim@jail.example", name="Kim")


def letters() -> list[EmailMessage]:
    """All that was sent by now, in order."""
    deliver(LATER, lambda name, language: None)
    return list(mail.outbox)


def entered(number: str, by: User, agency: Agency | None = None) -> PrivilegedNumber:
    return services.enter_privileged(
        E164(number), PrivilegeKind.ATTORNEY, "G. Landry", "Bar roll", by, NOON, agency=agency
    )


def test_one_enters_and_only_another_verifies(pat: User, kim: User) -> None:
    entry = entered(a_number(), pat)
    with pytest.raises(SamePerson):
        services.verify_privileged(entry.pk, pat, LATER)
    services.verify_privileged(entry.pk, kim, LATER)
    with pytest.raises(NotWaiting):
        services.verify_privileged(entry.pk, kim, LATER)
    events = AuditEvent.objects.filter(subject=f"privileged_number/{entry.pk}").order_by("id")
    assert [(event.actor, event.action) for event in events] == [
        (f"user/{pat.pk}", "privilege.entered"),
        (f"user/{kim.pk}", "privilege.verified"),
    ]


@pytest.mark.parametrize("language", ["en", "es"])
def test_who_asked_gets_one_letter_when_it_is_decided_and_one_when_it_ends(pat: User, kim: User, language: str) -> None:
    number = E164(a_number())
    services.ask_for_privilege(
        number, PrivilegeKind.ATTORNEY, "G. Landry", "Landry LLC", "LA 12345", "g@law.example", language, NOON
    )
    asked = PrivilegeRequest.objects.get()
    entry = services.take_privilege_request(asked.pk, "Bar roll", pat, NOON)
    assert letters() == []  # nothing holds before a second person has looked
    services.verify_privileged(entry.pk, kim, NOON)
    services.revoke_privileged(entry.pk, pat, "Retired", LATER)

    first, second = letters()
    assert (first.to, second.to) == (["g@law.example"], ["g@law.example"])
    says = {"en": ("is on the registry", "no longer on"), "es": ("está en el registro", "ya no está en")}[language]
    assert says[0] in first.subject + first.body
    assert says[1] in second.subject
    assert all(word in second.body for word in ("G. Landry", number, "Retired"))


def test_who_asked_reads_why_it_was_refused_by_the_first_or_the_second_person(pat: User, kim: User) -> None:
    for email in ("a@law.example", "b@law.example"):
        services.ask_for_privilege(
            E164(a_number()), PrivilegeKind.ATTORNEY, "G. Landry", "", "LA 12345", email, "en", NOON
        )
    one, other = PrivilegeRequest.objects.order_by("pk")
    services.refuse_privilege_request(one.pk, "Not on the roll", pat, NOON)
    with pytest.raises(NotWaiting):
        services.refuse_privilege_request(one.pk, "Again", kim, NOON)
    entry = services.take_privilege_request(other.pk, "Bar roll", pat, NOON)
    services.revoke_privileged(entry.pk, kim, "Another lawyer’s number", NOON)

    first, second = letters()
    assert ("a@law.example" in first.to, "Not on the roll" in first.body) == (True, True)
    assert ("b@law.example" in second.to, "Another lawyer’s number" in second.body) == (True, True)
    assert second.subject == first.subject == "Your number was not put on the registry of privileged numbers"


def test_the_database_refuses_that_one_person_does_both(pat: User) -> None:
    entry = entered(a_number(), pat)
    mine = PrivilegedNumber.objects.filter(pk=entry.pk)
    for both in ({"verified_by": pat}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(verified="2026-11-20T18:00Z", **both)


def test_a_number_stands_once_in_the_registry_until_it_is_revoked(pat: User, kim: User) -> None:
    number = a_number()
    entry = entered(number, pat)
    with pytest.raises(AlreadyRegistered):
        entered(number, kim)
    entered(number, kim, a_facility().agency)
    services.revoke_privileged(entry.pk, kim, "Retired", LATER)
    with pytest.raises(NotWaiting):
        services.verify_privileged(entry.pk, kim, LATER)
    entered(number, pat)


def test_what_is_verified_and_revoked_decides_the_next_call_of_every_facility_within_reach(
    pat: User, kim: User
) -> None:
    number, jail = a_number(), a_facility()
    a_customer(number, "5.00")
    entry = entered(number, pat, jail.agency)

    def called(facility) -> tuple[object, object]:
        resident, station = a_resident(facility), a_station(facility)
        a_contact(resident, number)
        answer = dial(station, resident, number)[1]
        return (answer.reason, None) if isinstance(answer, Denied) else (None, answer.permit.privileged)

    sister, stranger = a_facility(agency=jail.agency), a_facility()
    assert called(jail) == (Reason.OFFER_PRIVILEGED_UNVERIFIED, None)
    services.verify_privileged(entry.pk, kim, LATER)
    assert [called(each) for each in (jail, sister, stranger)] == [(None, True), (None, True), (None, False)]
    services.revoke_privileged(entry.pk, pat, "Retired", LATER)
    assert called(jail) == (None, False)


def test_every_change_of_the_registry_wakes_the_switchboards(pat: User, kim: User) -> None:
    def moves(change: Callable[[], object]) -> bool:
        before = alarms()
        change()
        return alarms() != before

    number = a_number()
    assert moves(lambda: entered(number, pat))
    entry = PrivilegedNumber.objects.get()
    assert moves(lambda: services.verify_privileged(entry.pk, kim, LATER))
    assert moves(lambda: services.revoke_privileged(entry.pk, kim, "Retired", LATER))
    assert moves(lambda: PrivilegedNumber.objects.all().delete())


def test_calls_in_progress_become_privileged_and_stay_so(pat: User, kim: User) -> None:
    jail = a_facility()
    lines = [(a_number(), a_resident(jail), a_station(jail)) for _ in range(3)]
    ids = []
    for number, resident, station in lines:
        a_customer(number, "5.00")
        a_contact(resident, number)
        ids.append(authorised(station, resident, number)[0])
    dedicated = a_number()
    Call.objects.filter(pk=ids[1]).update(called_party=dedicated)
    DedicatedNumber.objects.create(
        number=dedicated,
        customer=Customer.objects.first(),
        resident=lines[1][1],
        forwards_to=lines[1][0],
        given_at=NOON,
    )
    entries = [entered(number, pat) for number, _, _ in lines[:2]]
    assert calls.become_privileged(ids, LATER) == frozenset()
    for entry in entries:
        services.verify_privileged(entry.pk, kim, LATER)
    assert calls.become_privileged(ids, LATER) == frozenset(ids[:2])
    services.revoke_privileged(entries[0].pk, kim, "Retired", LATER)
    assert calls.become_privileged(ids, LATER) == frozenset(ids[:2])
    assert set(Call.objects.filter(is_privileged=True).values_list("pk", flat=True)) == set(ids[:2])
    told = AuditEvent.objects.filter(action="call.became_privileged")
    assert {event.subject for event in told} == {f"call/{each}" for each in ids[:2]}
    assert told.count() == 2
    assert calls.become_privileged([], LATER) == frozenset()
