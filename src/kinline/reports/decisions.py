"""Decisions on contacts, and how long people waited for them."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from kinline.contacts.models import Contact, ContactDecision
from kinline.core.contacts import WaitingTime, waiting_time
from kinline.core.identity import Instant
from kinline.facilities.models import Facility
from kinline.people.models import Resident


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided so, how often, and how long it had waited; `waited` None: nothing had."""

    act: str
    count: int
    waited: WaitingTime | None


@dataclass(frozen=True, slots=True)
class DecisionReport:
    waiting_now: int
    oldest: Instant | None
    """Since when the one that waits longest does."""
    acts: tuple[Decided, ...]
    reasons: tuple[tuple[str, str, int], ...]
    """Act, reason, and how often."""
    people: tuple[tuple[str, int], ...]
    """Who decided, and how often. Empty name: a rule, or an import."""
    waited: WaitingTime | None


def decision_report(facility: Facility, only: Q | None, since: Instant, until: Instant) -> DecisionReport:
    """From `since` to `until` (not included). `only`: of these residents, for who may not see all of the facility."""
    decisions = ContactDecision.objects.filter(facility=facility, at__gte=since, at__lt=until)
    waiting = Contact.objects.filter(resident__facility=facility, waiting_since__isnull=False, frozen_at=None)
    if only is not None:
        residents = Resident.objects.filter(only)
        decisions = decisions.filter(contact__resident__in=residents)
        waiting = waiting.filter(resident__in=residents)
    now = waiting.aggregate(count=Count("pk"), oldest=Min("waiting_since"))
    rows = list(decisions.values_list("act", "reason", "by__name", "waited"))
    counts = Counter(act for act, _, _, _ in rows)
    return DecisionReport(
        now["count"],
        now["oldest"],
        tuple(
            Decided(act, count, waiting_time([waited for of, _, _, waited in rows if of == act and waited is not None]))
            for act, count in counts.most_common()
        ),
        tuple((act, reason, n) for (act, reason), n in Counter((a, r) for a, r, _, _ in rows if r).most_common()),
        tuple(Counter(name or "" for _, _, name, _ in rows).most_common()),
        waiting_time([waited for _, _, _, waited in rows if waited is not None]),
    )
