"""What a switchboard does with an order: each is taken up by one of them alone."""

from dataclasses import asdict, dataclass
from typing import Final

from django.db.models import Q, QuerySet

from kinline.configuration import configuration
from kinline.core.identity import CallId, Instant, Language
from kinline.core.numbering import E164, e164
from kinline.core.servicecall.course import Kind, Outcome, Stage
from kinline.core.servicecall.findings import LineResult
from kinline.core.servicecall.settings import CallBack, LineTest, SpokenCode, Task
from kinline.servicecalls.models import ServiceCall
from kinline.servicecalls.sealing import unseal

LONGEST: Final = {Kind.CODE: 6 * 60_000, Kind.LINE_TEST: 6 * 60_000, Kind.CALL_BACK: 75 * 60_000}
"""Milliseconds after which a call that was taken up counts as lost: longer than its flow lets it last."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that nobody has taken up yet."""

    id: int
    number: E164
    ordered_at: Instant


@dataclass(frozen=True, slots=True)
class Taken:
    """An order that is ours now."""

    id: int
    number: E164
    language: Language
    task: Task


def waiting(at: Instant) -> list[Waiting]:
    """What may be taken up, oldest first: a few at a time."""
    rows = ServiceCall.objects.filter(stage=Stage.ORDERED.value, due_by__gt=at).order_by("ordered_at")
    return [
        Waiting(pk, E164(number), Instant(ordered_at))
        for pk, number, ordered_at in rows.values_list("pk", "number", "ordered_at")[:10]
    ]


def take(order: int, switchboard: str, call_id: CallId, at: Instant) -> Taken | None:
    """The order, when no other switchboard was faster and it is not too late. Asked again it answers the same."""
    row = ServiceCall.objects.filter(pk=order).first()
    if row is None:
        return None
    kind = Kind(row.kind)
    is_free = Q(stage=Stage.ORDERED.value, due_by__gt=at) | Q(switchboard=switchboard, call_id=call_id)
    taken = ServiceCall.objects.filter(is_free, pk=order).update(
        stage=Stage.TAKEN, switchboard=switchboard, call_id=call_id, due_by=at + LONGEST[kind]
    )
    if not taken:
        return None
    return Taken(order, E164(row.number), Language(row.language), _task(kind, row))


def _task(kind: Kind, row: ServiceCall) -> Task:
    match kind:
        case Kind.CODE:
            return SpokenCode(unseal(row.sealed))
        case Kind.LINE_TEST:
            return LineTest()
        case Kind.CALL_BACK:
            person = configuration().support_number
            return CallBack(e164(person) if person else None)


def tell(order: int, switchboard: str, stage: Stage, at: Instant) -> None:
    """How far it is."""
    _ours(order, switchboard).update(stage=stage)


def finish(order: int, switchboard: str, outcome: Outcome, result: LineResult | None, at: Instant) -> None:
    """How it ended, and what a test found. What was given up as lost meanwhile stays so."""
    found = None if result is None else asdict(result)
    _ours(order, switchboard).update(stage=Stage.OVER, outcome=outcome, result=found, ended_at=at, sealed="")


def _ours(order: int, switchboard: str) -> QuerySet[ServiceCall]:
    return ServiceCall.objects.filter(pk=order, switchboard=switchboard).exclude(stage=Stage.OVER.value)
