"""Can they call me now? What a family may ask before anybody has tried, answered by the code that authorises calls."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from kinline.calls.models import LIVE, Call
from kinline.calls.trying import dialled, supposed_facts
from kinline.contacts.models import Contact
from kinline.core.identity import FacilityId, Instant, ResidentId
from kinline.core.numbering import E164
from kinline.core.policy import CallFacts, Deny, Level, closing, obstacles, opening
from kinline.core.reasons import Reason
from kinline.core.speech import Span
from kinline.core.tariff import FreeMinutes
from kinline.facilities.models import Station
from kinline.facilities.queries import rulebook, stamp
from kinline.people.models import Resident


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would become of a call from a resident to a number now."""

    contact: Contact
    zone: ZoneInfo
    """The facility's."""
    obstacles: tuple[Deny, ...]
    """Everything in the way, the reason that a call would fail for first; none: a call would be placed."""
    opens_at: Instant | None
    """When the phones are open next; None: they are open now, or never."""
    closes_at: Instant | None
    """When they close, if that is soon."""
    facts: CallFacts | None
    """None: there is no phone from which the resident could call."""
    is_with_them: bool
    """A call from the resident to this number is in progress."""
    free_minutes: FreeMinutes | None = None
    """What the facility gives each resident now; how much of it is left, the tariff of `facts` says."""

    @property
    def can_call(self) -> bool:
        return self.facts is not None and not self.obstacles


def outlooks(contacts: Sequence[Contact], at: Instant) -> list[Outlook]:
    """For each of the contacts, which carry their resident and the resident's facility. Three queries, and one more for
    each contact; how many calls there were does not matter."""
    residents = {contact.resident for contact in contacts}
    phones = _phones(residents)
    live = dict(Call.objects.filter(state__in=LIVE, resident__in=residents).values_list("resident_id", "called_party"))
    as_of = stamp()
    return [_outlook(each, phones.get(each.resident_id), live, at, as_of) for each in contacts]


def _outlook(contact: Contact, phone: Station | None, live: dict[int, str], at: Instant, as_of: int) -> Outlook:
    resident, zone = contact.resident, ZoneInfo(contact.resident.facility.time_zone)
    unidentified = _unidentified(resident, at)
    if phone is None:
        return Outlook(contact, zone, unidentified, None, None, None, False)
    facts = supposed_facts(phone, ResidentId(resident.pk), dialled(contact.number), at, as_of)
    if isinstance(facts, Reason):
        return Outlook(contact, zone, (Deny.because(facts, Level.PLATFORM),), None, None, None, False)
    facts = replace(facts, is_on_call=resident.pk in live)
    opens = opening(facts, at)
    return Outlook(
        contact,
        zone,
        (*unidentified, *obstacles(facts)),
        opens if opens != at else None,
        closing(facts) if opens == at else None,
        facts,
        live.get(resident.pk) == E164(contact.number),
        rulebook(FacilityId(resident.facility_id), as_of).free_minutes_at(at),
    )


def _unidentified(resident: Resident, at: Instant) -> tuple[Deny, ...]:
    """The lock of a PIN is asked before anything else, as `identify` does."""
    locked_until = resident.pin_locked_until
    if locked_until is None or locked_until <= at:
        return ()
    wait = Span(-(-(locked_until - at) // 60_000) * 60)
    return (Deny.because(Reason.IDENTIFY_PIN_LOCKED, Level.RESIDENT, retry_at=Instant(locked_until), wait=wait),)


def _phones(residents: Iterable[Resident]) -> dict[int, Station]:
    """A phone for each resident: the first of their unit, else of their facility."""
    everybody = list(residents)
    of_facility: dict[int, list[Station]] = defaultdict(list)
    for station in Station.objects.filter(
        facility__in={resident.facility_id for resident in everybody}, is_enabled=True
    ).order_by("pk"):
        of_facility[station.facility_id].append(station)
    found = {}
    for resident in everybody:
        phones = of_facility[resident.facility_id]
        own = next((phone for phone in phones if phone.unit_id == resident.unit_id), None)
        if phones:
            found[resident.pk] = own or phones[0]
    return found
