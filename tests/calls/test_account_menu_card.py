"""The account menu charges the saved card at the provider: once for each confirmed attempt of a call."""

import pytest
from bank import DECLINED_LATER, NEEDS_3DS, Bank, bank, running_bank
from make import NOON
from payers import a_payer, a_saved_card

from kinline.calls.account_menu import charge_card
from kinline.core.accountmenu import events as happened
from kinline.core.identity import CallId
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.payments.models import Payment, Way

__all__ = ["bank", "running_bank"]

pytestmark = pytest.mark.django_db
TEN = Money.parse("10.00")
CALL = CallId(77)


def test_an_attempt_that_is_asked_twice_charges_once_and_the_next_one_again(bank: Bank) -> None:
    payer = a_payer("2.10")
    a_saved_card(bank, payer)
    first = charge_card(CALL, payer.customer, TEN, 1, NOON)
    assert first == charge_card(CALL, payer.customer, TEN, 1, NOON)
    assert first == happened.MoneyAdded(NOON, TEN, Money.parse("12.10"))
    assert bank.charged_cents() == 1000
    charge_card(CALL, payer.customer, TEN, 2, NOON)
    assert bank.charged_cents() == 2000
    assert {payment.way for payment in Payment.objects.all()} == {Way.PHONE}


def test_a_card_whose_bank_wants_to_see_its_holder_is_not_charged_by_phone(bank: Bank) -> None:
    payer = a_payer("0.00")
    a_saved_card(bank, payer, NEEDS_3DS)
    answer = charge_card(CALL, payer.customer, TEN, 1, NOON)
    assert answer == happened.MoneyRefused(NOON, Reason.PAY_AUTHENTICATION_NEEDED)
    assert payer.balance == Money.parse("0.00")


def test_a_declined_card_is_told_with_its_reason(bank: Bank) -> None:
    payer = a_payer("0.00")
    a_saved_card(bank, payer, DECLINED_LATER)
    answer = charge_card(CALL, payer.customer, TEN, 1, NOON)
    assert isinstance(answer, happened.MoneyRefused)
    assert answer.reason.stage == "pay"
    assert payer.balance == Money.parse("0.00")
