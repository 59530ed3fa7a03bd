"""Play money: in the demo only, in whole cents, for customers who are there."""

import pytest

from kinline import demo
from kinline.core.money import Money
from kinline.ledger import queries
from kinline.ledger.models import Account
from kinline.operation.demo import deposit

pytestmark = pytest.mark.django_db

MOTHER = demo.LOG_INS[0].email


def test_play_money_is_on_the_account_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    demo.seed()
    account = Account.objects.get(customer__user__email=MOTHER, kind="customer_prepaid")
    before = Money(account.posted)
    assert deposit(MOTHER.upper(), "12.50") == 0
    account.refresh_from_db()
    assert Money(account.posted) - before == Money.parse("12.50")
    assert "play money" in capsys.readouterr().out
    assert queries.discrepancies() == []


@pytest.mark.parametrize(
    ("email", "dollars", "said"),
    [
        (MOTHER, "12.505", "whole cents"),
        (MOTHER, "-1", "negative"),
        (MOTHER, "0", "more than nothing"),
        (MOTHER, "much", "not an amount"),
        ("nobody@demo.example", "1.00", "no customer logs in"),
    ],
)
def test_what_cannot_be_deposited_is_said(
    capsys: pytest.CaptureFixture[str], email: str, dollars: str, said: str
) -> None:
    demo.seed()
    assert deposit(email, dollars) == 2
    assert said in capsys.readouterr().err


def test_an_installation_without_the_demo_takes_no_play_money(capsys: pytest.CaptureFixture[str]) -> None:
    assert deposit(MOTHER, "10.00") == 2
    assert "only the demo" in capsys.readouterr().err
