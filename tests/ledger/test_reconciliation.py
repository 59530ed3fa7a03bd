"""Our books beside the provider's: every difference is named, and nothing else."""

import pytest
from make import DAY, NOON, a_customer, a_number

from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.ledger import services
from kinline.ledger.reconciliation import Difference, ProviderRow, differences

pytestmark = pytest.mark.django_db
DOLLAR = Money.of_cents(100)


@pytest.fixture(autouse=True)
def three_payments() -> None:
    account = a_customer(a_number())
    for number in range(3):
        services.deposit(account, DOLLAR, f"stripe/pi_{number}/deposit", NOON)
    services.deposit(account, DOLLAR, "kiosk/1", NOON)


def row(number: int, amount: Money = DOLLAR, at: Instant = NOON) -> ProviderRow:
    return ProviderRow(f"stripe/pi_{number}/deposit", amount, at)


def compared(*rows: ProviderRow) -> list[Difference]:
    return differences(rows, "stripe/", NOON, Instant(NOON + DAY))


def test_the_same_payments_differ_in_nothing() -> None:
    assert compared(row(0), row(1), row(2)) == []


def test_what_one_side_lacks_and_what_has_another_amount_is_named() -> None:
    found = compared(row(0), row(1, Money.of_cents(90)), row(7))
    assert found == [
        Difference("stripe/pi_1/deposit", DOLLAR, Money.of_cents(90)),
        Difference("stripe/pi_2/deposit", DOLLAR, ZERO),
        Difference("stripe/pi_7/deposit", ZERO, DOLLAR),
    ]
    assert [str(each).partition(": ")[2] for each in found] == [
        "we have $1.00, the provider $0.90",
        "we have $1.00, the provider nothing",
        "the provider has $1.00, we nothing",
    ]


def test_what_the_provider_counts_twice_is_a_difference() -> None:
    [found] = compared(row(0), row(0), row(1), row(2))
    assert found.theirs == Money.of_cents(200)


def test_a_payment_of_another_period_is_left_to_that() -> None:
    assert compared(row(0), row(1), row(2), row(3, at=Instant(NOON + DAY))) == []
