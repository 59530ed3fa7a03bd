"""Credits: of staff within their limits, and of calls that were dropped and redialled; never more than a call cost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import (
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
    hung_up,
)

from kinline.audit.models import AuditEvent
from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger import queries as books
from kinline.ledger.models import Transfer
from kinline.people.models import Role, StaffRole, User
from kinline.refunds import services
from kinline.refunds.errors import MoreThanTheCall, NotYourRole, OtherRequest, WrongStanding
from kinline.refunds.models import CreditReason, CreditState

pytestmark = pytest.mark.django_db


def staff(role: Role) -> User:
    user = User.objects.create_user(f"{role}{User.objects.count()}@staff.example", None, name=role)
    StaffRole.objects.create(user=user, role=role)
    return user


class Talk:
    """A resident whose calls the mother pays for."""

    def __init__(self) -> None:
        jail, self.mother = a_facility(), a_number()
        self.station, self.resident = a_station(jail), a_resident(jail)
        a_contact(self.resident, self.mother)
        self.account: AccountId = a_customer(self.mother, "20.00")

    def call(self, at: int, seconds: int) -> CallId:
        call, _ = authorised(self.station, self.resident, self.mother, Instant(at))
        hung_up(call, seconds, Instant(at + SECOND))
        return call


def give(account: AccountId, amount: str, by: User, call: CallId | None = None, reference: str = ""):
    money = Money.parse(amount)
    return services.give(account, money, CreditReason.DROPPED, "why", by, NOON, call_id=call, reference=reference)


def test_a_small_credit_is_given_at_once_and_once() -> None:
    account, support = a_customer(a_number()), staff(Role.SUPPORT)
    for _ in range(2):
        assert give(account, "10.00", support, reference="b" * 32).state == CreditState.GRANTED
    assert books.balance(account) == Money.parse("10.00")
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.reason) == ("credit.granted", f"user/{support.pk}", "why")


def test_a_form_that_is_sent_again_with_something_else_in_it_is_refused() -> None:
    account, support = a_customer(a_number()), staff(Role.SUPPORT)
    give(account, "5.00", support, reference="b" * 32)
    for other, amount, by in ((account, "9.00", support), (a_customer(a_number()), "5.00", support)):
        with pytest.raises(OtherRequest):
            give(other, amount, by, reference="b" * 32)
    assert books.balance(account) == Money.parse("5.00")
    talk = Talk()
    call = talk.call(NOON, 100)
    for _ in range(2):  # the last cent of a call is less than one: asked for again, it is the same
        assert str(Money(give(talk.account, "0.11", support, call, "c" * 32).amount)) == "$0.10445"


def test_above_the_limit_a_second_person_with_the_right_decides() -> None:
    account, support, finance = a_customer(a_number()), staff(Role.SUPPORT), staff(Role.FINANCE)
    waiting = give(account, "10.01", support)
    assert (waiting.state, books.balance(account)) == (CreditState.WAITING, ZERO)
    for nobody in (support, staff(Role.SUPPORT), staff(Role.COMPLIANCE)):
        with pytest.raises(NotYourRole):
            services.decide(waiting.pk, nobody, NOON, is_granted=True)
    for _ in range(2):
        services.decide(waiting.pk, finance, NOON, is_granted=True)
    assert books.balance(account) == Money.parse("10.01")
    with pytest.raises(WrongStanding):
        services.decide(waiting.pk, finance, NOON, is_granted=False)
    own = give(account, "500.00", finance)
    with pytest.raises(NotYourRole):
        services.decide(own.pk, finance, NOON, is_granted=True)
    services.decide(own.pk, staff(Role.PLATFORM_ADMINISTRATOR), NOON, is_granted=False)
    assert books.balance(account) == Money.parse("10.01")


def test_many_small_credits_are_no_way_around_the_second_person() -> None:
    account, support = a_customer(a_number()), staff(Role.SUPPORT)
    assert give(account, "6.00", support).state == CreditState.GRANTED
    waiting = give(account, "4.01", support)
    assert waiting.state == CreditState.WAITING
    services.decide(waiting.pk, staff(Role.FINANCE), NOON, is_granted=True)
    assert give(account, "4.00", support).state == CreditState.GRANTED  # what a second person agreed to does not count
    assert give(a_customer(a_number()), "10.00", support).state == CreditState.GRANTED
    tomorrow = Instant(NOON + 24 * 3_600_000)
    later = services.give(account, Money.parse("10.00"), CreditReason.DROPPED, "why", support, tomorrow)
    assert later.state == CreditState.GRANTED


@pytest.mark.parametrize(("role", "amount"), [(Role.SUPPORT, "100.01"), (Role.COMPLIANCE, "0.01")])
def test_who_has_no_right_to_so_much_cannot_even_propose_it(role: Role, amount: str) -> None:
    with pytest.raises(NotYourRole):
        give(a_customer(a_number()), amount, staff(role))


def test_a_dropped_call_that_was_redialled_gives_its_set_up_minute_back_once() -> None:
    talk = Talk()
    first = talk.call(NOON, 100)
    second = talk.call(NOON + 150 * SECOND, 30)
    talk.call(NOON + 10 * MINUTE, 100)
    before = books.balance(talk.account)
    at = Instant(NOON + 20 * MINUTE)
    assert [calls.credit_redials(at), calls.credit_redials(at)] == [1, 0]
    credit = Transfer.objects.get(reason="redial_credit")
    assert (credit.call_id, credit.key) == (first, f"call/{first}/redial_credit")
    assert books.balance(talk.account) - before == Money(credit.amount) == Money(62_670)
    assert Call.objects.get(pk=second).credited == 0


def test_hanging_up_each_minute_makes_no_day_free() -> None:
    talk = Talk()
    for number in range(6):
        talk.call(NOON + number * 90 * SECOND, 60)
    assert calls.credit_redials(Instant(NOON + 20 * MINUTE)) == 3
    assert calls.credit_redials(Instant(NOON + 20 * MINUTE)) == 0


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seconds=st.integers(0, 200),
    amounts=st.lists(st.integers(1, 30), max_size=4),
    redialled_after=st.integers(0, 4),
)
def test_a_call_never_gives_back_more_than_it_cost(
    db: None, seconds: int, amounts: list[int], redialled_after: int
) -> None:
    talk, finance = Talk(), staff(Role.FINANCE)
    call = talk.call(NOON, seconds)
    talk.call(NOON + (seconds + 60) * SECOND, 1)
    for number, amount in enumerate([*amounts, 1]):
        if number == redialled_after:
            calls.credit_redials(Instant(NOON + 20 * MINUTE))
        try:
            services.give(talk.account, Money.of_cents(amount), CreditReason.DROPPED, "-", finance, NOON, call_id=call)
        except MoreThanTheCall:
            continue
    given_back = sum(Transfer.objects.filter(call_id=call, reason__endswith="credit").values_list("amount", flat=True))
    assert given_back <= Call.objects.get(pk=call).charge
    assert books.discrepancies() == []
