"""How a facility keeps its residents' lists of contacts."""

from dataclasses import dataclass

from kinline.contacts.models import Contact, ContactSettings, ContactState, PrivilegedNumber
from kinline.core.contacts import Mode
from kinline.core.identity import Instant
from kinline.facilities.models import Facility
from kinline.facilities.queries import course_of
from kinline.people.models import Resident, ResidentStatus

LISTED = (ContactState.APPROVED, ContactState.PENDING, ContactState.SHARED)
"""States that take a place on a list."""


@dataclass(frozen=True, slots=True)
class ListRules:
    """The mode of a facility's lists and what else it says of them."""

    mode: Mode
    settings: ContactSettings
    at_most: int | None


def settings_of(facility: Facility) -> ContactSettings:
    """What the facility says, or the defaults."""
    return ContactSettings.objects.filter(facility=facility).first() or ContactSettings(facility=facility)


def list_rules(facility: Facility, at: Instant) -> ListRules:
    """The mode is one with the calling rules: where they ask for approved contacts, lists are not open."""
    settings = settings_of(facility)
    asks = any(course_of(level).at(at).list_required for level in (facility.agency, facility))
    closed = Mode.APPROVE_FIRST if settings.takes_requests else Mode.ALLOW_LIST
    return ListRules(closed if asks else Mode.OPEN, settings, facility.contacts_at_most)


def listed(resident: Resident, besides: Contact | None = None) -> int:
    """How many places of the resident's list are taken."""
    of = Contact.objects.filter(resident=resident, state__in=LISTED)
    return (of.exclude(pk=besides.pk) if besides else of).count()


def is_shared(resident: Resident, number: str) -> bool:
    """Whether another resident of the agency has the number on their list. A privileged one is expected to be."""
    others = Contact.objects.filter(
        number=number,
        state__in=LISTED,
        resident__facility__agency=resident.facility.agency_id,
        resident__status=ResidentStatus.ACTIVE,
    ).exclude(resident=resident)
    privileged = PrivilegedNumber.objects.filter(number=number, verified__isnull=False, revoked_at=None)
    return others.exists() and not privileged.exists()
