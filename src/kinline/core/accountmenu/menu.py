"""The menu of an account whose PIN was right, and what it reads out."""

from dataclasses import dataclass, replace

from kinline.core.accountmenu.asking import Asking, Waiting, wait
from kinline.core.accountmenu.blocks import hear_blocks
from kinline.core.accountmenu.card import offer_amounts
from kinline.core.accountmenu.commands import ReadBalance, ReadCalls
from kinline.core.accountmenu.events import BalanceRead, CallsRead, Event, PastCall
from kinline.core.accountmenu.moment import Account, Question, Turn
from kinline.core.accountmenu.voucher import EnteringCode
from kinline.core.identity import Instant
from kinline.core.money import ZERO
from kinline.core.speech import ClockTime, Count, Say, Span


@dataclass(frozen=True, slots=True)
class Choosing(Asking):
    """What do they want to do? `*` says the menu again."""

    def prompt(self) -> tuple[Say, ...]:
        has_card = self.visit.account is not None and self.visit.account.card is not None
        card = (Say.of("account.menu_card"),) if has_card else ()
        return (Say.of("account.menu"), *card, Say.of("account.menu_blocks"), Say.of("account.menu_end"))

    def entered(self, at: Instant) -> Turn:
        visit = self.visit
        menu = replace(self, tries_left=visit.settings.tries, digits="")
        match self.digits, visit.account:
            case "1", Account(customer=customer):
                return wait(Reading(visit, menu), ReadBalance(customer), at)
            case "2", Account(customer=customer):
                return wait(Reading(visit, menu), ReadCalls(customer), at)
            case "3", Account():
                return EnteringCode(visit, visit.settings.tries, menu).ask()
            case "4", Account():
                return offer_amounts(menu)
            case "5", Account() as account:
                return hear_blocks(menu, account, at)
            case _:
                return self.again(at, Say.of("account.not_understood"))


@dataclass(frozen=True, slots=True)
class Reading(Waiting):
    """The balance or the calls are looked up."""

    menu: Question

    def answered(self, event: Event) -> Turn | None:
        match event:
            case BalanceRead(balance=balance, seconds=seconds):
                enough = () if seconds is None else (Say.of("account.enough", time=Span(seconds)),)
                return self.menu.resumed(self.visit, Say.of("account.balance", balance=balance), *enough)
            case CallsRead(calls=()):
                return self.menu.resumed(self.visit, Say.of("account.no_calls"))
            case CallsRead(calls=calls):
                return self.menu.resumed(self.visit, *(say for call in calls for say in told(call)))
            case _:
                return None

    def unanswered(self, at: Instant) -> Turn:
        return self.menu.resumed(self.visit, Say.of("account.not_available"))


def told(call: PastCall) -> tuple[Say, ...]:
    """A past call in words: when, and how long for how much, or why not."""
    when = Say.of(f"account.call_{call.month}", day=Count(call.day), time=ClockTime(call.minute))
    if call.failure is not None:
        return when, Say(f"account.failed_{call.failure}")
    if call.price == ZERO:
        return when, Say.of("account.talked_free", time=Span(call.talk_seconds))
    return when, Say.of("account.talked", time=Span(call.talk_seconds), price=call.price)
