"""What can be asked of service calls."""

from collections.abc import Mapping
from typing import Any

from kinline.core.identity import Instant
from kinline.core.servicecall.course import Kind, Outcome, Stage
from kinline.core.servicecall.findings import KeySignal, LineResult, Measurement
from kinline.servicecalls.models import ServiceCall

SHOWN = 10


def line_tests_of(customer_id: int) -> list[ServiceCall]:
    """The latest, newest first."""
    tests = ServiceCall.objects.filter(customer=customer_id, kind=Kind.LINE_TEST.value)
    return list(tests.order_by("-ordered_at", "-pk")[:SHOWN])


def call_backs_of(customer_id: int) -> list[ServiceCall]:
    """The latest, newest first."""
    calls = ServiceCall.objects.filter(customer=customer_id, kind=Kind.CALL_BACK.value)
    return list(calls.order_by("-ordered_at", "-pk")[:SHOWN])


def stage_of(call: ServiceCall, at: Instant) -> tuple[Stage, Outcome | None]:
    """How far it is, and how it ended: what is overdue is over, whether or not anybody has written so yet."""
    if call.stage == Stage.OVER:
        return Stage.OVER, Outcome(call.outcome)
    if call.due_by <= at:
        return Stage.OVER, Outcome.NOT_TAKEN if call.stage == Stage.ORDERED else Outcome.BROKEN_OFF
    return Stage(call.stage), None


def result_of(call: ServiceCall) -> LineResult | None:
    """What a test of a phone found."""
    stored: Mapping[str, Any] | None = call.result
    if stored is None:
        return None
    measured = dict(stored["measurement"])
    keys = measured.pop("keys")
    measurement = Measurement(**measured, keys=KeySignal(keys) if keys else None)
    return LineResult(**{**stored, "measurement": measurement})
