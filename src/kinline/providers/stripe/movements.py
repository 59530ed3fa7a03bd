"""Stripe's balance transactions, in our words. Their kinds: https://docs.stripe.com/reports/reporting-categories"""

from collections.abc import Mapping
from typing import Any, Final

from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.providers.cards import Movement, MovementKind

_KINDS: Final = {
    "charge": MovementKind.PAYMENT,
    "refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND_RETURNED,
    "dispute": MovementKind.DISPUTE,
    "dispute_reversal": MovementKind.DISPUTE,
    "fee": MovementKind.FEE,
    "network_cost": MovementKind.FEE,
    "payout": MovementKind.PAYOUT,
    "payout_reversal": MovementKind.PAYOUT,
}


def movement(found: Mapping[str, Any]) -> Movement:
    """A balance transaction whose source is expanded."""
    kind = _KINDS.get(found.get("reporting_category") or "", MovementKind.OTHER)
    amount, fee = Money.of_cents(found["amount"]), Money.of_cents(found.get("fee") or 0)
    if kind is MovementKind.FEE:
        amount, fee = ZERO, fee - amount
    source = found.get("source")
    source = source if isinstance(source, Mapping) else {}
    return Movement(
        id=found["id"],
        kind=kind,
        amount=amount,
        fee=fee,
        currency=found["currency"],
        at=Instant(found["created"] * 1000),
        intent=_id(source.get("payment_intent")),
        reference=(source.get("metadata") or {}).get("reference", ""),
        dispute=source.get("id", "") if source.get("object") == "dispute" else "",
    )


def _id(thing: Any) -> str:
    return thing["id"] if isinstance(thing, Mapping) else thing or ""
