"""A settled call's charge part by part, from the tariff that was frozen with it: each tax by its name."""

import json

from kinline.calls.models import Call, CallState
from kinline.core.tariff import Charge, Tariff, charge


def charged(call: Call) -> Charge | None:
    """What `settle` charged; None for a call that was not charged for, or whose row does not agree with its tariff."""
    if call.state != CallState.SETTLED or not call.tariff or call.accepted_at is None or call.ended_at is None:
        return None
    talked = max(call.ended_at - call.accepted_at, 0) // 1000
    cost = charge(Tariff.from_json(json.loads(call.tariff)), min(talked, call.funded_seconds or 0))
    stored = (call.billed_seconds, call.charge, call.taxes, call.facility_additive)
    return cost if stored == _amounts(cost) else None


def _amounts(cost: Charge) -> tuple[int, int, int, int]:
    return cost.billed_seconds, cost.total.micros, cost.tax.micros, cost.facility_additive.micros
