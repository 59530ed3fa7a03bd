"""What the family does about its own contact: appeal a refusal, withdraw."""

from django.db import transaction

from kinline.audit.actions import Action
from kinline.contacts.errors import CannotDecide, NotAppealable
from kinline.contacts.models import Contact, ContactAppeal
from kinline.contacts.queries.lists import settings_of
from kinline.contacts.queries.standing import may_be_appealed
from kinline.contacts.services.writing import apply, told, write_down
from kinline.core.contacts import Act, Case, NotDecided, State, WaitsFor, decide
from kinline.core.identity import Instant


def appeal(contact_id: int, text: str, actor: str, at: Instant) -> ContactAppeal:
    """Ask that somebody else decides again, once for a decision. Raises `NotAppealable`."""
    with transaction.atomic():
        contact = _locked(contact_id)
        last = contact.decisions.exclude(told="").select_related("appeal").order_by("-at", "-pk").first()
        if last is None or not may_be_appealed(contact, last, settings_of(contact.resident.facility).appeal_days, at):
            raise NotAppealable(contact_id)
        lodged = ContactAppeal.objects.create(decision=last, text=text, at=at, first_decided_by=last.by)
        before = told(contact)
        contact.waits_for, contact.waiting_since = WaitsFor.APPEAL.value, at
        contact.save(update_fields=("waits_for", "waiting_since"))
        write_down(actor, Action.CONTACT_APPEALED, contact, at, before)
    return lodged


def withdraw(contact_id: int, actor: str, at: Instant) -> None:
    """The family takes back its request or appeal, or wishes to be no contact any more. Raises `CannotDecide`."""
    with transaction.atomic():
        contact = _locked(contact_id)
        decided = decide(Case(State(contact.state), WaitsFor(contact.waits_for)), Act.WITHDRAW, None, at)
        if isinstance(decided, NotDecided):
            raise CannotDecide(decided)
        apply(contact, Act.WITHDRAW, decided, at, actor)


def _locked(contact_id: int) -> Contact:
    contacts = Contact.objects.select_for_update(of=("self",)).select_related("resident__facility__agency")
    return contacts.get(pk=contact_id)
