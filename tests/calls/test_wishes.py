"""What families wish decides their calls: blocks, quiet hours, a pause, and limits for a day, on real rows."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from at_once import at_once
from django.db import transaction
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from make import (
    DAY,
    MINUTE,
    NOON,
    a_contact,
    a_customer,
    a_facility,
    a_number,
    a_resident,
    a_station,
    given_up,
    hung_up,
    identified,
)

from kinline.audit.models import AuditEvent
from kinline.calls import services
from kinline.calls.models import Call
from kinline.contacts import services as contacts
from kinline.contacts.errors import NotTheirNumber
from kinline.contacts.models import Block, SpendingLimit
from kinline.core.callflow.events import Authorised, Permit
from kinline.core.identity import CallId, Instant, ResidentId
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, Station
from kinline.ledger.models import Account
from kinline.people.models import Customer, Resident

CHICAGO = ZoneInfo("America/Chicago")


class Family:
    """A mother with money, and residents who may call her."""

    def __init__(self, residents: int = 1, balance: str = "50.00") -> None:
        self.jail: Facility = a_facility()
        self.stations: list[Station] = [a_station(self.jail) for _ in range(residents)]
        self.residents: list[Resident] = [a_resident(self.jail) for _ in range(residents)]
        self.number = E164(a_number())
        self.account = a_customer(self.number, balance)
        self.mother: Customer = Account.objects.get(pk=self.account).customer  # type: ignore[assignment]
        self.mother.numbers.update(is_verified=True)
        for resident in self.residents:
            a_contact(resident, self.number)

        self.live: dict[int, tuple[CallId, Permit]] = {}

    def called(self, who: int = 0, at: Instant = NOON) -> Permit | Reason:
        """What a resident's attempt was answered; a permitted call goes on until `end`."""
        call = identified(self.stations[who], self.residents[who], at)
        answer = services.authorise(call, ResidentId(self.residents[who].pk), self.number.removeprefix("+1"), at)
        if isinstance(answer, Authorised):
            self.live[who] = call, answer.permit
            return answer.permit
        services.settle(call, given_up(at), None, None, None, at)
        return answer.reason

    def end(self, who: int, seconds: int, at: Instant = NOON) -> None:
        """The call is talked on for so long, if its money and limit reach; then it is settled."""
        call, permit = self.live.pop(who)
        talk = min(seconds, permit.limit_seconds)
        if talk > permit.funded_seconds:
            extended = services.extend_hold(call, at)
            talk = min(talk, getattr(extended, "funded_seconds", permit.funded_seconds))
        hung_up(call, talk, at)

    def limit(self, dollars: str | None, who: int | None = None) -> None:
        resident = None if who is None else self.residents[who]
        contacts.limit_spending(self.mother, resident, Money.parse(dollars) if dollars else None, "user/1", NOON)


@pytest.fixture
def family(db: None) -> Family:
    return Family()


def test_a_blocked_resident_facility_or_number_does_not_ring_and_rings_again_when_unblocked(family: Family) -> None:
    for where in ({"resident": family.residents[0]}, {"facility": family.jail}, {}):
        block = contacts.block_calls(family.mother, family.number, "user/1", NOON, **where)  # type: ignore[arg-type]
        assert contacts.block_calls(family.mother, family.number, "user/1", NOON, **where) == block  # type: ignore[arg-type]
        assert family.called() is Reason.BLOCK_CALLED_PARTY
        contacts.unblock_calls(family.mother, block.pk, "user/1", NOON)
    assert isinstance(family.called(), Permit)
    assert AuditEvent.objects.filter(action="number.blocked").count() == 3
    assert AuditEvent.objects.filter(action="number.unblocked").count() == 3


def test_a_block_asked_for_by_the_key_in_the_offer_is_lifted_on_the_page_and_a_facility_s_own_is_not(
    family: Family,
) -> None:
    by_key = Block.objects.create(
        number=family.number, resident=family.residents[0], blocked_by="called_party", at=NOON, call_id=5
    )
    contacts.unblock_calls(family.mother, by_key.pk, "user/1", NOON)
    of_facility = Block.objects.create(number=family.number, facility=family.jail, blocked_by="facility", at=NOON)
    with pytest.raises(NotTheirNumber):
        contacts.unblock_calls(family.mother, of_facility.pk, "user/1", NOON)
    assert family.called() is Reason.POLICY_NUMBER_BLOCKED_FACILITY


def test_wishes_are_for_numbers_of_one_s_own(family: Family, db: None) -> None:
    stranger = Family()
    with pytest.raises(NotTheirNumber):
        contacts.block_calls(stranger.mother, family.number, "user/2", NOON)
    with pytest.raises(NotTheirNumber):
        contacts.set_quiet_hours(stranger.mother, family.number, [((0,), 0, 60)], CHICAGO, "user/2", NOON)
    block = contacts.block_calls(family.mother, family.number, "user/1", NOON)
    with pytest.raises(NotTheirNumber):
        contacts.unblock_calls(stranger.mother, block.pk, "user/2", NOON)
    family.mother.numbers.update(is_verified=False)
    with pytest.raises(NotTheirNumber):
        contacts.unblock_calls(family.mother, block.pk, "user/1", NOON)


