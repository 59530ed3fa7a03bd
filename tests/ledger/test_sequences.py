"""Whatever is done with money in whatever order: nothing is lost, made, overdrawn or counted twice."""

import contextlib
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import (
    NOON,
    SECOND,
    a_contact,
    a_customer,
    a_debit_account,
    a_facility,
    a_number,
    a_resident,
    a_station,
    completed,
    dial,
    given_up,
)

from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.core.callflow.events import Authorised
from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.facilities.models import Station
from kinline.ledger import queries, services
from kinline.ledger.models import Account, Transfer
from kinline.ledger.services import KeyUsedOtherwise, NotEnough, UnknownTransfer
from kinline.people.models import Resident

pytestmark = pytest.mark.django_db

who = st.integers(0, 2)
ACTIONS = st.one_of(
    st.tuples(st.just("deposit"), who, st.integers(1, 3_000_000), st.integers(0, 3)),
    st.tuples(st.just("reverse"), st.integers(0, 3)),
    st.tuples(st.just("call"), who),
    st.tuples(st.just("extend"), who),
    st.tuples(st.just("accept"), who),
    st.tuples(st.just("settle"), who, st.integers(0, 1200), st.booleans()),
    st.tuples(st.just("void"), who),
    st.tuples(
        st.just("reap"),
    ),
)


@dataclass
class Town:
    """Three residents who call the same mother; the first has money of his own too."""

    station: Station
    residents: list[Resident]
    mother: str
    accounts: list[AccountId]
    calls: dict[int, CallId] = field(default_factory=dict)

    @classmethod
    def made(cls) -> "Town":
        jail, mother = a_facility(), a_number()
        residents = [a_resident(jail) for _ in range(3)]
        for resident in residents:
            a_contact(resident, mother)
        return cls(
            a_station(jail), residents, mother, [a_customer(mother, "1.00"), a_debit_account(residents[0], "0.40")]
        )

    def deposit(self, number: int, micros: int, key: int) -> None:
        try:
            services.deposit(self.accounts[number % 2], Money(micros), f"deposit/{key}", NOON)
        except KeyUsedOtherwise:
            assert Transfer.objects.filter(key=f"deposit/{key}").exists()

    def reverse(self, key: int) -> None:
        with contextlib.suppress(UnknownTransfer, NotEnough):
            services.reverse(f"deposit/{key}", NOON)

    def call(self, number: int) -> None:
        if number not in self.calls:
            call, answer = dial(self.station, self.residents[number], self.mother)
            if isinstance(answer, Authorised):
                self.calls[number] = call
            else:
                calls.settle(call, given_up(NOON), None, None, None, NOON)

    def extend(self, number: int) -> None:
        if call := self.calls.get(number):
            calls.extend_hold(call, NOON)

    def accept(self, number: int) -> None:
        if call := self.calls.get(number):
            calls.accept(call, NOON)

    def settle(self, number: int, seconds: int, is_bad: bool) -> None:
        if call := self.calls.pop(number, None):
            calls.accept(call, NOON)
            ended = Instant(NOON + seconds * SECOND)
            reason = Reason.TALK_MEDIA_DEAD if is_bad else Reason.TALK_HANGUP_CALLED
            receipt = calls.settle(call, completed(NOON, ended, reason), None, None, None, ended)
            assert calls.settle(call, given_up(NOON), None, None, None, NOON) == receipt

    def void(self, number: int) -> None:
        if call := self.calls.pop(number, None):
            calls.settle(call, given_up(NOON), None, None, None, NOON)

    def reap(self) -> None:
        calls.reap(Instant(NOON + SECOND), 0)
        self.calls.clear()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, max_size=15))
def test_the_books_agree_after_any_sequence(db: Any, actions: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        town = Town.made()
        for name, *details in actions:
            getattr(town, name)(*details)
            assert queries.discrepancies() == []

        town.reap()

        assert queries.discrepancies() == []
        assert sum(balance.micros for balance in queries.trial_balance().values()) == 0
        for account in Account.objects.filter(pk__in=town.accounts):
            assert account.posted >= 0
            assert account.held == 0
        for call in Call.objects.filter(state="settled"):
            assert call.charge <= call.held
            charged = Transfer.objects.filter(call_id=call.pk).exclude(reason="credit")
            assert sum(charged.values_list("amount", flat=True)) == call.charge
            assert call.accepted_at is not None or call.charge == 0
        transaction.set_rollback(True)
