"""The day close: whatever is tampered with afterwards is found."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from make import DAY, NOON, a_customer, a_number

from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.ledger import queries, services
from kinline.ledger.closing import close_day, verify
from kinline.ledger.models import AccountKind, DayClose, Transfer

pytestmark = pytest.mark.django_db

UNGUARDED = {
    "sqlite": (
        "DROP TRIGGER {table}_no_update",
        "DROP TRIGGER {table}_no_delete",
    ),
    "postgresql": ("ALTER TABLE {table} DISABLE TRIGGER ALL",),
}


@pytest.fixture
def account() -> AccountId:
    """Two closed days with two deposits each, and one deposit since."""
    account = a_customer(a_number())
    for day in range(2):
        for number in range(2):
            at = Instant(NOON + day * DAY + number)
            services.deposit(account, Money.of_cents(100 + number), f"deposit/{day}/{number}", at)
        close_day(Instant(NOON + (day + 1) * DAY))
    services.deposit(account, Money.of_cents(500), "deposit/open", Instant(NOON + 2 * DAY))
    return account


def tamper(*statements: str) -> None:
    """As somebody who owns the database, and has switched its guards off."""
    with connection.cursor() as cursor:
        for table in ("ledger_transfer", "ledger_dayclose"):
            for unguard in UNGUARDED[connection.vendor]:
                cursor.execute(unguard.format(table=table))
        for statement in statements:
            cursor.execute(statement)


def with_one_byte_changed(value: Any) -> Iterator[Any]:
    """Each value that differs from this one in one byte of its text, or of its eight as a number."""
    match value:
        case None:
            yield 0
        case str():
            for place, character in enumerate(value):
                yield value[:place] + chr(ord(character) ^ 1) + value[place + 1 :]
        case int():
            yield from (value ^ (1 << 8 * byte) for byte in range(7))
            yield ~value
        case date():
            yield from (value + timedelta(days=days) for days in (-365, -1, 1, 100))
        case _:
            raise TypeError(value)


def test_untouched_books_are_in_order(account: AccountId) -> None:
    verdict = verify()
    assert (verdict.closes, verdict.sealed, verdict.unsealed, verdict.faults) == (2, 4, 1, [])
    assert verify(noted=verdict.head).faults == []


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        ("UPDATE ledger_transfer SET at = at + 1 WHERE key = 'deposit/0/1'", "the hash differs"),
        ("UPDATE ledger_transfer SET key = 'deposit/0/9' WHERE key = 'deposit/0/1'", "the hash differs"),
        (
            "UPDATE ledger_transfer SET amount = amount + 1 WHERE key = 'deposit/1/0'",
            "deposit/1/0 is not what was asked",
        ),
        ("UPDATE ledger_transfer SET amount = amount + 1 WHERE key = 'deposit/open'", "is not what was asked"),
        ("DELETE FROM ledger_transfer WHERE key = 'deposit/0/0'", "sealed 2 transfers, there are 1"),
        (
            (
                "INSERT INTO ledger_transfer (id, key, inputs, debit_id, credit_id, amount, reason, at) "
                "SELECT -1 + MIN(id), 'stray', '', MIN(debit_id), MIN(credit_id), 1, 'stray', 0 FROM ledger_transfer"
            ),
            "sealed 2 transfers, there are 3",
        ),
        ("UPDATE ledger_dayclose SET hash = previous WHERE transfers = 2", "does not follow the one before"),
        ("DELETE FROM ledger_dayclose WHERE day = (SELECT MIN(day) FROM ledger_dayclose)", "does not follow"),
        (
            (
                "INSERT INTO ledger_dayclose (day, last_transfer, transfers, amount, previous, hash) "
                "SELECT '2027-01-01', last_transfer, 0, 0, hash, hash FROM ledger_dayclose WHERE transfers = 2 "
                "ORDER BY day DESC LIMIT 1"
            ),
            "the hash differs",
        ),
    ],
)
def test_what_was_tampered_with_is_found(account: AccountId, tampering: str, says: str) -> None:
    tamper(tampering)
    assert any(says in fault for fault in verify().faults), verify().faults


def test_each_byte_of_each_column_of_what_is_sealed_and_of_the_seals_is_held(account: AccountId) -> None:
    """Changed alone, it is found; or the database itself takes no such row."""
    tamper()
    sealed = Transfer.objects.exclude(key="deposit/open")
    found, refused, unseen = 0, 0, []
    for rows in (sealed, DayClose.objects.all()):
        for row in list(rows):
            for field in rows.model._meta.concrete_fields:
                for other in with_one_byte_changed(getattr(row, field.attname)):
                    changed = rows.model.objects.filter(pk=row.pk)
                    try:
                        with transaction.atomic():
                            assert changed.update(**{field.attname: other}) == 1
                            if not verify().faults:
                                unseen.append((row, field.name, other))
                            found += 1
                            transaction.set_rollback(True)
                    except IntegrityError:
                        refused += 1
    assert unseen == []
    assert found > 500 > 50 > refused
    assert verify().faults == []


def test_transfers_that_changed_places_are_found(account: AccountId) -> None:
    first, second = Transfer.objects.filter(key__startswith="deposit/0/").order_by("pk").values_list("pk", flat=True)
    swap = "UPDATE ledger_transfer SET id = {} WHERE id = {}"
    tamper(swap.format(-1, first), swap.format(first, second), swap.format(second, -1))
    assert any("the hash differs" in fault for fault in verify().faults)


def test_a_last_close_that_was_removed_has_the_hash_that_was_noted(account: AccountId) -> None:
    noted = verify().head
    tamper("DELETE FROM ledger_dayclose WHERE day = (SELECT MAX(day) FROM ledger_dayclose)")
    [fault] = verify(noted).faults
    assert "no close has the noted hash" in fault


def test_a_chain_that_was_written_anew_has_not_the_hash_that_was_noted(account: AccountId) -> None:
    noted = verify().head
    tamper("DELETE FROM ledger_dayclose")
    close_day(Instant(NOON + 2 * DAY))

    assert verify().faults == []
    [fault] = verify(noted).faults
    assert "written anew" in fault


def test_a_day_is_closed_once(account: AccountId) -> None:
    assert close_day(Instant(NOON + 2 * DAY)) == 0
    assert close_day(Instant(NOON + 3 * DAY)) == 1
    assert close_day(Instant(NOON + 3 * DAY)) == 0
    assert verify().unsealed == 0


@pytest.mark.parametrize("statement", ["UPDATE ledger_dayclose SET transfers = 1", "DELETE FROM ledger_dayclose"])
def test_the_database_itself_keeps_a_close(account: AccountId, statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert DayClose.objects.count() == 2


def test_the_trial_balance_of_a_past_day_is_what_it_was(account: AccountId) -> None:
    assert queries.trial_balance(before=Instant(NOON + DAY))[account] == Money.parse("2.01")
    then = queries.balances_by_kind(before=Instant(NOON + DAY))
    assert then[AccountKind.CLEARING] == -then[AccountKind.CUSTOMER_PREPAID]
    assert sum(amount.micros for amount in then.values()) == 0
