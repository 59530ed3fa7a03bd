"""The statement of an account: each call is a line that says what made its price."""

import csv
import io
from datetime import UTC

import pytest
from make import (
    DAY,
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
    hung_up,
)

from kinline.calls import services
from kinline.calls.account_statement import account_statement, write_csv
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.ledger import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> AccountId:
    """Five dollars; a call of a hundred seconds, and one whose sound was dead."""
    jail, mother = a_facility("Bayou Jail"), a_number()
    station, resident = a_station(jail), a_resident(jail)
    a_contact(resident, mother)
    account = a_customer(mother, "5.00")
    call, _ = authorised(station, resident, mother, NOON)
    hung_up(call, 100)
    later = Instant(NOON + DAY)
    call, _ = authorised(station, resident, mother, later)
    services.accept(call, later)
    ended = Instant(later + 30 * SECOND)
    services.settle(call, completed(later, ended, Reason.TALK_MEDIA_DEAD), None, None, None, ended)
    return account


def test_a_call_is_one_line_with_everything_that_made_its_price(account: AccountId) -> None:
    deposit, call, dead = account_statement(account)

    assert (deposit.reason, deposit.amount, deposit.call) == ("deposit", Money.parse("5.00"), None)
    assert call.call is not None
    assert (call.call.facility, call.call.seconds, call.call.rate) == ("Bayou Jail", 100, Money.parse("0.06"))
    assert call.call.rule == "intrastate, per second" or call.call.rule == "local, per second"
    assert call.amount == -call.call.charge == Money(-104_450)
    assert call.call.tax + call.call.facility_additive < call.call.charge < call.call.hold
    assert dead.call is not None
    assert dead.call.credited == dead.call.charge > ZERO
    assert dead.amount == ZERO


def test_the_last_balance_is_the_accounts(account: AccountId) -> None:
    *_, last = account_statement(account)
    assert last.balance == queries.balance(account)


def test_a_period_begins_with_the_balance_of_all_before(account: AccountId) -> None:
    [line] = account_statement(account, since=Instant(NOON + DAY))
    assert line.balance == queries.balance(account)


def test_as_csv_each_line_has_every_column(account: AccountId) -> None:
    text = io.StringIO()
    write_csv(account_statement(account), UTC, text)
    _, call, _ = csv.DictReader(io.StringIO(text.getvalue()))
    assert (call["what"], call["seconds"], call["charge"], call["amount"]) == ("call", "100", "0.10445", "-0.10445")
    assert call["balance"] == "4.89555"
