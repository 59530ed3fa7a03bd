"""May this be called, who pays, how much is held: on real rows. The rules themselves are tested with the core."""

import pytest
from make import (
    DAY,
    MINUTE,
    NOON,
    a_contact,
    a_customer,
    a_debit_account,
    a_facility,
    a_number,
    a_resident,
    a_station,
    authorised,
    dial,
    hung_up,
    identified,
)

from kinline.calls import services
from kinline.calls.models import Call
from kinline.calls.services import OtherQuestion, UnknownCall
from kinline.contacts.models import Block, PrivilegedNumber
from kinline.core.callflow.events import Authorised, Denied, HoldExtended, HoldNotExtended
from kinline.core.identity import Instant, Language, ResidentId
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, NumberRule, Station, TariffRow
from kinline.ledger.models import Account
from kinline.people.models import Resident

pytestmark = pytest.mark.django_db

MINUTE_PRICE = Money(62_670)
"""Six cents and 4.45 % of tax."""


@pytest.fixture
def jail() -> Facility:
    return a_facility()


@pytest.fixture
def station(jail: Facility) -> Station:
    return a_station(jail)


@pytest.fixture
def resident(jail: Facility) -> Resident:
    return a_resident(jail)


@pytest.fixture
def mother(resident: Resident) -> str:
    """An approved contact, without money yet."""
    number = a_number()
    a_contact(resident, number, speed_dial=1, language="es")
    return number


def test_a_permit_says_whom_how_long_and_for_how_much(station: Station, resident: Resident, mother: str) -> None:
    a_customer(mother, "20.00")
    _, permit = authorised(station, resident, mother)
    assert permit.called_party == mother
    assert permit.language is Language.SPANISH
    assert not permit.privileged
    assert not permit.free
    assert permit.price_per_minute == MINUTE_PRICE
    assert permit.price_at_limit == 15 * MINUTE_PRICE
    assert (permit.limit_seconds, permit.limit_reason) == (900, Reason.TALK_TIME_LIMIT)
    assert permit.funded_seconds == 300


def test_money_for_the_first_five_minutes_is_held(station: Station, resident: Resident, mother: str) -> None:
    account = a_customer(mother, "20.00")
    call, _ = authorised(station, resident, mother)
    assert Account.objects.get(pk=account).held == 5 * MINUTE_PRICE.micros
    assert Call.objects.get(pk=call).held == 5 * MINUTE_PRICE.micros


def test_all_there_is_is_held_when_it_is_less(station: Station, resident: Resident, mother: str) -> None:
    account = a_customer(mother, "0.10")
    _, permit = authorised(station, resident, mother)
    assert permit.funded_seconds == 95
    assert Account.objects.get(pk=account).held <= 100_000


def test_less_than_a_minute_is_not_enough(station: Station, resident: Resident, mother: str) -> None:
    account = a_customer(mother, "0.06")
    _, answer = dial(station, resident, mother)
    assert isinstance(answer, Denied)
    assert answer.reason is Reason.FUND_INSUFFICIENT
    assert dict(answer.values) == {"balance": Money.of_cents(6), "needed": MINUTE_PRICE}
    assert Account.objects.get(pk=account).held == 0


def test_a_speed_dial_slot_is_its_number(station: Station, resident: Resident, mother: str) -> None:
    a_customer(mother, "20.00")
    call = identified(station, resident)
    answer = services.authorise(call, ResidentId(resident.pk), "1", NOON)
    assert isinstance(answer, Authorised)
    assert answer.permit.called_party == mother


def test_asked_again_the_first_answer_is_given_and_nothing_more_is_held(
    station: Station, resident: Resident, mother: str
) -> None:
    account = a_customer(mother, "20.00")
    call, first = dial(station, resident, mother)
    a_contact_revoked = resident.contacts.get()
    a_contact_revoked.state = "rejected"
    a_contact_revoked.save()

    again = services.authorise(call, ResidentId(resident.pk), mother.removeprefix("+1"), Instant(NOON + MINUTE))

    assert again == first
    assert Account.objects.get(pk=account).held == 5 * MINUTE_PRICE.micros


