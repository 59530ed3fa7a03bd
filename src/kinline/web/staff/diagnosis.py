"""What staff see beside a case about a call: why it went so, what to do, how it sounded, and the attempts around it."""

import json
from dataclasses import dataclass
from typing import Any

from kinline.calls.models import Call
from kinline.core.reasons import Audience, Explanation
from kinline.support.queries import attempts_around
from kinline.web.explanation import explained
from kinline.web.staff.calls import StaffCall, as_staff_reads_it


@dataclass(frozen=True, slots=True)
class Leg:
    """How one side sounded. Loss in per cent, times in milliseconds."""

    mos: float
    loss: float
    jitter: float
    round_trip: float | None
    packets: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One call, for who answers a family about it."""

    call: StaffCall
    told: Explanation | None
    """What the family reads on its own page, in the language of this page."""
    resident: Leg | None
    called_party: Leg | None
    around: list[StaffCall]
    """Every attempt to that number around it, itself included."""


def diagnosis(call: Call) -> Diagnosis:
    return Diagnosis(
        as_staff_reads_it(call),
        explained(call, Audience.FAMILY),
        _leg(call.quality_resident),
        _leg(call.quality_called_party),
        [as_staff_reads_it(each) for each in attempts_around(call)],
    )


def _leg(text: str) -> Leg | None:
    measured: dict[str, Any] = json.loads(text) if text else {}
    if not measured:
        return None
    return Leg(
        measured["mos"],
        measured.get("loss", 0) * 100,
        measured.get("jitter_ms", 0),
        measured.get("round_trip_ms"),
        measured.get("packets", 0),
    )
