"""What an auditor asks of the books on the command line."""

import csv
import io
from datetime import date

import pytest
from make import DAY, NOON, a_contact, a_customer, a_facility, a_number, a_resident, a_station, authorised, hung_up

from kinline.cli import main
from kinline.core.identity import AccountId, Instant
from kinline.ledger.closing import close_day, verify
from kinline.ledger.models import DayClose

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> AccountId:
    """Five dollars on 20 November, and a call the day after."""
    jail, mother = a_facility("Bayou Jail"), a_number()
    resident, at = a_resident(jail), Instant(NOON + DAY)
    a_contact(resident, mother)
    account = a_customer(mother, "5.00")
    call, _ = authorised(a_station(jail), resident, mother, at)
    hung_up(call, 100, at)
    close_day(Instant(NOON + 2 * DAY))
    return account


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    capsys.readouterr()
    assert main(["ledger", *words]) == status
    return capsys.readouterr().out


def test_the_trial_balance_of_any_date_comes_to_nothing(account: AccountId, capsys: pytest.CaptureFixture[str]) -> None:
    before, now = said(capsys, "balance", "--at", "2026-11-21"), said(capsys, "balance")
    assert [line.split() for line in before.splitlines() if line.startswith(("customer_prepaid", "sum"))] == [
        ["customer_prepaid", "$5.00"],
        ["sum", "$0.00"],
    ]
    assert ["revenue", "$0.083334"] in [line.split() for line in now.splitlines()]
    assert f"account {account}" in said(capsys, "balance", "--accounts")


def test_a_statement_is_read_by_a_spreadsheet(account: AccountId, capsys: pytest.CaptureFixture[str]) -> None:
    deposit, call = csv.DictReader(io.StringIO(said(capsys, "statement", str(account))))
    assert (deposit["what"], call["facility"], call["seconds"], call["balance"]) == (
        "deposit",
        "Bayou Jail",
        "100",
        "4.89555",
    )
    only = said(capsys, "statement", str(account), "--since", "2026-11-21")
    assert [line["what"] for line in csv.DictReader(io.StringIO(only))] == ["call"]
    said(capsys, "statement", "987654321", status=1)


def test_verify_says_what_is_wrong_and_fails(account: AccountId, capsys: pytest.CaptureFixture[str]) -> None:
    head = verify().head
    assert f"head {head}\nthe books are in order" in said(capsys, "verify", "--noted", head[:16])
    last = DayClose.objects.get()
    forged = {"transfers": 7, "amount": 0, "previous": last.hash, "hash": "0" * 64}
    DayClose.objects.create(day=date(2026, 12, 1), last_transfer=last.last_transfer, **forged)
    assert "FAULT the close of 2026-12-01 sealed 7 transfers, there are 0" in said(capsys, "verify", status=1)
