"""Where lists are open and the facility wants it, a completed call puts its number on the resident's list."""

from typing import Final

from django.db.models import Exists, OuterRef

from kinline.calls.models import Call, CallState
from kinline.contacts import services as contacts
from kinline.contacts.errors import NotAskable
from kinline.contacts.models import Contact, ContactSettings
from kinline.core.callflow.commands import Disposition
from kinline.core.contacts import DAY, Relationship, Source
from kinline.core.identity import Instant
from kinline.core.numbering import E164
from kinline.people.models import CustomerNumber, Resident

_AT_ONCE: Final = 500


def learn_contacts(at: Instant) -> int:
    """Look at the calls of the last day; how many contacts there are more. What cannot be one (a list is full, the
    facility's lists are not open any more) is left out."""
    learning = ContactSettings.objects.filter(learns=True).values_list("facility", flat=True)
    known = Contact.objects.filter(resident=OuterRef("resident"), number=OuterRef("called_party"))
    completed = (
        Call.objects.filter(
            facility__in=list(learning),
            opened_at__gt=at - DAY,
            state=CallState.SETTLED,
            disposition=Disposition.COMPLETED.value,
            is_hotline=False,
            resident__isnull=False,
        )
        .exclude(called_party="")
        .exclude(Exists(known))
    )
    pairs = completed.values_list("resident", "called_party").distinct().order_by()[:_AT_ONCE]
    return sum(_learned(resident, number, at) for resident, number in pairs if resident is not None)


def _learned(resident_id: int, number: str, at: Instant) -> bool:
    holder = CustomerNumber.objects.filter(number=number, is_verified=True).select_related("customer__user")
    first = holder.order_by("order").first()
    try:
        contacts.request_contact(
            Resident.objects.get(pk=resident_id),
            E164(number),
            first.customer.user.name if first else number,
            Relationship.OTHER.value,
            Source.LEARNED,
            "system",
            at,
            customer=first.customer if first else None,
        )
    except NotAskable:
        return False
    return True
