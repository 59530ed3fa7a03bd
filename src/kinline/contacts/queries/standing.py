"""How a contact stands for its family."""

from kinline.contacts.models import Contact, ContactDecision, ContactState
from kinline.core.contacts import (
    DAY,
    DECISION_REASONS,
    ContactReason,
    FamilyState,
    State,
    Told,
    WaitsFor,
    family_state,
    may_appeal,
)
from kinline.core.identity import Instant


def seen_by_family(contact: Contact, at: Instant) -> FamilyState:
    """What the family is shown: an order of no contact as what they were told."""
    expires_at = None if contact.expires_at is None else Instant(contact.expires_at)
    return family_state(State(contact.state), WaitsFor(contact.waits_for), Told(contact.told), expires_at, at)


def may_be_appealed(contact: Contact, last: ContactDecision | None, appeal_days: int, at: Instant) -> bool:
    """Whether the family may appeal its last decision."""
    if last is None or hasattr(last, "appeal"):
        return False
    is_of_appeal = last.decided_on == WaitsFor.APPEAL
    return may_appeal(WaitsFor(contact.waits_for), Told(contact.told), Instant(last.at), is_of_appeal, appeal_days, at)


def refused_at(contact: Contact) -> Instant | None:
    """When the family was refused last, for a reason that it cannot put right; else None."""
    if contact.decided is None or Told(contact.told) not in (Told.REJECTED, Told.REMOVED):
        return None
    if contact.reason and DECISION_REASONS[ContactReason(contact.reason)].is_correctable:
        return None
    return Instant(int(contact.decided.timestamp() * 1000))


def may_ask_again(contact: Contact, ask_again_days: int, at: Instant) -> bool:
    """Whether the family, refused or withdrawn, may ask for the contact again now."""
    if contact.waits_for or Told(contact.told) not in (Told.REJECTED, Told.REMOVED, Told.WITHDRAWN):
        return False
    refused = refused_at(contact)
    return contact.state != ContactState.APPROVED and (refused is None or at >= refused + ask_again_days * DAY)
