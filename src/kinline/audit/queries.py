"""What the audit trail tells, and whether it is whole."""

from collections.abc import Collection, Iterator

from kinline.audit.actions import Action
from kinline.audit.models import AuditEvent
from kinline.audit.services import GENESIS, seal


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
