"""What the audit trail tells, and whether it is whole."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q

from kinline.audit.actions import Action
from kinline.audit.models import AuditEvent
from kinline.audit.services import GENESIS, seal
from kinline.core.identity import Instant


def entries(
    subject: str | None = None, actor: str | None = None, actions: Collection[Action] | None = None
) -> Iterator[AuditEvent]:
    """Entries about a subject or of an actor, of all actions or of some, newest first."""
    events = AuditEvent.objects.order_by("-id")
    if subject is not None:
        events = events.filter(subject=subject)
    if actor is not None:
        events = events.filter(actor=actor)
    if actions is not None:
        events = events.filter(action__in=[action.value for action in actions])
    return events.iterator()


def first_broken() -> int | None:
    """The id of the first entry that does not follow from the one before or was changed; None when all is whole."""
    previous = GENESIS
    for event in AuditEvent.objects.order_by("id").iterator():
        if event.previous_seal != previous or event.seal != seal(event):
            return event.pk
        previous = event.seal
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; what is left open narrows nothing. Instants; `until` is not included."""

    actors: tuple[str, ...] | None = None
    """`user/7`; none of them: nothing is found."""
    action: str = ""
    subjects: tuple[str, ...] | None = None
    """`resident/42`; as for the actors."""
    since: Instant | None = None
    until: Instant | None = None


def found(where: Q, asked: Asked, count: int, before: tuple[int, int] | None = None) -> list[AuditEvent]:
    """At most `count` entries where the reader may look, newest first; `before`: the instant and the id of the last
    that was shown."""
    narrowed = {
        "actor__in": asked.actors,
        "subject__in": asked.subjects,
        "action": asked.action or None,
        "at__gte": asked.since,
        "at__lt": asked.until,
    }
    events = AuditEvent.objects.filter(where, **{name: each for name, each in narrowed.items() if each is not None})
    if before is not None:
        at, pk = before
        events = events.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    return list(events.order_by("-at", "-pk")[:count])
