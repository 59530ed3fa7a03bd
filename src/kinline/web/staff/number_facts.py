"""What is known of a number, beside the contact that a decision is about: in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q

from kinline.calls.models import Call
from kinline.contacts.models import Block, BlockedBy, Contact, PrivilegedNumber
from kinline.contacts.queries.lists import LISTED
from kinline.core.contacts import DAY
from kinline.core.identity import Instant
from kinline.core.numbering import E164, classify, relation, standing_in
from kinline.facilities.models import NumberRule
from kinline.facilities.queries import OF_PEOPLE, concerns, notes_on
from kinline.web.staff.contact_words import CLASSES, JURISDICTIONS, KINDS, NOTES

ATTEMPTS_DAYS: Final = 30
BLOCKS_DAYS: Final = 90
NONE: Final[dict[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """Of a number, for a decision at a facility of an agency."""

    kind: Any
    where: Any
    sharing: int
    """Other residents of the agency who have it on their list."""
    notes: tuple[tuple[Any, NumberRule], ...]
    """Lists that it is on: of staff, victims, blocked."""
    is_of_people: bool
    """One of them is a list of people."""
    privilege: Any
    """What it is privileged as; empty: it is not."""
    privilege_waits: bool
    blocks: tuple[Block, ...]
    """By the called party or the family, in force or of the last 90 days."""
    attempts: int
    """Of the agency's residents, in 30 days."""

    @property
    def is_flagged(self) -> bool:
        return bool(self.sharing or self.notes or self.privilege or self.privilege_waits or self.blocks)


def number_facts(contacts: Sequence[Contact], at: Instant) -> dict[int, NumberFacts]:
    """By contact. Their residents' facilities must have been selected with them."""
    numbers = {contact.number for contact in contacts}
    facilities = {contact.resident.facility_id: contact.resident.facility for contact in contacts}
    agencies = {facility.agency_id for facility in facilities.values()}
    rules = notes_on(tuple(facilities.values()), numbers)
    sharing = _sharing(numbers, agencies)
    registry, blocks = defaultdict(list), defaultdict(list)
    for entry in PrivilegedNumber.objects.filter(number__in=numbers, revoked_at=None):
        registry[entry.number].append(entry)
    recent = Q(lifted_at=None) | Q(at__gt=at - BLOCKS_DAYS * DAY)
    for block in (
        Block.objects.filter(recent, number__in=numbers).exclude(blocked_by=BlockedBy.FACILITY).order_by("-at")
    ):
        blocks[block.number].append(block)
    attempts = {
        (row["called_party"], row["facility__agency"]): row["count"]
        for row in Call.objects.filter(
            called_party__in=numbers, opened_at__gt=at - ATTEMPTS_DAYS * DAY, facility__agency__in=agencies
        )
        .values("called_party", "facility__agency")
        .annotate(count=Count("pk"))
        .order_by()
    }
    return {
        contact.pk: _facts(contact, rules, sharing, registry[contact.number], blocks[contact.number], attempts)
        for contact in contacts
    }


def _facts(
    contact: Contact,
    rules: Sequence[NumberRule],
    sharing: dict[tuple[str, int], set[int]],
    registry: Sequence[PrivilegedNumber],
    blocks: Sequence[Block],
    attempts: dict[tuple[str, int], int],
) -> NumberFacts:
    facility, number = contact.resident.facility, E164(contact.number)
    key = (contact.number, facility.agency_id)
    notes = [rule for rule in rules if concerns(rule, facility, number)]
    within_reach = [
        entry
        for entry in registry
        if entry.agency_id in (None, facility.agency_id) and entry.resident_id in (None, contact.resident_id)
    ]
    verified = [entry for entry in within_reach if entry.verified is not None]
    kind = classify(number)
    return NumberFacts(
        kind=CLASSES.get(kind.value, kind.value),
        where=JURISDICTIONS[relation(standing_in(facility.state, E164(facility.number)), number).value],
        sharing=len(sharing.get(key, set()) - {contact.resident_id}),
        notes=tuple((NOTES[rule.treatment], rule) for rule in notes),
        is_of_people=any(rule.treatment in OF_PEOPLE for rule in notes),
        privilege=KINDS.get(verified[0].kind, verified[0].kind) if verified else "",
        privilege_waits=bool(within_reach) and not verified,
        blocks=tuple(
            block
            for block in blocks
            if block.resident_id in (None, contact.resident_id) and block.facility_id in (None, facility.pk)
        ),
        attempts=attempts.get(key, 0),
    )


def _sharing(numbers: set[str], agencies: set[int]) -> dict[tuple[str, int], set[int]]:
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    on_lists = Contact.objects.filter(
        number__in=numbers, state__in=LISTED, frozen_at=None, resident__facility__agency__in=agencies
    )
    for number, agency, resident in on_lists.values_list("number", "resident__facility__agency", "resident"):
        found[number, agency].add(resident)
    return found
