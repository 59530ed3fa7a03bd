"""Moving money: both sides at once, once for a key, never beyond the credit."""

import pytest
from django.db import IntegrityError, connection, transaction
from make import NOON, a_customer, a_number

from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger import queries, services
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.ledger.services import KeyUsedOtherwise, NotEnough, UnknownAccount, UnknownTransfer

pytestmark = pytest.mark.django_db
DOLLAR = Money.of_cents(100)


def order(
    debit: AccountId, credit: AccountId, amount: Money = DOLLAR, key: str = "order/1", reason: str = "gift"
) -> Order:
    return Order(key, debit, credit, amount, reason)


def test_a_deposit_raises_the_balance_and_comes_from_clearing() -> None:
    account = a_customer(a_number())
    before = queries.balance(queries.house_account(AccountKind.CLEARING))

    services.deposit(account, Money.parse("2.10"), "deposit/1", NOON)

    assert queries.balance(account) == Money.parse("2.10")
    assert queries.balance(queries.house_account(AccountKind.CLEARING)) == before - Money.parse("2.10")


def test_a_key_counts_once() -> None:
    account = a_customer(a_number())
    first = services.deposit(account, DOLLAR, "deposit/1", NOON)
    again = services.deposit(account, DOLLAR, "deposit/1", Instant(NOON + 5000))
    assert again.pk == first.pk
    assert queries.balance(account) == DOLLAR


def test_a_key_with_other_inputs_is_refused() -> None:
    account = a_customer(a_number())
    services.deposit(account, DOLLAR, "deposit/1", NOON)
    with pytest.raises(KeyUsedOtherwise):
        services.deposit(account, DOLLAR + DOLLAR, "deposit/1", NOON)
    assert queries.balance(account) == DOLLAR


def test_money_moves_between_two_owners_at_once() -> None:
    giver, taker = a_customer(a_number(), "3.00"), a_customer(a_number())
    services.transfer(order(giver, taker), NOON)
    assert (queries.balance(giver), queries.balance(taker)) == (Money.of_cents(200), DOLLAR)


def test_nobody_spends_more_than_they_have() -> None:
    giver, taker = a_customer(a_number(), "0.99"), a_customer(a_number())
    with pytest.raises(NotEnough) as refused:
        services.transfer(order(giver, taker), NOON)
    assert refused.value.available == Money.of_cents(99)
    assert queries.balance(taker) == ZERO


def test_money_on_hold_counts_as_spent() -> None:
    giver, taker = a_customer(a_number(), "1.50"), a_customer(a_number())
    Account.objects.filter(pk=giver).update(held=600_000)
    with pytest.raises(NotEnough):
        services.transfer(order(giver, taker), NOON)


def test_a_credit_limit_reaches_below_zero_and_no_further() -> None:
    giver, taker = a_customer(a_number()), a_customer(a_number())
    Account.objects.filter(pk=giver).update(credit_limit=1_000_000)
    services.transfer(order(giver, taker), NOON)
    assert queries.balance(giver) == -DOLLAR
    with pytest.raises(NotEnough):
        services.transfer(order(giver, taker, Money(1), key="order/2"), NOON)


@pytest.mark.parametrize("micros", [0, -1])
def test_an_amount_is_more_than_nothing(micros: int) -> None:
    giver, taker = a_customer(a_number(), "1.00"), a_customer(a_number())
    with pytest.raises(ValueError, match="more than nothing"):
        services.transfer(order(giver, taker, Money(micros)), NOON)


def test_an_account_that_does_not_exist_gets_nothing() -> None:
    giver = a_customer(a_number(), "1.00")
    with pytest.raises(UnknownAccount):
        services.transfer(order(giver, AccountId(987_654_321)), NOON)
    assert queries.balance(giver) == DOLLAR


def test_a_reversal_undoes_a_transfer_once_and_leaves_both_in_the_books() -> None:
    account = a_customer(a_number())
    services.deposit(account, DOLLAR, "deposit/1", NOON)

    services.reverse("deposit/1", NOON)
    services.reverse("deposit/1", NOON)

    assert queries.balance(account) == ZERO
    assert [line.amount for line in queries.statement(account)] == [DOLLAR, -DOLLAR]


def test_what_was_spent_already_cannot_be_reversed() -> None:
    account, shop = a_customer(a_number()), a_customer(a_number())
    services.deposit(account, DOLLAR, "deposit/1", NOON)
    services.transfer(order(account, shop), NOON)
    with pytest.raises(NotEnough):
        services.reverse("deposit/1", NOON)


def test_only_a_transfer_that_was_made_can_be_reversed() -> None:
    with pytest.raises(UnknownTransfer):
        services.reverse("never", NOON)


class TestTheDatabaseItself:
    """What holds even for somebody at the database's own prompt."""

    @pytest.fixture
    def transfer(self) -> Transfer:
        return services.deposit(a_customer(a_number()), DOLLAR, "deposit/1", NOON)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_transfer SET amount = 1 WHERE id = {id}",
            "DELETE FROM ledger_transfer WHERE id = {id}",
            (
                "INSERT INTO ledger_transfer (key, inputs, debit_id, credit_id, amount, reason, at) "
                "SELECT key, inputs, debit_id, credit_id, amount, reason, at FROM ledger_transfer WHERE id = {id}"
            ),
            (
                "INSERT INTO ledger_transfer (key, inputs, debit_id, credit_id, amount, reason, at) "
                "SELECT 'other', inputs, debit_id, credit_id, -amount, reason, at FROM ledger_transfer WHERE id = {id}"
            ),
            (
                "INSERT INTO ledger_transfer (key, inputs, debit_id, credit_id, amount, reason, at) "
                "SELECT 'other', inputs, debit_id, debit_id, amount, reason, at FROM ledger_transfer WHERE id = {id}"
            ),
            "UPDATE ledger_account SET posted = -1 WHERE id = {credit}",
            "UPDATE ledger_account SET held = 1000001 WHERE id = {credit}",
            "UPDATE ledger_account SET held = -1 WHERE id = {credit}",
            "UPDATE ledger_account SET posted = 1 WHERE id = {debit}",
            "UPDATE ledger_account SET held = 1, credit_limit = 1 WHERE id = {debit}",
            ("INSERT INTO ledger_account (kind, number, posted, held, credit_limit) VALUES ('revenue', '', 0, 0, 0)"),
            (
                "INSERT INTO ledger_account (kind, number, posted, held, credit_limit) "
                "VALUES ('customer_prepaid', '', 0, 0, 0)"
            ),
            "UPDATE ledger_account SET customer_id = NULL WHERE id = {credit}",
            "UPDATE ledger_account SET kind = 'dedicated' WHERE id = {credit}",
            "UPDATE ledger_account SET number = '+15045550100' WHERE id = {debit}",
            "UPDATE ledger_account SET credit_limit = -1 WHERE id = {credit}",
        ],
        ids=[
            "a transfer is never changed",
            "a transfer is never deleted",
            "a key counts once",
            "an amount is positive",
            "a transfer has two sides",
            "a balance never passes its limit",
            "no more is held than there is",
            "a hold is not negative",
            "a house account has no running balance",
            "nothing is held on a house account",
            "a house account exists once",
            "an account has its owner",
            "an account keeps its owner",
            "an account of a number has its number",
            "a house account has no number",
            "a limit is not negative",
        ],
    )
    def test_refuses(self, transfer: Transfer, statement: str) -> None:
        text = statement.format(id=transfer.pk, debit=transfer.debit_id, credit=transfer.credit_id)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text)
