"""The provider's own books beside ours: fees are booked, a clean day is clean, nothing that differs stays hidden."""

import time
from typing import Any

import pytest
from bank import Bank
from make import DAY
from payers import Payer, a_payer, a_payment

from kinline.cli import main
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.closing import close_day
from kinline.ledger.models import AccountKind, Transfer
from kinline.ledger.reconciliation import Fault
from kinline.notices.models import Message
from kinline.payments import services
from kinline.payments.models import BooksCheck, Payment, ProviderMovement
from kinline.people.models import Role, StaffRole, User

pytestmark = pytest.mark.django_db
NOW = Instant(time.time_ns() // 1_000_000)
SINCE, UNTIL = Instant(NOW - DAY), Instant(NOW + DAY)
KEPT = Money.of_cents(1_02)
"""2.9 % and 30 cents of $25.00, rounded down to cents by the bank of the tests."""


@pytest.fixture
def payer(bank: Bank) -> Payer:
    return a_payer()


def differing() -> list[tuple[Fault, str]]:
    services.fetch(SINCE, UNTIL, NOW)
    return [(each.fault, each.key) for each in services.books_differ(SINCE, UNTIL)]


def of_provider(bank: Bank, name: str, **changes: Any) -> dict[str, Any]:
    """A movement that the provider has, and nobody else."""
    made = {
        "id": f"txn_{name}",
        "object": "balance_transaction",
        "reporting_category": "charge",
        "amount": 700,
        "fee": 0,
        "currency": "usd",
        "created": NOW // 1000,
        "source": {"object": "charge", "payment_intent": name},
        **changes,
    }
    bank.balance[made["id"]] = made
    return made


def house(kind: AccountKind) -> Money:
    return books.balance(books.house_account(kind))


def test_a_day_with_payments_refunds_and_disputes_is_clean_and_its_fees_are_our_cost(bank: Bank, payer: Payer) -> None:
    first, second, third = (a_payment(bank, payer, at=NOW) for _ in range(3))
    services.refund(first.pk, Money.parse("10.00"), NOW)
    disputed, lost = bank.dispute(second.intent, 25_00), bank.dispute(third.intent, 25_00, status="lost")
    for dispute in (disputed, lost):
        services.observe_dispute(dispute, NOW)
    of_provider(bank, "payout", reporting_category="payout", amount=-40_00, source="po_1")
    of_provider(bank, "radar", reporting_category="fee", amount=-2, source=None)
    balance = payer.balance

    assert [differing(), differing()] == [[], []]
    assert house(AccountKind.PROVIDER_FEE) == -(KEPT * 3) - Money.of_cents(2)
    assert payer.balance == balance
    assert books.discrepancies() == []

    bank.disputes[disputed]["status"] = "won"
    services.observe_dispute(disputed, NOW)
    assert differing() == []


def test_each_kind_of_difference_is_found(bank: Bank, payer: Payer) -> None:
    there, here, other, foreign = (a_payment(bank, payer, at=NOW) for _ in range(4))
    transactions = {each["source"]["payment_intent"]: each for each in _transactions(bank)}
    bank.balance[transactions[there.intent]["id"]] = {}
    bank.balance["txn_less"] = {**transactions[other.intent], "id": "txn_less", "amount": 2_00, "fee": 0}
    bank.balance[transactions[other.intent]["id"]] = {}
    bank.balance[transactions[foreign.intent]["id"]] = {**transactions[foreign.intent], "currency": "eur", "fee": 0}
    of_provider(bank, "pi_stranger")
    assert here.state == "succeeded"

    assert sorted(differing()) == sorted(
        [
            (Fault.MISSING_THERE, there.deposit_key),
            (Fault.OTHER_AMOUNT, other.deposit_key),
            (Fault.OTHER_CURRENCY, foreign.deposit_key),
            (Fault.MISSING_HERE, "stripe/pi_stranger/deposit"),
        ]
    )


def test_what_was_not_booked_of_a_fee_is_found(bank: Bank, payer: Payer) -> None:
    a_payment(bank, payer, at=NOW)
    services.fetch(SINCE, UNTIL, NOW)
    row = ProviderMovement.objects.get()
    ProviderMovement.objects.filter(pk=row.pk).update(movement_id="txn_of_another")
    found = {(each.fault, each.key) for each in services.books_differ(SINCE, UNTIL)}
    assert found == {
        (Fault.FEE_NOT_BOOKED, "stripe/txn_of_another/provider_fee"),
        (Fault.MISSING_THERE, row.provider_fee_key),
    }


def test_the_two_sides_may_date_a_movement_on_different_days(bank: Bank, payer: Payer) -> None:
    a_payment(bank, payer, at=Instant(NOW - 2 * DAY))
    assert differing() == []


def test_what_the_provider_kept_changes_no_day_that_is_closed(bank: Bank, payer: Payer) -> None:
    a_payment(bank, payer, at=NOW)
    midnight = Instant(NOW - NOW % DAY + DAY)
    close_day(midnight)
    before = books.balances_by_kind(midnight)
    later = Instant(midnight + DAY)
    services.fetch(SINCE, later, later)
    assert house(AccountKind.PROVIDER_FEE) == -KEPT
    assert books.balances_by_kind(midnight) == before
    assert (Transfer.objects.get(reason="provider_fee").at, services.books_differ(SINCE, later)) == (later, [])
    assert services.books_differ(midnight, Instant(later + 1)) == []


def test_a_refund_made_by_hand_at_the_provider_is_a_difference(bank: Bank, payer: Payer) -> None:
    payment = a_payment(bank, payer, at=NOW)
    bank.ask("POST", "/v1/refunds", payment_intent=payment.intent, amount=500)
    [(fault, _)] = differing()
    assert fault is Fault.MISSING_HERE


def test_finance_is_told_once_a_day_of_differences_and_of_nothing_else(
    bank: Bank, payer: Payer, capsys: pytest.CaptureFixture[str]
) -> None:
    finance = User.objects.create_user("finance@example.org", None, name="Fin")
    StaffRole.objects.create(user=finance, role=Role.FINANCE)
    a_payment(bank, payer, at=NOW)
    later = Instant(NOW + 2 * 3_600_000)
    assert [services.check_books(later), services.check_books(later)] == [1, 0]
    assert BooksCheck.objects.get().differences == 0
    assert not Message.objects.filter(kind="books_differ").exists()

    ledger.deposit(AccountId(payer.account), Money.parse("1.00"), "stripe/pi_invented/deposit", NOW)
    assert services.check_books(Instant(later + DAY)) == 1
    told = Message.objects.get(kind="books_differ")
    assert (told.user, '"count": ["count", 1]' in told.contents) == (finance, True)
    assert main(["ledger", "reconcile", "--stored", "--until", "2027-01-01"]) == 1
    assert "missing_there   stripe/pi_invented/deposit: we have $1.00, the provider nothing" in capsys.readouterr().out


def test_nobody_is_charged_for_what_the_provider_keeps(bank: Bank, payer: Payer) -> None:
    payment = a_payment(bank, payer, at=NOW)
    services.fetch(SINCE, UNTIL, NOW)
    kept = Transfer.objects.get(reason="provider_fee")
    assert {kept.debit.kind, kept.credit.kind} == {"provider_fee", "clearing"}
    assert payer.balance == Money(Payment.objects.get(pk=payment.pk).amount)
    assert house(AccountKind.REVENUE) == ZERO


def _transactions(bank: Bank) -> list[dict[str, Any]]:
    asked = {"created[gte]": "0", "created[lt]": str(2**40), "expand[0]": "data.source"}
    found: list[dict[str, Any]] = []
    while True:
        page = bank._balance_transactions(asked)
        found += page["data"]
        if not page["has_more"]:
            return found
        asked["starting_after"] = found[-1]["id"]
