"""Write down who did what. Part of the caller's transaction: what was not done is not recorded, and the other way."""

import hashlib
import json
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from kinline.audit.actions import Action
from kinline.audit.models import AuditEvent
from kinline.core.identity import FacilityId, Instant

GENESIS = "0" * 64
_TRIES = 20


def record(
    actor: str,
    action: Action,
    subject: str,
    at: Instant,
    *,
    facility: FacilityId | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Add an entry to the chain. `actor` and `subject` name a thing: `user/7`, `called_party`, `call/123`, `system`."""
    for _ in range(_TRIES):
        event = AuditEvent(
            at=at,
            actor=actor,
            action=action.value,
            subject=subject,
            facility=facility,
            before=_text(before),
            after=_text(after),
            reason=reason,
            previous_seal=_last_seal(),
        )
        event.seal = seal(event)
        try:
            with transaction.atomic():
                event.save(force_insert=True)
        except IntegrityError:  # somebody else's entry took the place: follow that one
            continue
        return event
    raise RuntimeError("the audit chain is too busy")


def seal(event: AuditEvent) -> str:
    """SHA-256 (hex) over the entry's content and the seal before it."""
    content = [
        event.previous_seal,
        event.at,
        event.actor,
        event.action,
        event.subject,
        event.facility,
        event.before,
        event.after,
        event.reason,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _last_seal() -> str:
    last = AuditEvent.objects.order_by("-id").values_list("seal", flat=True).first()
    return last or GENESIS


def _text(fields: Mapping[str, object] | None) -> str:
    return "" if fields is None else json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str)
