"""Why money moves: each reason is in the registry, and an auditor reads an example of it."""

from pathlib import Path

import pytest
from make import NOON, a_customer, a_number

from kinline.core.money import Money
from kinline.ledger import queries
from kinline.ledger import services as ledger
from kinline.ledger.models import AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.ledger.transfer_reasons import TransferReason

MONEY = Path(__file__).parents[2] / "docs" / "money.md"


def test_the_auditors_page_shows_every_account_and_every_reason_with_its_entries() -> None:
    page = MONEY.read_text()
    rows = [[cell.strip() for cell in line.split("|")] for line in page.splitlines() if line.startswith("|")]
    shown = {cells[4] for cells in rows if len(cells) == 7}
    assert {f"`{reason.value}`" for reason in TransferReason} <= shown
    assert {kind.value for kind in AccountKind if f"`{kind.value}`" not in page} == set()
    tests = {word for cells in rows for cell in cells for word in cell.split("`") if word.startswith("tests/")}
    assert [path for path in tests if not (MONEY.parents[1] / path).exists()] == []


@pytest.mark.django_db
def test_money_moves_for_no_other_reason() -> None:
    account = a_customer(a_number(), "5.00")
    order = Order("test/whim", account, queries.house_account(AccountKind.REVENUE), Money.of_cents(1), "whim")
    with pytest.raises(ValueError, match="whim"):
        ledger.transfer(order, NOON)
    assert not Transfer.objects.filter(key="test/whim").exists()
