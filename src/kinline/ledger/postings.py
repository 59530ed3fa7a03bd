"""A transfer as plain SQL: what every service that moves money puts into its own transaction."""

import hashlib
from dataclasses import dataclass

from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import Money
from kinline.ledger.models import OWNED
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


_INSERT = """
INSERT INTO ledger_transfer (key, inputs, debit_id, credit_id, amount, reason, call_id, at)
VALUES (%(key)s, %(inputs)s, %(debit)s, %(credit)s, %(amount)s, %(reason)s, %(call_id)s, %(at)s)
"""

_MOVE = f"""
UPDATE ledger_account SET posted = posted + CASE WHEN id = %(credit)s THEN %(amount)s ELSE -%(amount)s END
WHERE id IN (%(debit)s, %(credit)s) AND kind IN ({OWNED_KINDS})
"""  # noqa: S608 (the kinds are ours)


def written(order: Order, at: Instant) -> Statement:
    """The transfer's row. The balance of an owned account must move in the same transaction."""
    return Statement(
        _INSERT,
        {
            "key": order.key,
            "inputs": order.inputs,
            "debit": order.debit,
            "credit": order.credit,
            "amount": order.amount.micros,
            "reason": order.reason,
            "call_id": order.call_id,
            "at": at,
        },
    )


def moved(order: Order) -> Statement:
    """The running balances on both sides, where they are kept. The last statement: it takes the row lock."""
    return Statement(_MOVE, {"debit": order.debit, "credit": order.credit, "amount": order.amount.micros}, rows=None)
