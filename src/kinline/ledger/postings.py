"""A transfer as plain SQL: what every service that moves money puts into its own transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import Money
from kinline.ledger.models import OWNED
from kinline.ledger.transfer_reasons import TransferReason
from kinline.statements import Statement

OWNED_KINDS = ", ".join(f"'{kind.value}'" for kind in OWNED)
"""For `kind IN (...)`: the accounts that keep a running balance."""


@dataclass(frozen=True, slots=True)
class Order:
    """Move `amount` (more than nothing) from `debit` to `credit`, once for `key`."""

    key: str
    debit: AccountId
    credit: AccountId
    amount: Money
    reason: str
    call_id: CallId | None = None

    @property
    def inputs(self) -> str:
        """What was asked, as a digest: the same key with other inputs is another question."""
        asked = f"{self.debit} {self.credit} {self.amount.micros} {self.reason} {self.call_id or ''}"
        return hashlib.sha256(asked.encode()).hexdigest()


def reversal_of(key: str) -> str:
    """The key of the one transfer that undoes the one of this key."""
    return f"reverse/{key}"[:100]


_MOVE = f"""
UPDATE ledger_account SET posted = posted + CASE WHEN id = %(credit)s THEN %(amount)s ELSE -%(amount)s END
WHERE id IN (%(debit)s, %(credit)s) AND kind IN ({OWNED_KINDS})
"""  # noqa: S608 (the kinds are ours)


def written(orders: Sequence[Order], at: Instant) -> Statement:
    """The transfers' rows. The balances of owned accounts must move in the same transaction.

    Raises `ValueError` for a reason that is none of `TransferReason`.
    """
    values: dict[str, object] = {"at": at}
    for number, order in enumerate(orders):
        values |= {
            f"key{number}": order.key,
            f"inputs{number}": order.inputs,
            f"debit{number}": order.debit,
            f"credit{number}": order.credit,
            f"amount{number}": order.amount.micros,
            f"reason{number}": TransferReason(order.reason).value,
            f"call{number}": order.call_id,
        }
    return Statement(_insert(len(orders)), values, rows=None)  # all of them, or it fails


@cache
def _insert(count: int) -> str:
    rows = ", ".join(
        f"(%(key{n})s, %(inputs{n})s, %(debit{n})s, %(credit{n})s, %(amount{n})s, %(reason{n})s, %(call{n})s, %(at)s)"
        for n in range(count)
    )
    return f"""INSERT INTO ledger_transfer (key, inputs, debit_id, credit_id, amount, reason, call_id, at)
    VALUES {rows}"""  # noqa: S608 (numbered placeholders)


def moved(order: Order) -> Statement:
    """The running balances on both sides, where they are kept. The last statement: it takes the row lock."""
    return Statement(_MOVE, {"debit": order.debit, "credit": order.credit, "amount": order.amount.micros}, rows=None)
