"""Somebody asks for a contact: the family, the resident, staff, an import, or a call that was completed."""

from django.db import transaction

from kinline.audit.actions import Action
from kinline.contacts.errors import NotAskable, NotTheirNumber
from kinline.contacts.models import Contact, ContactState
from kinline.contacts.queries.lists import ListRules, is_shared, list_rules, listed
from kinline.contacts.queries.standing import refused_at
from kinline.contacts.services.writing import apply, write_down
from kinline.core.contacts import (
    DAY,
    Act,
    Asking,
    AskProblem,
    Decided,
    Source,
    State,
    Told,
    WaitsFor,
    ask,
)
from kinline.core.identity import Instant
from kinline.core.numbering import E164, classify
from kinline.facilities.queries import is_noted
from kinline.people.models import Customer, CustomerNumber, Resident, ResidentStatus, User


def request_contact(
    resident: Resident,
    number: E164,
    name: str,
    relationship: str,
    source: Source,
    actor: str,
    at: Instant,
    *,
    customer: Customer | None = None,
    user: User | None = None,
    message: str = "",
    language: str = "en",
    agrees_to_sharing: bool = False,
) -> Contact:
    """Ask for a contact: it waits for staff, or is one at once, as the facility keeps its lists. `user`: the member of
    staff who enters it. Raises `NotAskable`, `NotTheirNumber`."""
    if customer is not None and not _is_theirs(customer, number):
        raise NotTheirNumber(number)
    with transaction.atomic():
        # One at a time for a resident: places on the list are counted.
        resident = (
            Resident.objects.select_for_update(of=("self",)).select_related("facility__agency").get(pk=resident.pk)
        )
        known = Contact.objects.select_for_update().filter(resident=resident, number=number).first()
        if known and customer and known.customer_id not in (None, customer.pk):
            raise NotAskable(AskProblem.ALREADY_CONTACT)
        rules = list_rules(resident.facility, at)
        asking = _asking(resident, number, known, source, rules, agrees_to_sharing)
        answer = ask(asking, at)
        if isinstance(answer, AskProblem):
            raise NotAskable(answer, _until(asking, answer))
        contact = known or Contact(resident=resident, number=number, language=language, state=ContactState.REMOVED)
        contact.resident = resident
        before = None if known is None else {"state": str(known.state), "waits_for": str(known.waits_for)}
        contact.name, contact.relationship, contact.message = name, relationship, message
        contact.customer, contact.asked_by = customer or contact.customer, source.value
        if answer.waits_for is WaitsFor.NOTHING:
            contact.save()
            write_down(actor, Action.CONTACT_REQUESTED, contact, at, before)
            apply(contact, Act.APPROVE, Decided(State.APPROVED, Told.APPROVED, answer.expires_at), at, actor, by=user)
            return contact
        contact.state, contact.expires_at = ContactState(answer.state.value), answer.expires_at
        contact.waits_for, contact.waiting_since = answer.waits_for.value, at
        contact.save()
        write_down(actor, Action.CONTACT_REQUESTED, contact, at, before)
    return contact


def _asking(
    resident: Resident, number: E164, known: Contact | None, source: Source, rules: ListRules, agrees_to_sharing: bool
) -> Asking:
    return Asking(
        source=source,
        mode=rules.mode,
        number_class=classify(number),
        state=State(known.state) if known else None,
        waits_for=WaitsFor(known.waits_for) if known else WaitsFor.NOTHING,
        expires_at=Instant(known.expires_at) if known and known.expires_at is not None else None,
        announced=known is not None and known.announced_at is not None,
        is_in_custody=resident.status == ResidentStatus.ACTIVE,
        listed=listed(resident, known),
        at_most=rules.at_most,
        is_shared=is_shared(resident, number),
        sharing_needs_agreement=rules.settings.sharing_needs_agreement,
        agrees_to_sharing=agrees_to_sharing,
        is_noted=is_noted(resident.facility, number),
        approval_days=rules.settings.approval_days,
        refused_at=refused_at(known) if known else None,
        ask_again_days=rules.settings.ask_again_days,
    )


def _until(asking: Asking, problem: AskProblem) -> Instant | None:
    if problem is not AskProblem.TOO_SOON or asking.refused_at is None:
        return None
    return Instant(asking.refused_at + asking.ask_again_days * DAY)


def _is_theirs(customer: Customer, number: E164) -> bool:
    return CustomerNumber.objects.filter(customer=customer, number=number, is_verified=True).exists()
