"""What every change of a contact leaves behind: its decision, an entry of the audit, and a notice to the family."""

from datetime import UTC, datetime
from typing import Any, Final

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.contacts.models import Contact, ContactDecision, ContactState
from kinline.contacts.queries.lists import settings_of
from kinline.core.contacts import DAY, Act, ContactReason, Decided, State, Told, WaitsFor, shown_as
from kinline.core.identity import FacilityId, Instant
from kinline.documents import services as documents
from kinline.notices.kinds import Kind
from kinline.notices.services import tell_customer
from kinline.people.models import User

ACTIONS: Final = {
    Act.APPROVE: Action.CONTACT_APPROVED,
    Act.REJECT: Action.CONTACT_REJECTED,
    Act.REMOVE: Action.CONTACT_REMOVED,
    Act.EXTEND: Action.CONTACT_EXTENDED,
    Act.FORBID: Action.CONTACT_FORBIDDEN,
    Act.WITHDRAW: Action.CONTACT_WITHDRAWN,
}
_KINDS: Final = {
    Told.APPROVED: Kind.CONTACT_APPROVED,
    Told.EXTENDED: Kind.CONTACT_EXTENDED,
    Told.REJECTED: Kind.CONTACT_REJECTED,
    Told.REMOVED: Kind.CONTACT_REMOVED,
}


def told(contact: Contact) -> dict[str, Any]:
    """A contact as the audit keeps it."""
    return {
        "number": contact.number,
        "relationship": contact.relationship,
        "state": str(contact.state),
        "waits_for": str(contact.waits_for),
        "reason": contact.reason,
        "expires_at": contact.expires_at,
    }


def write_down(
    actor: str, action: Action, contact: Contact, at: Instant, before: dict[str, Any] | None, reason: str = ""
) -> None:
    audit.record(
        actor,
        action,
        f"contact/{contact.pk}",
        at,
        facility=FacilityId(contact.resident.facility_id),
        before=before,
        after=told(contact),
        reason=reason[:300],
    )


def apply(
    contact: Contact,
    act: Act,
    decided: Decided,
    at: Instant,
    actor: str,
    *,
    by: User | None = None,
    reason: ContactReason | None = None,
    note: str = "",
) -> ContactDecision:
    """Make a locked contact what was decided, with everything that belongs to it."""
    before = told(contact)
    waited = None if contact.waiting_since is None else at - contact.waiting_since
    decided_on = WaitsFor(contact.waits_for)
    contact.state, contact.expires_at = ContactState(decided.state.value), decided.expires_at
    contact.waits_for, contact.waiting_since, contact.announced_at = "", None, None
    contact.reason = reason.value if reason and decided.state is not State.APPROVED else ""
    if decided.told is not Told.NOTHING:
        contact.told = decided.told.value
    contact.decided, contact.decided_by = datetime.fromtimestamp(at / 1000, UTC), by
    contact.save()
    decision = ContactDecision.objects.create(
        contact=contact,
        facility_id=contact.resident.facility_id,
        at=at,
        by=by,
        act=act.value,
        reason=reason.value if reason else "",
        note=note,
        before=before["state"],
        after=contact.state,
        told=decided.told.value,
        decided_on=decided_on.value,
        waited=waited,
        expires_at=decided.expires_at,
    )
    write_down(actor, ACTIONS[act], contact, at, before, contact.reason or note)
    keep_until = Instant(at + settings_of(contact.resident.facility).appeal_days * DAY)
    for shown in contact.documents.filter(document__deleted_at=None).select_related("document"):
        documents.delete_at(shown.document, keep_until)
    _tell(contact, decision, decided.told, reason, at)
    return decision


def _tell(contact: Contact, decision: ContactDecision, told: Told, reason: ContactReason | None, at: Instant) -> None:
    if told not in _KINDS:
        return
    kind, resident = _KINDS[told], contact.resident
    is_approved = contact.state == ContactState.APPROVED
    values: dict[str, str] = {
        "resident": resident.name if is_approved else shown_as(resident.name),
        "facility": resident.facility.name,
        "number": contact.number,
    }
    if not is_approved:
        values["reason"] = reason or ContactReason.FACILITY_DECISION
        values["contact"] = str(contact.pk)
        if decision.decided_on == WaitsFor.APPEAL:
            kind = Kind.CONTACT_APPEAL_REFUSED
    tell_customer(contact.customer_id, kind, f"contact_decision/{decision.pk}", at, **values)
