"""Blocks of calls to the caller's numbers: told one by one, each to be lifted or left."""

from dataclasses import dataclass, replace

from kinline.core.accountmenu.asking import Asking, Waiting, wait
from kinline.core.accountmenu.commands import LiftBlock, ReadBlocks
from kinline.core.accountmenu.events import Blocked, BlockLifted, BlocksRead, Event
from kinline.core.accountmenu.moment import Account, Question, Turn
from kinline.core.identity import Instant
from kinline.core.speech import Digits, Say


def hear_blocks(menu: Question, account: Account, at: Instant) -> Turn:
    """Look up what is blocked."""
    return wait(ReadingBlocks(menu.visit, menu), ReadBlocks(account.customer), at)


@dataclass(frozen=True, slots=True)
class ReadingBlocks(Waiting):
    menu: Question

    def answered(self, event: Event) -> Turn | None:
        match event:
            case BlocksRead(blocks=()):
                return self.menu.resumed(self.visit, Say.of("account.no_blocks"))
            case BlocksRead(blocks=blocks):
                return TellingBlock(self.visit, self.visit.settings.tries, self.menu, blocks).ask()
            case _:
                return None

    def unanswered(self, at: Instant) -> Turn:
        return self.menu.resumed(self.visit, Say.of("account.not_available"))


@dataclass(frozen=True, slots=True)
class TellingBlock(Asking):
    """The first of `blocks` is told: 1 lifts it, 2 leaves it for the next, `*` goes back to the menu."""

    menu: Question
    blocks: tuple[Blocked, ...]

    def prompt(self) -> tuple[Say, ...]:
        following = (Say.of("account.block_next"),) if len(self.blocks) > 1 else ()
        return (told(self.blocks[0]), Say.of("account.block_lift"), *following, Say.of("account.block_back"))

    def entered(self, at: Instant) -> Turn:
        match self.digits, self.visit.account:
            case "1", Account(customer=customer):
                return wait(Lifting(self.visit, self), LiftBlock(customer, self.blocks[0].block), at)
            case "2", _ if len(self.blocks) > 1:
                return self.passed()
            case _:
                return self.again(at, Say.of("account.not_understood"))

    def passed(self, *before: Say) -> Turn:
        """On to the next, or back to the menu after the last."""
        if len(self.blocks) == 1:
            return self.menu.resumed(self.visit, *before)
        return replace(self, blocks=self.blocks[1:], tries_left=self.visit.settings.tries).ask(*before)

    def back(self, at: Instant) -> Turn:
        return self.menu.resumed(self.visit)


@dataclass(frozen=True, slots=True)
class Lifting(Waiting):
    telling: TellingBlock

    def answered(self, event: Event) -> Turn | None:
        match event:
            case BlockLifted():
                return replace(self.telling, visit=self.visit).passed(Say.of("account.block_lifted"))
            case _:
                return None

    def unanswered(self, at: Instant) -> Turn:
        return self.telling.menu.resumed(self.visit, Say.of("account.not_available"))


def told(blocked: Blocked) -> Say:
    """Whose calls do not come to which number."""
    number = Digits(blocked.number)
    if blocked.who is not None:
        return Say.of("account.blocked_person", who=blocked.who, number=number)
    if blocked.where is not None:
        return Say.of("account.blocked_place", where=blocked.where, number=number)
    return Say.of("account.blocked_all", number=number)
