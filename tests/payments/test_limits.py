"""Nobody tries out stolen cards here: what counts as a try, and what then has to wait."""

import pytest
from bank import DECLINED_LATER, DECLINED_WHEN_SAVED, Bank
from make import DAY, MINUTE, NOON
from payers import Payer, a_payer, a_saved_card

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.payments import services
from kinline.payments.errors import NotTaken
from kinline.payments.models import CardSetUp, Payment
from kinline.payments.services import limits

pytestmark = pytest.mark.django_db

TEN = Money.parse("10.00")
IN_AN_HOUR = Instant(NOON + 61 * MINUTE)


@pytest.fixture
def payer(bank: Bank) -> Payer:
    return a_payer()


def save_a_declined_card(bank: Bank, payer: Payer, reference: str) -> None:
    saving, answer = services.begin_saving(payer.customer, NOON, reference)
    card = bank.card(DECLINED_WHEN_SAVED)
    bank.ask("POST", f"/v1/setup_intents/{answer.id}/confirm", payment_method=card)
    assert services.observe_saving(saving.pk, NOON).reason == Reason.PAY_DECLINED


def test_a_card_that_is_declined_while_it_is_saved_counts_like_one_that_is_to_pay(bank: Bank, payer: Payer) -> None:
    card = a_saved_card(bank, payer, DECLINED_LATER)
    for number in range(9):
        save_a_declined_card(bank, payer, f"declined{number}")
    services.charge(payer.customer, payer.account, TEN, card.pk, NOON)
    with pytest.raises(NotTaken, match=Reason.PAY_TOO_MANY_TRIES):
        services.charge(payer.customer, payer.account, TEN, card.pk, NOON)
    assert services.charge(payer.customer, payer.account, TEN, card.pk, IN_AN_HOUR).state == "failed"


def test_after_many_declined_payments_no_card_is_saved_either(
    bank: Bank, payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DECLINES_AN_HOUR", 2)
    card = a_saved_card(bank, payer, DECLINED_LATER)
    for _ in range(2):
        services.charge(payer.customer, payer.account, TEN, card.pk, NOON)
    with pytest.raises(NotTaken, match=Reason.PAY_TOO_MANY_TRIES):
        services.begin_saving(payer.customer, NOON, "another")
    services.begin_saving(payer.customer, IN_AN_HOUR, "another")


def test_ten_cards_an_hour_are_begun_to_be_saved_and_no_more(bank: Bank, payer: Payer) -> None:
    for number in range(10):
        services.begin_saving(payer.customer, NOON, f"form{number}")
    with pytest.raises(NotTaken, match=Reason.PAY_TOO_MANY_TRIES):
        services.begin_saving(payer.customer, NOON, "eleventh")
    assert CardSetUp.objects.count() == 10
    services.begin_saving(payer.customer, NOON, "form9")  # the same form, loaded again
    services.begin_saving(a_payer().customer, NOON, "of somebody else")
    services.begin_saving(payer.customer, IN_AN_HOUR, "eleventh")


def test_a_provider_that_could_not_be_reached_has_declined_no_card(
    bank: Bank, payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DECLINES_AN_HOUR", 1)
    card = a_saved_card(bank, payer)
    bank.breakdowns[:] = ["cut"] * 3
    services.charge(payer.customer, payer.account, TEN, card.pk, NOON)
    tomorrow = Instant(NOON + DAY)
    services.reconcile(tomorrow)
    assert Payment.objects.get().reason == Reason.PAY_PROVIDER_UNREACHABLE
    assert services.charge(payer.customer, payer.account, TEN, card.pk, tomorrow).state == "succeeded"
