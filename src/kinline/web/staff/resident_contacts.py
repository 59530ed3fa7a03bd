"""A resident's contacts, as the resident's page lists them."""

from typing import Any

from kinline.contacts.models import Contact, ContactState
from kinline.core.contacts import relationship_in_words
from kinline.people.models import Resident
from kinline.web.clock import now
from kinline.web.staff.contact_words import STATES, WAITS_FOR
from kinline.web.staff.contacts import reading_language

_PLAIN = {ContactState.NO_CONTACT_ORDER.value: ContactState.REJECTED.value}


def contacts_of(resident: Resident, *, decides: bool) -> list[dict[str, Any]]:
    """Those that wait first, then by name. Of an order of no contact who does not decide reads a plain refusal."""
    language, at = reading_language(), now()
    found = Contact.objects.filter(resident=resident).order_by("name", "pk")
    rows = [
        {
            "pk": contact.pk,
            "name": contact.name,
            "number": contact.number,
            "relationship": relationship_in_words(contact.relationship, language),
            "state": STATES[contact.state if decides else _PLAIN.get(contact.state, contact.state)],
            "waits_for": WAITS_FOR.get(contact.waits_for, ""),
            "is_expired": contact.expires_at is not None and contact.expires_at <= at,
        }
        for contact in found
    ]
    return sorted(rows, key=lambda row: not row["waits_for"])
