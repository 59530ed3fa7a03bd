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

_REASONS = frozenset(TransferReason)

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
    for order in orders:
        if order.reason not in _REASONS:
            raise ValueError(f"{order.reason!r} is no reason for a transfer")
    columns = [
        value
        for order in orders
        for value in (
            order.key,
            order.inputs,
            order.debit,
            order.credit,
            order.amount.micros,
            order.reason,
            order.call_id,
        )
    ]
    sql, names = _insert(len(orders))
    values: dict[str, object] = dict(zip(names, columns, strict=True))
    values["at"] = at
    return Statement(sql, values, rows=None)  # all of them, or it fails


@cache
def _insert(count: int) -> tuple[str, list[str]]:
    """The statement for so many transfers, and the names of its values but `at`."""
    names = [
        [f"{column}{number}" for column in ("key", "inputs", "debit", "credit", "amount", "reason", "call")]
        for number in range(count)
    ]
    rows = ", ".join(f"({', '.join(f'%({name})s' for name in each)}, %(at)s)" for each in names)
    sql = f"""INSERT INTO ledger_transfer (key, inputs, debit_id, credit_id, amount, reason, call_id, at)
    VALUES {rows}"""  # noqa: S608 (numbered placeholders)
    return sql, [name for each in names for name in each]


def moved(order: Order) -> Statement:
    """The running balances on both sides, where they are kept. The last statement: it takes the row lock."""
    return Statement(_MOVE, {"debit": order.debit, "credit": order.credit, "amount": order.amount.micros}, rows=None)
