"""Builders of people who pay by card: `a_payer(balance="2.10")`, `a_saved_card(bank, payer)`."""

import itertools
from dataclasses import dataclass

from bank import GOOD, Bank
from make import NOON, a_customer, a_number

from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.ledger import queries as books
from kinline.ledger.models import Account
from kinline.payments import services
from kinline.payments.models import Payment, SavedCard

_count = itertools.count(1)


@dataclass(frozen=True)
class Payer:
    customer: int
    account: AccountId

    @property
    def balance(self) -> Money:
        return books.balance(self.account)


def a_payer(balance: str = "0.00") -> Payer:
    account = a_customer(a_number(), balance)
    customer = Account.objects.get(pk=account).customer_id
    assert customer is not None
    return Payer(customer, account)


def a_saved_card(bank: Bank, payer: Payer, number: str = GOOD, *, code: str = "", decline_code: str = "") -> SavedCard:
    """A card that its holder has saved; `DECLINED_LATER` is declined with these codes."""
    saving, answer = services.begin_saving(payer.customer, NOON, f"card{next(_count)}")
    card = bank.card(number, code=code or "card_declined", decline_code=decline_code)
    bank.ask("POST", f"/v1/setup_intents/{answer.id}/confirm", payment_method=card)
    bank.ask("POST", f"/v1/setup_intents/{answer.id}/confirm")  # and confirmed to the bank, where it asks
    saved = services.observe_saving(saving.pk, NOON).card
    assert saved is not None
    return saved


def a_payment(bank: Bank, payer: Payer, amount: str = "25.00", at: Instant = NOON) -> Payment:
    """A payment by card that has arrived."""
    card = SavedCard.objects.filter(customer_id=payer.customer).first() or a_saved_card(bank, payer)
    payment = services.charge(payer.customer, payer.account, Money.parse(amount), card.pk, at)
    assert payment.state == "succeeded", payment.reason
    return payment