def test_a_permit_is_for_one_number(station: Station, resident: Resident, mother: str) -> None:
    a_customer(mother, "20.00")
    call, _ = authorised(station, resident, mother)
    with pytest.raises(OtherQuestion):
        services.authorise(call, ResidentId(resident.pk), a_number().removeprefix("+1"), NOON)


def test_after_a_refusal_another_number_may_be_tried(station: Station, resident: Resident, mother: str) -> None:
    a_customer(mother, "20.00")
    call, refused = dial(station, resident, a_number())
    answer = services.authorise(call, ResidentId(resident.pk), mother.removeprefix("+1"), NOON)
    assert isinstance(refused, Denied)
    assert refused.reason is Reason.POLICY_NOT_ON_LIST
    assert isinstance(answer, Authorised)


def test_only_the_resident_who_gave_the_pin_is_authorised(station: Station, jail: Facility, mother: str) -> None:
    call = identified(station, a_resident(jail))
    with pytest.raises(UnknownCall):
        services.authorise(call, ResidentId(a_resident(jail).pk), mother.removeprefix("+1"), NOON)


def test_a_resident_pays_when_the_called_party_cannot(station: Station, resident: Resident, mother: str) -> None:
    a_customer(mother, "0.00")
    debit = a_debit_account(resident, "5.00")
    call, permit = authorised(station, resident, mother)
    assert permit.funded_seconds == 300
    assert Call.objects.get(pk=call).payer == "resident_debit"
    assert Account.objects.get(pk=debit).held == 5 * MINUTE_PRICE.micros


def test_a_verified_privileged_number_is_free_and_privileged_for_every_resident(
    station: Station, jail: Facility, resident: Resident
) -> None:
    attorney = a_number()
    PrivilegedNumber.objects.create(number=attorney, holder="An attorney", verified="2026-01-01T00:00Z")
    for of in (resident, a_resident(jail)):
        a_contact(of, attorney)
        _, permit = authorised(station, of, attorney)
        assert permit.privileged
        assert permit.free
        assert permit.price_at_limit == ZERO


def test_a_number_privileged_for_one_resident_is_not_for_another(
    station: Station, jail: Facility, resident: Resident
) -> None:
    attorney, other = a_number(), a_resident(jail)
    a_customer(attorney, "5.00")
    PrivilegedNumber.objects.create(
        number=attorney, resident=resident, holder="An attorney", verified="2026-01-01T00:00Z"
    )
    a_contact(resident, attorney)
    a_contact(other, attorney)
    assert authorised(station, resident, attorney)[1].privileged
    assert not authorised(station, other, attorney)[1].privileged


def test_a_lifted_block_stops_nobody(station: Station, resident: Resident, mother: str) -> None:
    a_customer(mother, "5.00")
    block = Block.objects.create(number=mother, resident=resident, blocked_by="called_party", at=NOON)
    _, blocked = dial(station, resident, mother)
    assert isinstance(blocked, Denied)
    assert blocked.reason is Reason.BLOCK_CALLED_PARTY
    Call.objects.all().update(state="settled")
    block.lifted_at = NOON
    block.save()
    assert isinstance(dial(station, resident, mother)[1], Authorised)


def test_a_block_of_one_resident_leaves_the_others(station: Station, jail: Facility, mother: str) -> None:
    a_customer(mother, "5.00")
    Block.objects.create(number=mother, resident=a_resident(jail), blocked_by="called_party", at=NOON)
    other = a_resident(jail)
    a_contact(other, mother)
    assert isinstance(dial(station, other, mother)[1], Authorised)


def test_a_change_of_rules_counts_from_the_next_call_on(
    station: Station, jail: Facility, resident: Resident, mother: str
) -> None:
    a_customer(mother, "20.00")
    hung_up(authorised(station, resident, mother)[0], 10)
    rule = NumberRule.objects.create(facility=jail, treatment="blocked", number=mother)
    _, blocked = dial(station, resident, mother)
    Call.objects.exclude(state="settled").update(state="settled")
    rule.delete()
    assert isinstance(blocked, Denied)
    assert blocked.reason is Reason.POLICY_NUMBER_BLOCKED_FACILITY
    assert isinstance(dial(station, resident, mother)[1], Authorised)


