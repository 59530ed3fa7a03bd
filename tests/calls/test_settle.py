"""The end of a call in the books: charged by the second, once, never beyond the hold; nothing without acceptance."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
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
    completed,
    dial,
    given_up,
    hung_up,
    off_hook,
)

from kinline.calls import queries, services
from kinline.calls.services import CallIsOver, Entry, UnknownCall
from kinline.calls.vocabulary import ANSWERED
from kinline.core.callflow.commands import Disposition, Settle
from kinline.core.callflow.events import Receipt
from kinline.core.identity import AccountId, CallId, Instant, Side
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, Station
from kinline.ledger import queries as ledger
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.people.models import Resident

pytestmark = pytest.mark.django_db


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
    number = a_number()
    a_contact(resident, number)
    return number


@pytest.fixture
def account(mother: str) -> AccountId:
    return a_customer(mother, "20.00")


def test_a_receipt_says_what_it_cost(station: Station, resident: Resident, mother: str, account: AccountId) -> None:
    receipt = hung_up(authorised(station, resident, mother)[0], 90.9)
    assert receipt == Receipt(
        billed_seconds=90,
        charge=Money(94_005),
        taxes=Money(4_005),
        balance_before=Money(20_000_000),
        balance_after=Money(19_905_995),
    )
    assert ledger.balance(account) == receipt.balance_after


def test_the_charge_goes_to_revenue_taxes_and_the_agency(
    station: Station, resident: Resident, mother: str, account: AccountId, jail: Facility
) -> None:
    call = authorised(station, resident, mother)[0]
    hung_up(call, 60)
    shares = {
        transfer.reason: (transfer.credit.kind, transfer.amount) for transfer in Transfer.objects.filter(call_id=call)
    }
    assert shares == {
        "charge": (AccountKind.REVENUE, 50_000),
        "facility_additive": (AccountKind.FACILITY_ADDITIVE, 10_000),
        "taxes": (AccountKind.TAXES, 2_670),
    }
    assert Account.objects.get(kind=AccountKind.FACILITY_ADDITIVE).agency == jail.agency


def test_the_hold_is_released(station: Station, resident: Resident, mother: str, account: AccountId) -> None:
    call = authorised(station, resident, mother)[0]
    hung_up(call, 1)
    assert Account.objects.get(pk=account).held == 0
    assert ledger.discrepancies() == []


def test_without_acceptance_nothing_is_charged(
    station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    call = authorised(station, resident, mother)[0]
    receipt = services.settle(call, given_up(Instant(NOON + MINUTE)), None, None, None, Instant(NOON + MINUTE))
    assert receipt == Receipt(0, ZERO, ZERO, Money(20_000_000), Money(20_000_000))
    assert Account.objects.get(pk=account).held == 0
    assert not Transfer.objects.filter(call_id=call).exists()


def test_asked_again_the_first_receipt_is_given_whatever_is_asked(
    station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    call = authorised(station, resident, mother)[0]
    first = hung_up(call, 60)
    again = services.settle(
        call, completed(NOON, Instant(NOON + 500 * SECOND)), None, None, None, Instant(NOON + MINUTE)
    )
    assert again == first
    assert ledger.balance(account) == first.balance_after


def test_a_charge_never_exceeds_the_hold(station: Station, resident: Resident, mother: str, account: AccountId) -> None:
    """A talk that ran over, because ending it took a moment, is charged as far as money was held."""
    receipt = hung_up(authorised(station, resident, mother)[0], 305)
    assert receipt.billed_seconds == 300


def test_dead_sound_is_charged_and_credited_in_one_go(
    station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    call = authorised(station, resident, mother)[0]
    services.accept(call, NOON)
    ended = Instant(NOON + MINUTE)

    receipt = services.settle(call, completed(NOON, ended, Reason.TALK_MEDIA_DEAD), None, None, None, ended)

    assert receipt.charge == Money(62_670)
    assert receipt.balance_after == receipt.balance_before == Money(20_000_000)
    assert [line.reason for line in ledger.statement(account)] == [
        "deposit",
        "charge",
        "facility_additive",
        "taxes",
        "credit",
    ]
    facts = queries.call_facts(call)
    assert facts is not None
    assert facts["credited_usd"] == facts["charge_usd"] == "0.06267"
    assert ledger.discrepancies() == []


def test_a_denied_attempt_is_a_cdr_with_its_reason(station: Station, resident: Resident) -> None:
    call, _ = dial(station, resident, a_number())
    services.settle(
        call, Settle(Disposition.DENIED, Reason.POLICY_NOT_ON_LIST, None, NOON, None), None, None, None, NOON
    )
    [cdr] = queries.cdrs()
    assert (cdr["call_id"], cdr["disposition"], cdr["reason"]) == (str(call), "denied", "policy.not_on_list")
    assert cdr["balance_before_usd"] is None


def test_the_cdr_tells_all(station: Station, resident: Resident, mother: str, account: AccountId) -> None:
    call = authorised(station, resident, mother)[0]
    services.accept(call, NOON)
    good = SimpleNamespace(packets=9, lost=0, loss=0.0, jitter_ms=1.0, round_trip_ms=None, r_factor=93.0, mos=4.4)
    poor = SimpleNamespace(packets=9, lost=3, loss=0.3, jitter_ms=9.0, round_trip_ms=80.0, r_factor=50.0, mos=2.6)
    ended = Instant(NOON + MINUTE)
    services.settle(call, completed(NOON, ended), good, poor, Path("2026/11/20/1.wav"), ended, Instant(NOON - SECOND))

    facts = queries.call_facts(call)

    assert facts is not None
    assert facts["disposition"] == "completed"
    assert facts["reason"] == "talk.hangup_called"
    assert facts["ended_by"] == Side.CALLED_PARTY
    assert facts["answered_at"] == "2026-11-20T17:59:59.000Z"
    assert facts["accepted_at"] == "2026-11-20T18:00:00.000Z"
    assert facts["ended_at"] == "2026-11-20T18:01:00.000Z"
    assert (facts["charge_usd"], facts["billed_seconds"]) == ("0.06267", 60)
    assert (facts["balance_before_usd"], facts["balance_after_usd"]) == ("20.00", "19.93733")
    assert (facts["recording"], facts["mos"]) == ("2026/11/20/1.wav", 2.6)
    assert [facts] == list(queries.cdrs(since=Instant(NOON - MINUTE), until=Instant(NOON + MINUTE)))
    assert list(queries.cdrs(until=NOON)) == []


def test_what_is_settled_is_settled(station: Station, resident: Resident, mother: str, account: AccountId) -> None:
    call = authorised(station, resident, mother)[0]
    hung_up(call, 60)
    for statement in ("UPDATE calls_call SET charge = 1 WHERE id = %s", "DELETE FROM calls_call WHERE id = %s"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [call])
    with pytest.raises(CallIsOver):
        services.accept(call, NOON)
    with pytest.raises(CallIsOver):
        services.extend_hold(call, NOON)


def test_a_call_that_never_was_cannot_be_settled() -> None:
    with pytest.raises(UnknownCall):
        services.settle(CallId(7), given_up(NOON), None, None, None, NOON)


class TestTheReaper:
    """Calls whose switchboard died."""

    def test_settles_an_accepted_call_at_its_last_heartbeat(
        self, station: Station, resident: Resident, mother: str, account: AccountId
    ) -> None:
        call = authorised(station, resident, mother)[0]
        services.accept(call, NOON)
        services.heartbeat("switchboard-1", [call], Instant(NOON + 30 * SECOND))

        too_early = services.reap(Instant(NOON + 45 * SECOND), 20 * SECOND)
        reaped = services.reap(Instant(NOON + MINUTE), 20 * SECOND)

        assert (too_early, reaped) == (0, 1)
        facts = queries.call_facts(call)
        assert facts is not None
        assert (facts["billed_seconds"], facts["reason"]) == (30, "talk.platform_fault")
        assert facts["ended_at"] == "2026-11-20T18:00:30.000Z"
        assert Account.objects.get(pk=account).held == 0

    def test_voids_what_was_not_accepted(
        self, station: Station, resident: Resident, mother: str, account: AccountId
    ) -> None:
        ringing = authorised(station, resident, mother)[0]
        dialling = off_hook(station)
        assert services.reap(Instant(NOON + MINUTE), 20 * SECOND) == 2
        for call in (ringing, dialling):
            facts = queries.call_facts(call)
            assert facts is not None
            assert (facts["disposition"], facts["reason"]) == ("failed", "net.platform_fault")
        assert ledger.balance(account) == Money(20_000_000)
        assert Account.objects.get(pk=account).held == 0

    def test_finds_when_it_was_answered_and_where_the_recording_lies(
        self, station: Station, resident: Resident, mother: str, account: AccountId
    ) -> None:
        call = authorised(station, resident, mother)[0]
        services.accept(call, NOON)
        services.note(
            [
                Entry(call, Instant(NOON - SECOND), ANSWERED, {}),
                Entry(call, NOON, "recording.started", {"path": "2026/11/20/5.wav"}),
            ]
        )
        services.reap(Instant(NOON + MINUTE), 20 * SECOND)
        facts = queries.call_facts(call)
        assert facts is not None
        assert facts["recording"] == "2026/11/20/5.wav"
        assert facts["answered_at"] == "2026-11-20T17:59:59.000Z"

    def test_tells_a_switchboard_that_was_only_slow(
        self, station: Station, resident: Resident, mother: str, account: AccountId
    ) -> None:
        call = authorised(station, resident, mother)[0]
        services.reap(Instant(NOON + MINUTE), 20 * SECOND)
        assert services.heartbeat("switchboard-1", [call], Instant(NOON + MINUTE)) == (
            services.End(call, Reason.TALK_PLATFORM_FAULT),
        )


def test_talk_that_one_side_could_hardly_hear_is_charged_and_given_back_at_once(
    station: Station, resident: Resident, mother: str, account: AccountId
) -> None:
    call_id, _ = authorised(station, resident, mother)
    services.accept(call_id, NOON)
    poor = SimpleNamespace(packets=5000, lost=1500, loss=0.3, jitter_ms=9.0, round_trip_ms=80.0, r_factor=40.0, mos=2.0)
    ended_at = Instant(NOON + 100 * SECOND)
    receipt = services.settle(call_id, completed(NOON, ended_at), poor, None, None, ended_at)
    facts = queries.call_facts(call_id)
    assert facts is not None
    assert (facts["reason"], facts["ended_by"]) == ("talk.poor", "called_party")
    assert facts["charge_usd"] == facts["credited_usd"] == "0.10445"
    assert receipt.balance_before == receipt.balance_after == ledger.balance(account)


def test_a_facility_sets_what_it_calls_poor_and_for_calls_that_run_too(
    jail: Facility, station: Station, resident: Resident, mother: str
) -> None:
    a_customer(mother, "20.00")
    fair = SimpleNamespace(packets=5000, lost=500, loss=0.1, jitter_ms=9.0, round_trip_ms=80.0, r_factor=60.0, mos=3.1)
    found = []
    for settings in ({}, {"credit": {"below_mos": 3.5}}):
        call_id, _ = authorised(station, resident, mother)
        Facility.objects.filter(pk=jail.pk).update(call_settings=settings)
        services.accept(call_id, NOON)
        ended_at = Instant(NOON + 60 * SECOND)
        services.settle(call_id, completed(NOON, ended_at), None, fair, None, ended_at)
        found.append((queries.call_facts(call_id) or {})["reason"])
    assert found == ["talk.hangup_called", "talk.poor"]
