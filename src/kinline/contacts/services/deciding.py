"""Staff decide about a contact."""

from django.db import transaction

from kinline.contacts.errors import CannotDecide
from kinline.contacts.models import Contact, ContactAppeal
from kinline.contacts.queries.lists import is_shared, list_rules, listed
from kinline.contacts.services.writing import apply
from kinline.core.contacts import Act, Case, ContactReason, NotDecided, State, WaitsFor, decide
from kinline.core.identity import Instant
from kinline.people.models import Resident, User


def decide_contact(
    contact_id: int,
    act: Act,
    user: User,
    at: Instant,
    *,
    reason: ContactReason | None = None,
    note: str = "",
    agrees_to_sharing: bool = False,
) -> Contact:
    """Approve, reject, remove, extend or forbid. The next call is decided by it, and the family is told by e-mail.
    `note` is for staff alone. Raises `CannotDecide`."""
    with transaction.atomic():
        contact = Contact.objects.select_related("resident__facility__agency").get(pk=contact_id)
        Resident.objects.select_for_update().get(pk=contact.resident_id)
        contact = (
            Contact.objects.select_for_update(of=("self",))
            .select_related("resident__facility__agency")
            .get(pk=contact_id)
        )
        waiting_appeal = _waiting_appeal(contact)
        rules = list_rules(contact.resident.facility, at)
        case = Case(
            state=State(contact.state),
            waits_for=WaitsFor(contact.waits_for),
            is_frozen=contact.frozen_at is not None,
            listed=listed(contact.resident, contact),
            at_most=rules.at_most,
            is_shared=is_shared(contact.resident, contact.number),
            sharing_needs_agreement=rules.settings.sharing_needs_agreement,
            agrees_to_sharing=agrees_to_sharing,
            approval_days=rules.settings.approval_days,
            is_of_same_person=waiting_appeal is not None and waiting_appeal.first_decided_by_id == user.pk,
        )
        decided = decide(case, act, reason, at)
        if isinstance(decided, NotDecided):
            raise CannotDecide(decided)
        decision = apply(contact, act, decided, at, f"user/{user.pk}", by=user, reason=reason, note=note)
        if waiting_appeal is not None:
            waiting_appeal.answer, waiting_appeal.decided_by = decision, user
            waiting_appeal.save(update_fields=("answer", "decided_by"))
    return contact


def _waiting_appeal(contact: Contact) -> ContactAppeal | None:
    if contact.waits_for != WaitsFor.APPEAL:
        return None
    return ContactAppeal.objects.filter(decision__contact=contact, answer=None).order_by("-at").first()
