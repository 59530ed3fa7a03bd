"""How people wish to be told is how they are told; text messages only to who agreed, and never after STOP."""

from datetime import UTC, datetime

import pytest
from make import DAY, NOON, a_customer, a_number

from kinline.audit.models import AuditEvent
from kinline.core.identity import Instant, Language
from kinline.core.money import Money
from kinline.core.telling import Answered, QuietHours, Way
from kinline.ledger.models import Account
from kinline.notices import preferences, services, sms
from kinline.notices.kinds import Kind
from kinline.notices.models import Message, PageNotice, SmsConsent
from kinline.notices.preferences import NotTheirNumber
from kinline.notices.queries import as_read, unread
from kinline.notices.subjects import RULES, SUBJECTS, Subject
from kinline.people.models import CustomerNumber, User

pytestmark = pytest.mark.django_db

NIGHT = QuietHours(21 * 60, 8 * 60, "America/Chicago")
LATE = Instant(int(datetime(2026, 11, 21, 4, 0, tzinfo=UTC).timestamp() * 1000))  # 22:00 in Chicago
MORNING = Instant(int(datetime(2026, 11, 21, 14, 0, tzinfo=UTC).timestamp() * 1000))
WORDS = "I agree."


class Phone:
    """A carrier that keeps what it was given."""

    name = "phone"

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    def send(self, number: str, text: str) -> str:
        self.taken.append((number, text))
        return "1"


@pytest.fixture
def number() -> str:
    return a_number()


@pytest.fixture
def mother(number: str) -> User:
    customer = Account.objects.get(pk=a_customer(number)).customer
    assert customer is not None
    CustomerNumber.objects.filter(number=number).update(is_verified=True)
    return customer.user


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    made = Phone()
    monkeypatch.setattr(sms, "sms_provider", lambda: made)
    return made


def tell(to: User, key: str = "case/1/message/1", at: Instant = NOON, kind: Kind = Kind.CASE_ANSWERED) -> None:
    services.tell(to, kind, key, at, number=1)


def told(user: User) -> dict[str, int]:
    return {message.channel: message.due_at for message in Message.objects.filter(user=user)}


def test_every_subject_is_of_some_kind_and_has_its_rule() -> None:
    assert set(SUBJECTS.values()) == set(Subject) == set(RULES)


def test_who_chose_nothing_gets_a_letter_and_a_notice_on_their_pages_and_no_text(mother: User) -> None:
    tell(mother)
    tell(mother)
    assert told(mother) == {"email": NOON}
    notice = PageNotice.objects.get()
    read = as_read(notice, mother, Language.SPANISH)
    assert read.subject == "Le respondimos (caso 1)"
    assert not [part for part in read.paragraphs if part.startswith(("Hola", "Kinline"))]
    assert unread(mother.pk) == 1
    assert preferences.mark_read(mother, NOON) == 1
    assert unread(mother.pk) == 0
    assert preferences.forget_old(Instant(NOON + 366 * DAY)) == 0
    assert preferences.forget_old(Instant(NOON + 367 * DAY)) == 1


def test_what_is_switched_off_is_not_told_but_what_the_law_requires_is(mother: User) -> None:
    nothing = {(subject, way): False for subject in Subject for way in Way}
    preferences.choose(mother, nothing, QuietHours(0, 0, "America/Chicago"), NOON)
    tell(mother)
    assert not PageNotice.objects.exists()
    assert told(mother) == {}
    services.tell(mother, Kind.REVIEW_LIFTED, "review/1", NOON)
    assert told(mother) == {"email": NOON}
    assert AuditEvent.objects.filter(action="notices.chosen", actor=f"user/{mother.pk}").exists()


def test_quiet_hours_hold_back_letters_and_texts_and_nothing_that_is_urgent(
    mother: User, number: str, phone: Phone
) -> None:
    preferences.agree_to_texts(mother, number, WORDS, NOON)
    preferences.choose(mother, {(Subject.CASES, Way.SMS): True}, NIGHT, NOON)
    tell(mother, at=LATE)
    assert told(mother) == {"email": MORNING, "sms": MORNING}
    assert PageNotice.objects.get().at == LATE
    assert services.deliver(Instant(MORNING - 1), lambda _name, _language: None) == 0
    assert services.deliver(MORNING, lambda _name, _language: None) == 2
    ((to, text),) = phone.taken
    assert to == number
    assert text.startswith("Kinline: We answered you (case 1). http")
    assert text.endswith("/account/notices/ STOP to end")
    Message.objects.all().delete()
    services.tell(mother, Kind.DIRECT_BILL_SUSPENDED, "bill/1", LATE, reason="Not paid.")
    assert told(mother) == {"email": LATE}


def test_nobody_is_texted_before_they_agree_and_the_words_of_that_are_kept(mother: User, number: str) -> None:
    preferences.choose(mother, {(Subject.CASES, Way.SMS): True}, QuietHours(0, 0, "America/Chicago"), NOON)
    tell(mother)
    assert told(mother) == {"email": NOON}
    with pytest.raises(NotTheirNumber):
        preferences.agree_to_texts(mother, a_number(), WORDS, NOON)
    CustomerNumber.objects.update(is_verified=False)
    with pytest.raises(NotTheirNumber):
        preferences.agree_to_texts(mother, number, WORDS, NOON)
    CustomerNumber.objects.update(is_verified=True)
    given = preferences.agree_to_texts(mother, number, WORDS, NOON)
    assert preferences.agree_to_texts(mother, number, WORDS, Instant(NOON + 1)) == given
    assert (given.words, given.given_at, given.number) == (WORDS, NOON, number)
    tell(mother, key="second")
    assert "sms" in told(mother)
    preferences.end_texts(mother, Instant(NOON + 2))
    assert "sms" not in told(mother)
    held = SmsConsent.objects.get()
    assert (held.withdrawn_at, held.withdrawn_by) == (NOON + 2, f"user/{mother.pk}")
    actions = (
        AuditEvent.objects.filter(action__startswith="sms_consent").order_by("id").values_list("action", flat=True)
    )
    assert list(actions) == ["sms_consent.given", "sms_consent.withdrawn"]


def test_stop_ends_texts_to_a_number_whoever_has_it_and_start_brings_them_back(
    mother: User, number: str, phone: Phone
) -> None:
    preferences.agree_to_texts(mother, number, WORDS, NOON)
    preferences.choose(mother, {(Subject.CASES, Way.SMS): True}, QuietHours(0, 0, "America/Chicago"), NOON)
    tell(mother)
    assert preferences.take_answer(number, "Stop.", Instant(NOON + 1)) is Answered.STOP
    assert preferences.take_answer(number, "STOP", Instant(NOON + 2)) is Answered.STOP
    assert "sms" not in told(mother)
    services.tell_number(
        number, Language.ENGLISH, Kind.COLLECT_INVITATION, "invite/1", Instant(NOON + 3), owed=Money(1)
    )
    services.deliver(Instant(NOON + 4), lambda _name, _language: None)
    assert phone.taken == []
    assert "STOP" in Message.objects.get(key="invite/1").problem
    assert preferences.take_answer(number, "what?", Instant(NOON + 5)) is Answered.OTHER
    tell(mother, key="second")
    assert not Message.objects.filter(key="second#sms").exists()
    assert preferences.take_answer(number, "START", Instant(NOON + 6)) is Answered.START
    assert preferences.wishes_of(mother).number == number
    tell(mother, key="third")
    services.deliver(Instant(NOON + 7), lambda _name, _language: None)
    assert [to for to, _text in phone.taken] == [number]
