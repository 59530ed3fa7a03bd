"""Make a batch of prepaid cards."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core import voucher_code
from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.vouchers.codes import code_hash, new_code
from kinline.vouchers.models import Batch, Voucher

MOST_WORTH: Final = Money.of_cents(200_00)
MOST_CARDS: Final = 1000


class BatchRefused(ValueError):
    """Nothing was made; `field` is `amount` or `count`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Card:
    """What is printed. The code is in no log, and nowhere else from now on."""

    serial: str
    code: str = field(repr=False)

    @property
    def printed_code(self) -> str:
        return voucher_code.grouped(self.code)


@dataclass(frozen=True, slots=True)
class Made:
    batch_id: int
    amount: Money
    cards: tuple[Card, ...]


def make(amount: Money, count: int, actor: str, at: Instant, codes: Sequence[str] | None = None) -> Made:
    """Cards worth nothing until they are activated; the only time that their codes are seen.

    `codes`: those of a demo or of cards printed elsewhere. Raises `BatchRefused`.
    """
    if amount <= ZERO or amount.micros % 10_000 or amount > MOST_WORTH:
        raise BatchRefused("amount", f"a card is worth whole cents, from $0.01 to {MOST_WORTH}, not {amount}")
    if not 1 <= count <= MOST_CARDS:
        raise BatchRefused("count", f"a batch has 1 to {MOST_CARDS} cards, not {count}")
    chosen = [new_code() for _ in range(count)] if codes is None else list(codes)
    with transaction.atomic():
        batch = Batch.objects.create(amount=amount.micros, count=count, made_by=actor, made_at=at)
        vouchers = Voucher.objects.bulk_create(
            Voucher(batch=batch, number=number, code_hash=code_hash(code)) for number, code in enumerate(chosen, 1)
        )
        after = {"amount": str(amount), "count": count}
        audit.record(actor, Action.VOUCHERS_MADE, f"batch/{batch.pk}", at, after=after)
    cards = tuple(Card(voucher.serial, code) for voucher, code in zip(vouchers, chosen, strict=True))
    return Made(batch.pk, amount, cards)
