"""The statement of an account: each call is a line that says what made its price."""

import csv
import io
from datetime import UTC

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
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
from kinline.calls.account_statement import Statement, account_statement, write_csv
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.ledger import queries
from kinline.ledger import services as ledger

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
    rule = call.call.rule
    assert rule.jurisdiction in ("local", "intrastate")
    assert (rule.increment, rule.free_seconds, rule.limit_seconds) == (1, 0, 900)
    assert str(rule).endswith("limit 900 seconds (talk.time_limit)")
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


def test_a_part_is_what_the_whole_has_there(account: AccountId) -> None:
    for number in range(4):  # two at one instant, and that of a call
        ledger.deposit(account, Money.parse("1.00"), f"deposit/{number}", Instant(NOON + number // 2 * 100 * SECOND))
    since, until = Instant(NOON), Instant(NOON + 2 * DAY)
    whole = list(account_statement(account, since, until))
    statement = Statement(account, since, until)
    assert len(statement) == len(whole) == 7
    assert statement.ends == (whole[0].balance - whole[0].amount, queries.balance(account))
    for first in range(9):
        assert statement[first:] == whole[first:]
        for after in range(9):
            assert statement[first:after] == whole[first:after]


def test_a_part_of_a_long_statement_asks_no_more_often_than_of_a_short_one(account: AccountId) -> None:
    def asked() -> int:
        statement = Statement(account, Instant(0), Instant(NOON + 2 * DAY))
        with CaptureQueriesContext(connection) as seen:
            assert len(statement[1:3]) == 2
            assert statement.ends[1] == queries.balance(account)
        return len(seen)

    few = asked()
    for number in range(50):
        ledger.deposit(account, Money.parse("1.00"), f"deposit/{number}", Instant(NOON + 2 * DAY - 1 - number))
    assert asked() == few <= 6


def test_as_csv_each_line_has_every_column(account: AccountId) -> None:
    text = io.StringIO()
    write_csv(account_statement(account), UTC, text)
    _, call, _ = csv.DictReader(io.StringIO(text.getvalue()))
    assert (call["what"], call["seconds"], call["charge"], call["amount"]) == ("call", "100", "0.10445", "-0.10445")
    assert call["balance"] == "4.89555"