def test_a_new_price_never_touches_a_running_call(
    station: Station, jail: Facility, resident: Resident, mother: str
) -> None:
    a_customer(mother, "20.00")
    call, _ = authorised(station, resident, mother)
    TariffRow.objects.filter(facility=jail).update(price=90_000)
    assert hung_up(call, 60).charge == MINUTE_PRICE


def test_calls_of_today_count_and_those_of_yesterday_do_not(station: Station, jail: Facility, mother: str) -> None:
    resident = a_resident(jail, calling_rules={"calls_per_day": 2})
    a_contact(resident, mother)
    a_customer(mother, "20.00")
    yesterday = Instant(NOON - DAY)
    hung_up(authorised(station, resident, mother, yesterday)[0], 30, yesterday)
    for minutes in (0, 10):
        at = Instant(NOON + minutes * MINUTE)
        hung_up(authorised(station, resident, mother, at)[0], 30, at)

    _, third = dial(station, resident, mother, Instant(NOON + 20 * MINUTE))

    assert isinstance(third, Denied)
    assert third.reason is Reason.POLICY_DAILY_CALLS


def test_minutes_of_the_day_shorten_the_call_and_then_stop_it(station: Station, jail: Facility, mother: str) -> None:
    resident = a_resident(jail, calling_rules={"seconds_per_day": 300})
    a_contact(resident, mother)
    a_customer(mother, "20.00")
    hung_up(authorised(station, resident, mother)[0], 200)
    call, permit = authorised(station, resident, mother, Instant(NOON + 10 * MINUTE))
    hung_up(call, 100, Instant(NOON + 10 * MINUTE))
    _, third = dial(station, resident, mother, Instant(NOON + 20 * MINUTE))
    assert permit.limit_seconds == 100
    assert isinstance(third, Denied)
    assert third.reason is Reason.POLICY_MINUTES_USED


def test_a_wait_between_calls_runs_from_the_end_of_the_last_talk(station: Station, jail: Facility, mother: str) -> None:
    resident = a_resident(jail, calling_rules={"wait_seconds": 600})
    a_contact(resident, mother)
    a_customer(mother, "20.00")
    hung_up(authorised(station, resident, mother)[0], 60)
    _, too_soon = dial(station, resident, mother, Instant(NOON + 10 * MINUTE))
    Call.objects.exclude(state="settled").update(state="settled")
    _, later = dial(station, resident, mother, Instant(NOON + 11 * MINUTE))
    assert isinstance(too_soon, Denied)
    assert too_soon.reason is Reason.POLICY_TOO_SOON
    assert isinstance(later, Authorised)


def test_attempts_of_the_last_hour_count(station: Station, jail: Facility, mother: str) -> None:
    resident = a_resident(jail, calling_rules={"attempts_per_hour": 1})
    a_contact(resident, mother)
    a_customer(mother, "20.00")
    hung_up(authorised(station, resident, mother)[0], 0)
    _, second = dial(station, resident, mother, Instant(NOON + MINUTE))
    assert isinstance(second, Denied)
    assert second.reason is Reason.POLICY_VELOCITY


def test_more_is_held_while_there_is_some(station: Station, resident: Resident, mother: str) -> None:
    account = a_customer(mother, "0.50")
    call, permit = authorised(station, resident, mother)
    services.accept(call, NOON)

    extended = services.extend_hold(call, NOON)
    not_extended = services.extend_hold(call, NOON)

    assert permit.funded_seconds == 300
    assert extended == HoldExtended(NOON, 478)
    assert not_extended == HoldNotExtended(NOON, Reason.FUND_INSUFFICIENT)
    assert Account.objects.get(pk=account).held <= 500_000


def test_nothing_is_held_beyond_the_longest_talk_allowed(station: Station, resident: Resident, mother: str) -> None:
    a_customer(mother, "20.00")
    call, _ = authorised(station, resident, mother)
    answers = [services.extend_hold(call, NOON) for _ in range(3)]
    assert answers == [
        HoldExtended(NOON, 600),
        HoldExtended(NOON, 900),
        HoldNotExtended(NOON, Reason.TALK_TIME_LIMIT),
    ]
    assert Call.objects.get(pk=call).held == 15 * MINUTE_PRICE.micros
