"""What an owner reads of their money, and whether the books agree with themselves."""

import pytest
from django.db import connection
from make import DAY, NOON, a_customer, a_number

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.ledger import queries, services

pytestmark = pytest.mark.django_db


def test_a_statement_runs_from_a_day_on_with_the_balance_of_all_before() -> None:
    account = a_customer(a_number())
    for day, dollars in enumerate(("1.00", "2.00", "3.00")):
        services.deposit(account, Money.parse(dollars), f"deposit/{day}", Instant(NOON + day * DAY))

    lines = list(queries.statement(account, since=Instant(NOON + DAY), until=Instant(NOON + 2 * DAY)))

    assert [(line.amount, line.balance) for line in lines] == [(Money.parse("2.00"), Money.parse("3.00"))]


def test_the_trial_balance_comes_to_nothing() -> None:
    for cents in (1, 250, 999_999):
        services.deposit(a_customer(a_number()), Money.of_cents(cents), f"deposit/{cents}", NOON)
    balances = queries.trial_balance()
    assert sum(balance.micros for balance in balances.values()) == 0
    assert queries.discrepancies() == []


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        ("UPDATE ledger_account SET posted = posted + 1 WHERE id = {account}", "its transfers say"),
        ("UPDATE ledger_account SET held = 5 WHERE id = {account}", "its calls in progress say"),
        (
            (
                "INSERT INTO ledger_transfer (key, inputs, debit_id, credit_id, amount, reason, at) "
                "VALUES ('stray', '', 987654, 987655, 1, 'stray', 0)"
            ),
            "does not exist",
        ),
    ],
)
def test_what_was_tampered_with_is_found(tampering: str, says: str) -> None:
    account = a_customer(a_number(), "1.00")
    with connection.cursor() as cursor:
        cursor.execute(tampering.format(account=account))
    [found] = queries.discrepancies()
    assert says in found
