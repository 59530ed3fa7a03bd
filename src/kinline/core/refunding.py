"""How a balance goes back to where it came from: to cards as far as they go, the rest by cheque; nothing stays behind.

Cards and cheques take whole cents. What is finer is rounded up, at our cost: no fraction of a cent is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kinline.core.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class Share:
    """What can go, or goes, back to the card of a payment."""

    payment_id: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Plan:
    """`to_cards` and `rest` together are the amount and what rounds it up to a cent."""

    to_cards: tuple[Share, ...]
    rest: Money
    rounded_up: Money

    @property
    def by_card(self) -> Money:
        return sum((share.amount for share in self.to_cards), ZERO)

    @property
    def total(self) -> Money:
        return self.by_card + self.rest


def plan(amount: Money, cards: Sequence[Share]) -> Plan:
    """Fill the cards in their order (the newest payment first), each with no more than came from it."""
    left = amount.up_to_cents
    rounded_up = left - amount
    shares = []
    for card in cards:
        part = min(left, Money.of_cents(card.amount.cents))
        if part > ZERO:
            shares.append(Share(card.payment_id, part))
            left -= part
    return Plan(tuple(shares), left, rounded_up)
