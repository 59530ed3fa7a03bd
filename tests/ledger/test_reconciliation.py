"""Our books beside the provider's: every difference is named, and nothing else."""

import pytest
from make import DAY, NOON, a_customer, a_number

from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.ledger import services
from kinline.ledger.models import AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.ledger.reconciliation import Difference, Fault, Row, differences, through_clearing, with_keys

pytestmark = pytest.mark.django_db
DOLLAR = Money.of_cents(100)
CENT = Money.of_cents(1)


@pytest.fixture(autouse=True)
def three_payments() -> None:
    account = a_customer(a_number())
    for number in range(3):
        services.deposit(account, DOLLAR, f"stripe/pi_{number}/deposit", NOON)
    services.deposit(account, DOLLAR, "kiosk/1", NOON)
    kept = (house_account(AccountKind.PROVIDER_FEE), house_account(AccountKind.CLEARING))
    services.transfer(Order("stripe/txn_0/provider_fee", *kept, CENT, "provider_fee"), NOON)


def row(number: int, amount: Money = DOLLAR, currency: str = "usd") -> Row:
    return Row(f"stripe/pi_{number}/deposit", amount, NOON, currency)


def fee(number: int) -> Row:
    return Row(f"stripe/txn_{number}/provider_fee", -CENT, NOON)


def compared(*theirs: Row) -> list[Difference]:
    return differences(through_clearing("stripe/", NOON, Instant(NOON + DAY)), theirs)


def test_the_same_movements_differ_in_nothing() -> None:
    assert compared(row(0), row(1), row(2), fee(0)) == []


def test_every_kind_of_difference_is_named() -> None:
    found = compared(fee(0), fee(9), row(0, currency="eur"), row(1, Money.of_cents(90)), row(7))
    assert found == [
        Difference("stripe/pi_0/deposit", DOLLAR, DOLLAR, Fault.OTHER_CURRENCY, "eur"),
        Difference("stripe/pi_1/deposit", DOLLAR, Money.of_cents(90), Fault.OTHER_AMOUNT),
        Difference("stripe/pi_2/deposit", DOLLAR, ZERO, Fault.MISSING_THERE),
        Difference("stripe/pi_7/deposit", ZERO, DOLLAR, Fault.MISSING_HERE),
        Difference("stripe/txn_9/provider_fee", ZERO, -CENT, Fault.FEE_NOT_BOOKED),
    ]
    assert [str(each).partition(": ")[2] for each in found] == [
        "we have $1.00, the provider 1.00 EUR",
        "we have $1.00, the provider $0.90",
        "we have $1.00, the provider nothing",
        "the provider has $1.00, we nothing",
        "the provider kept $0.01, we did not book it",
    ]


def test_what_the_provider_counts_twice_is_a_difference() -> None:
    [found] = compared(row(0), row(0), row(1), row(2), fee(0))
    assert found.theirs == Money.of_cents(200)


def test_our_movements_are_found_by_their_time_and_by_their_keys() -> None:
    assert list(through_clearing("stripe/", Instant(NOON + 1), Instant(NOON + DAY))) == []
    assert [each.amount for each in with_keys(["stripe/pi_1/deposit", "kiosk/2"])] == [DOLLAR]