def test_in_quiet_hours_the_phone_does_not_ring(family: Family) -> None:
    nights = [(range(7), 21 * 60, 7 * 60)]
    contacts.set_quiet_hours(family.mother, family.number, nights, CHICAGO, "user/1", NOON)
    night = Instant(int(datetime(2026, 11, 20, 23, tzinfo=CHICAGO).timestamp() * 1000))
    assert family.called(at=night) is Reason.BLOCK_QUIET_HOURS
    contacts.set_quiet_hours(family.mother, family.number, [], CHICAGO, "user/1", NOON)
    assert isinstance(family.called(at=night), Permit)
    assert AuditEvent.objects.filter(action="quiet_hours.set").count() == 2


def test_a_pause_ends_by_itself_or_at_once(family: Family) -> None:
    contacts.pause_calls(family.mother, Instant(NOON + DAY), "user/1", NOON)
    assert family.called() is Reason.BLOCK_CUSTOMER_PAUSED
    contacts.pause_calls(family.mother, None, "user/1", NOON)
    assert isinstance(family.called(), Permit)


def test_a_day_s_limit_shortens_the_call_counts_what_is_spent_and_begins_anew_at_midnight(family: Family) -> None:
    family.limit("0.65", 0)  # a minute costs 0.06267
    assert isinstance(permit := family.called(), Permit)
    assert (permit.limit_seconds, permit.limit_reason) == (622, Reason.TALK_DAY_LIMIT)
    family.end(0, 620)
    assert family.called() is Reason.FUND_DAY_LIMIT
    assert isinstance(family.called(at=Instant(NOON + 13 * 60 * MINUTE)), Permit)


def test_a_limit_for_one_resident_does_not_bind_another(db: None) -> None:
    family = Family(residents=2)
    family.limit("0.05", 0)
    assert family.called(0) is Reason.FUND_DAY_LIMIT
    assert isinstance(family.called(1), Permit)
    family.limit(None, 0)
    assert isinstance(family.called(0), Permit)
    assert not SpendingLimit.objects.exists()


def test_calls_in_progress_count_at_their_longest(db: None) -> None:
    family = Family(residents=2)
    family.limit("1.25")
    assert isinstance(family.called(0), Permit)  # may cost 0.94
    assert isinstance(second := family.called(1), Permit)
    assert (second.limit_seconds, second.limit_reason) == (296, Reason.TALK_DAY_LIMIT)


def test_two_calls_at_once_cannot_both_use_the_rest_of_the_day(committed_database: dict[str, str]) -> None:
    family = Family(residents=6)
    family.limit("2.00")
    calls = [identified(*each) for each in zip(family.stations, family.residents, strict=True)]
    dialled = family.number.removeprefix("+1")

    def authorise(which: int) -> str:
        answer = services.authorise(calls[which], ResidentId(family.residents[which].pk), dialled, NOON)
        return "Authorised" if isinstance(answer, Authorised) else answer.reason

    said = at_once(*(lambda which=which: authorise(which) for which in range(6)))
    granted = list(Call.objects.filter(state="authorised").values_list("price_at_limit", flat=True))
    assert set(said) == {"Authorised", Reason.FUND_DAY_LIMIT}
    assert sum(granted) <= 2_000_000
    assert sum(granted) > 2_000_000 - 62_670  # and nothing of the day is lost


@given(
    limits=st.tuples(st.none() | st.integers(1, 30), st.none() | st.integers(1, 30)),
    acts=st.lists(st.tuples(st.booleans(), st.integers(0, 1), st.integers(1, 900)), max_size=12),
)
@settings(max_examples=examples(15), deadline=None)
@pytest.mark.django_db
def test_whatever_is_called_no_day_costs_more_than_its_limits(
    limits: tuple[int | None, int | None], acts: list[tuple[bool, int, int]]
) -> None:
    with transaction.atomic():
        family, at = Family(residents=2), NOON
        for who, dimes in zip((0, None), limits, strict=True):
            family.limit(f"{dimes / 10:.2f}" if dimes else None, who)
        for begins, who, seconds in acts:
            at = Instant(at + MINUTE)
            if begins and who not in family.live:
                family.called(who, at)
            elif not begins and who in family.live:
                family.end(who, seconds, at)
        for who, dimes in zip(({"resident": family.residents[0]}, {}), limits, strict=True):
            spent = Call.objects.filter(account=family.account, **who).values_list("charge", flat=True)
            assert dimes is None or sum(spent) <= dimes * 100_000
        transaction.set_rollback(True)
