"""What can be asked about cases."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from kinline.calls.models import Call
from kinline.core.casework import OURS, WINDOW, CaseState, Expectation, expected_answer
from kinline.core.identity import CallId, Instant
from kinline.people.models import Customer, User
from kinline.support.models import Case, CaseMessage
from kinline.support.topics import DISPUTES, Topic

_ANSWERS: Final = 500
"""So many of the last are enough for a median."""
AROUND: Final = 6 * 3_600_000
"""Milliseconds before and after a call in which other attempts tell something of it."""
_ATTEMPTS: Final = 20
_ATTACHED: Final = "attachments__document"


def cases_of(customer: Customer) -> QuerySet[Case]:
    """Theirs, the last changed first."""
    return Case.objects.filter(customer=customer).order_by("-changed_at", "-pk")


def case_of(customer: Customer, case_id: int) -> Case | None:
    """One of theirs."""
    return Case.objects.filter(customer=customer, pk=case_id).select_related("credit", "payment").first()


def case_about_call(customer: Customer, call_id: CallId) -> Case | None:
    """Their last case about a call, so that a page leads to it instead of to a second one."""
    return Case.objects.filter(customer=customer, call_id=call_id).order_by("-pk").first()


def said_to_family(case: Case) -> QuerySet[CaseMessage]:
    """In order, without what staff noted for each other."""
    return case.messages.filter(is_internal=False).select_related("by").prefetch_related(_ATTACHED).order_by("pk")


def said(case: Case) -> QuerySet[CaseMessage]:
    """In order, with the notes of staff."""
    return case.messages.select_related("by").prefetch_related(_ATTACHED).order_by("pk")


def facts_of(case: Case) -> Mapping[str, Mapping[str, Any]]:
    """`call` and `payment`, as they were when the case was opened."""
    found: Mapping[str, Mapping[str, Any]] = json.loads(case.facts)
    return found


def expectation(at: Instant) -> Expectation:
    """How long an answer is likely to take now."""
    recent = CaseMessage.objects.filter(waited__isnull=False, at__gt=at - WINDOW).order_by("-at")[:_ANSWERS]
    return expected_answer([answer.waited or 0 for answer in recent.only("waited")])


class Queue(StrEnum):
    """Which cases staff look at."""

    WAITING = "waiting"
    """All that wait for us."""
    MINE = "mine"
    UNASSIGNED = "unassigned"
    LATE = "late"
    """The family waits longer than was expected."""
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search of staff."""

    queue: Queue = Queue.WAITING
    state: CaseState | None = None
    topic: Topic | None = None
    disputes: bool = False
    words: str = ""
    """Of the subject, the family's name or e-mail; or the number of a case or a call."""


def queue(wanted: Wanted, user: User, at: Instant, expected: Expectation) -> QuerySet[Case]:
    """Those that wait come first, who waits longest before all; then the last changed."""
    found = Case.objects.select_related("customer__user", "assigned_to", "credit")
    found = found.filter(_of_queue(wanted.queue, user, at, expected))
    if wanted.state is not None:
        found = found.filter(state=wanted.state)
    if wanted.topic is not None:
        found = found.filter(topic=wanted.topic)
    if wanted.disputes:
        found = found.filter(topic__in=DISPUTES)
    if wanted.words:
        found = found.filter(_about(wanted.words))
    if wanted.queue in (Queue.WAITING, Queue.UNASSIGNED, Queue.LATE):
        return found.order_by("waiting_since", "pk")
    return found.order_by("-changed_at", "-pk")


def counts(user: User, at: Instant, expected: Expectation) -> dict[Queue, int]:
    """How many are in each queue but `all`."""
    asked = [each for each in Queue if each is not Queue.ALL]
    numbers = Case.objects.exclude(state=CaseState.CLOSED).aggregate(
        **{each.value: Count("pk", filter=_of_queue(each, user, at, expected)) for each in asked}
    )
    return {each: numbers[each.value] for each in asked}


def attempts_around(call: Call) -> list[Call]:
    """Other attempts to the same number shortly before and after, oldest first: was it this call, or the line?"""
    if not call.called_party:
        return []
    near = Call.objects.filter(
        called_party=call.called_party, opened_at__range=(call.opened_at - AROUND, call.opened_at + AROUND)
    )
    return list(near.select_related("resident", "facility", "unit", "station").order_by("opened_at")[:_ATTEMPTS])


def _of_queue(asked: Queue, user: User, at: Instant, expected: Expectation) -> Q:
    match asked:
        case Queue.WAITING:
            return Q(waiting_since__isnull=False)
        case Queue.MINE:
            return Q(assigned_to=user) & ~Q(state=CaseState.CLOSED)
        case Queue.UNASSIGNED:
            return Q(assigned_to=None, state__in=OURS)
        case Queue.LATE:
            return Q(waiting_since__lt=at - expected.seconds * 1000)
        case Queue.ALL:
            return Q()


def _about(words: str) -> Q:
    number = int(words) if words.isascii() and words.isdigit() and len(words) < 19 else None
    if number is not None:
        return Q(pk=number) | Q(call_id=number)
    return (
        Q(subject__icontains=words)
        | Q(customer__user__name__icontains=words)
        | Q(customer__user__email__icontains=words)
    )
