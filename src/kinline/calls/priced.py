"""A settled call's charge part by part, from the tariff that was frozen with it: each tax by its name."""

import json
from dataclasses import replace
from functools import lru_cache

from kinline.calls.models import Call, CallState
from kinline.core.money import Money
from kinline.core.tariff import Charge, Tariff, charge


@lru_cache(maxsize=10_000)
def frozen_tariff(text: str) -> Tariff:
    """As it is kept with each call. Few calls differ in it."""
    return Tariff.from_json(json.loads(text))


def charged(call: Call) -> Charge | None:
    """What `settle` charged; None for a call that was not charged for, or whose row does not agree with its tariff."""
    if call.state != CallState.SETTLED or not call.tariff or call.accepted_at is None or call.ended_at is None:
        return None
    talked = min(max(call.ended_at - call.accepted_at, 0) // 1000, call.funded_seconds or 0)
    stored = (call.billed_seconds, call.charge, call.taxes, call.facility_additive)
    tariff = frozen_tariff(call.tariff)
    quoted = charge(tariff, talked)
    if tariff.plan is not None and stored != _amounts(quoted):
        # Another call of the plan was settled meanwhile: all of this one was then to cost no more than it did.
        whole = max(talked, quoted.billed_seconds)
        left = replace(tariff.plan, seconds_left=whole, money_left=Money(call.charge - call.taxes))
        quoted = charge(replace(tariff, plan=left), talked)
    return quoted if stored == _amounts(quoted) else None


def _amounts(cost: Charge) -> tuple[int, int, int, int]:
    return cost.billed_seconds, cost.total.micros, cost.tax.micros, cost.facility_additive.micros
