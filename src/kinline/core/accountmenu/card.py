"""Charge the saved card: an amount is chosen and confirmed, and is charged once however often keys are pressed."""

from dataclasses import dataclass, replace
from typing import Final

from kinline.core.accountmenu.asking import Asking, Waiting, wait
from kinline.core.accountmenu.commands import ChargeCard
from kinline.core.accountmenu.events import ChargeUnsettled, Event, MoneyAdded, MoneyRefused
from kinline.core.accountmenu.moment import Question, Turn, refused
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.speech import Digits, Say

CONFIRM: Final = "1"


def offer_amounts(menu: Question) -> Turn:
    """How much? Not without a card, nor while it is open what became of another charge in this call."""
    visit = menu.visit
    if visit.account is None or visit.account.card is None:
        return menu.ask(Say.of("account.no_card"))
    if visit.is_unsettled:
        return menu.ask(Say.of("account.unsettled"))
    return ChoosingAmount(visit, visit.settings.tries, menu).ask()


@dataclass(frozen=True, slots=True)
class ChoosingAmount(Asking):
    """Key n chooses the n-th amount; `*`: the menu."""

    menu: Question

    def prompt(self) -> tuple[Say, ...]:
        amounts = enumerate(self.visit.settings.amounts, start=1)
        return tuple(Say.of("account.amount", amount=amount, key=Digits(str(key))) for key, amount in amounts)

    def entered(self, at: Instant) -> Turn:
        chosen = int(self.digits) - 1
        if chosen >= len(self.visit.settings.amounts):
            return self.again(at, Say.of("account.not_understood"))
        amount = self.visit.settings.amounts[chosen]
        return Confirming(self.visit, self.visit.settings.tries, self.menu, amount).ask()

    def back(self, at: Instant) -> Turn:
        return self.menu.resumed(self.visit)


@dataclass(frozen=True, slots=True)
class Confirming(Asking):
    """The amount and the card were said; only one key charges it. `*`: the amounts."""

    menu: Question
    amount: Money

    def prompt(self) -> tuple[Say, ...]:
        card = self.visit.account.card if self.visit.account else None
        return (Say.of("account.confirm", amount=self.amount, card=Digits(card or ""), key=Digits(CONFIRM)),)

    def entered(self, at: Instant) -> Turn:
        if self.digits != CONFIRM or self.visit.account is None:
            return self.again(at, Say.of("account.not_understood"))
        visit = replace(self.visit, charges=self.visit.charges + 1)
        charge = ChargeCard(self.visit.account.customer, self.amount, visit.charges)
        patience = visit.settings.charge_wait
        return wait(Charging(visit, self.menu), charge, at, Say.of("account.charging"), seconds=patience)

    def back(self, at: Instant) -> Turn:
        return ChoosingAmount(self.visit, self.visit.settings.tries, self.menu).ask()


@dataclass(frozen=True, slots=True)
class Charging(Waiting):
    menu: Question

    def answered(self, event: Event) -> Turn | None:
        match event:
            case MoneyAdded(amount=amount, balance=balance):
                return self.menu.resumed(self.visit, Say.of("account.added", amount=amount, balance=balance))
            case MoneyRefused() as refusal:
                return self.menu.resumed(self.visit, *refused(refusal))
            case ChargeUnsettled():
                return self.unanswered(event.at)
            case _:
                return None

    def unanswered(self, at: Instant) -> Turn:
        """It may have been charged, or be charged yet: the provider is asked again by others, not by this call."""
        return self.menu.resumed(replace(self.visit, is_unsettled=True), Say.of("account.unsettled"))
