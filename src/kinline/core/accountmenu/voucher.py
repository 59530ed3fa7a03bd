"""Redeem a prepaid card: its code is typed, and its money is on the account or nothing has happened."""

from dataclasses import dataclass, replace
from typing import ClassVar

from kinline.core import voucher_code
from kinline.core.accountmenu.asking import Asking, Waiting, wait
from kinline.core.accountmenu.commands import RedeemVoucher
from kinline.core.accountmenu.events import Event, MoneyAdded, MoneyRefused
from kinline.core.accountmenu.moment import Question, Turn, refused
from kinline.core.identity import Instant
from kinline.core.reasons import Reason
from kinline.core.speech import Say

_TYPED_AGAIN = frozenset({Reason.PAY_VOUCHER_MISTYPED, Reason.PAY_VOUCHER_UNKNOWN})


@dataclass(frozen=True, slots=True)
class EnteringCode(Asking):
    """The code of a card is awaited; `*`: the menu."""

    length: ClassVar = voucher_code.LENGTH
    is_secret: ClassVar = True

    menu: Question

    def prompt(self) -> tuple[Say, ...]:
        return (Say.of("account.enter_code"),)

    def entered(self, at: Instant) -> Turn:
        if self.visit.account is None:
            return self.back(at)
        code = RedeemVoucher(self.visit.account.customer, self.digits)
        return wait(Redeeming(self.visit, self.menu, replace(self, digits="")), code, at)

    def back(self, at: Instant) -> Turn:
        return self.menu.resumed(self.visit)


@dataclass(frozen=True, slots=True)
class Redeeming(Waiting):
    menu: Question
    entering: EnteringCode

    def answered(self, event: Event) -> Turn | None:
        match event:
            case MoneyAdded(amount=amount, balance=balance):
                return self.menu.resumed(self.visit, Say.of("account.added", amount=amount, balance=balance))
            case MoneyRefused(reason=reason) as refusal if reason in _TYPED_AGAIN:
                return replace(self.entering, visit=self.visit).again(event.at, *refused(refusal))
            case MoneyRefused() as refusal:
                return self.menu.resumed(self.visit, *refused(refusal))
            case _:
                return None

    def unanswered(self, at: Instant) -> Turn:
        return self.menu.resumed(self.visit, Say.of("account.not_available"))
