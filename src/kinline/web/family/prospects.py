"""Can she call me now? For each resident and number the answer of the switchboard's own decision, in words, with what
it takes, and what a call costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.urls import reverse

from kinline.calls.outlook import Outlook, outlooks
from kinline.contacts.models import Contact
from kinline.contacts.queries import seen_by_family
from kinline.core.contacts.searching import shown_as
from kinline.core.contacts.telling import FamilyState
from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.core.policy import Allow, Deny, decide
from kinline.core.reasons import CATALOGUE, Action, Explanation, Reason, Retry, foresee
from kinline.core.speech import ClockTime, Span
from kinline.core.tariff import FreeMinutes, Tariff, affordable_seconds, quote
from kinline.people.models import Customer, CustomerNumber
from kinline.web.explanation import reader_language
from kinline.web.family.contact_words import STANDINGS
from kinline.web.family.contacts import KNOWN, theirs
from kinline.web.family.remedies import SEE_REQUEST, Button, button
from kinline.web.local_time import LocalTime

EXAMPLE_SECONDS: Final = 15 * 60
_A_DAY: Final = 24 * 60 * 60
_ASKED: Final = (FamilyState.WAITING, FamilyState.APPEALED, FamilyState.NOT_APPROVED)
"""Of somebody who is no contact of theirs nothing is told but what became of the request."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Something in the way: what it is, what can be done, and the button that does it."""

    text: str
    remedy: str
    button: Button | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """A resident and one of the family's numbers."""

    resident: str
    facility: str
    facility_id: int
    time_zone: str
    number: str
    can_call: bool
    is_with_them: bool
    hindrances: tuple[Hindrance, ...]
    again: LocalTime | None
    """When a call can come although nobody does anything: a wait, hours, a day's count."""
    opens: LocalTime | None
    closes: LocalTime | None
    longest: int | None
    """Seconds that a call may last now."""
    is_free: bool
    price_per_minute: Money | None
    example: Money | None
    """What a call of `EXAMPLE_SECONDS` costs that no free minutes make cheaper."""
    free_minutes: FreeMinutes | None
    """What the facility gives each resident."""
    free_seconds: int
    """What this resident has left of it now."""
    minutes: int | None
    """Whole minutes that the family's balance buys with what is left of the free ones, a day's at most."""

    @property
    def place(self) -> int:
        """First who is on the phone with them, then who can call now, then everybody else."""
        return 0 if self.is_with_them else 1 if self.can_call else 2


def prospects(customer: Customer, numbers: Sequence[str], money: Money, at: Instant) -> list[Prospect]:
    """One for each resident and number: first those who can call now, each group in the order of names."""
    asked = list(theirs(customer).order_by("resident__name", "number"))
    standings = {contact.pk: seen_by_family(contact, at) for contact in asked}
    known = [contact for contact in asked if standings[contact.pk] in KNOWN and contact.number in numbers]
    payers = _first_payers(numbers)
    found = [
        *(
            _prospect(outlook, money, at, shows_balance=payers.get(outlook.contact.number) == customer.pk)
            for outlook in outlooks(known, at)
        ),
        *(_asked(contact, standings[contact.pk]) for contact in asked if standings[contact.pk] in _ASKED),
    ]
    return sorted(found, key=lambda each: each.place)


def _first_payers(numbers: Sequence[str]) -> dict[str, int]:
    """Who is asked first to pay for each number: the balance that a refusal names is theirs."""
    rows = CustomerNumber.objects.filter(number__in=numbers, order=1).values_list("number", "customer_id")
    return dict(rows)


def _asked(contact: Contact, standing: FamilyState) -> Prospect:
    """Somebody who is no contact yet, by first name: how it stands with the request, and nothing of the person."""
    facility = contact.resident.facility
    see = Button(reverse("contact", args=[contact.pk]), SEE_REQUEST.label)
    return Prospect(
        resident=shown_as(contact.resident.name),
        facility=facility.name,
        facility_id=facility.pk,
        time_zone=facility.time_zone,
        number=contact.number,
        can_call=False,
        is_with_them=False,
        hindrances=(Hindrance(str(STANDINGS[standing][1]), "", see),),
        again=None,
        opens=None,
        closes=None,
        longest=None,
        is_free=False,
        price_per_minute=None,
        example=None,
        free_minutes=None,
        free_seconds=0,
        minutes=None,
    )


def _prospect(outlook: Outlook, money: Money, at: Instant, *, shows_balance: bool) -> Prospect:
    contact, facts = outlook.contact, outlook.facts
    tariff = facts.tariff if facts is not None and isinstance(facts.tariff, Tariff) else None
    decision = decide(facts) if facts is not None else None
    first = outlook.obstacles[0] if outlook.obstacles else None
    priced = quote(replace(tariff, free_seconds=0), EXAMPLE_SECONDS) if tariff is not None else None
    is_free = isinstance(decision, Allow) and decision.is_free
    zone = outlook.zone
    return Prospect(
        resident=contact.resident.name,
        facility=contact.resident.facility.name,
        facility_id=contact.resident.facility_id,
        time_zone=zone.key,
        number=contact.number,
        can_call=outlook.can_call,
        is_with_them=outlook.is_with_them,
        hindrances=tuple(
            _hindrance(deny, contact.resident.facility_id, shows_balance=shows_balance)
            for place, deny in enumerate(outlook.obstacles)
            if place == 0 or _is_for_them(deny)
        ),
        again=LocalTime.of(first.retry_at, zone, at)
        if first is not None and _comes_back(first) and first.retry_at
        else None,
        opens=LocalTime.of(outlook.opens_at, zone, at) if outlook.opens_at is not None else None,
        closes=LocalTime.of(outlook.closes_at, zone, at) if outlook.closes_at is not None else None,
        longest=decision.limit.seconds if isinstance(decision, Allow) else None,
        is_free=is_free or (priced is not None and priced.price_per_minute == ZERO),
        price_per_minute=priced.price_per_minute if priced is not None else None,
        example=priced.total if priced is not None else None,
        free_minutes=outlook.free_minutes,
        free_seconds=tariff.free_seconds if tariff is not None else 0,
        minutes=affordable_seconds(tariff, money, _A_DAY) // 60 if tariff is not None else None,
    )


def _hindrance(deny: Deny, facility: int, *, shows_balance: bool) -> Hindrance:
    """Times of day are left to the page, which says them with their day; so is a balance that is somebody else's."""
    known = [
        (name, value)
        for name, value in deny.values
        if not isinstance(value, ClockTime | Span) and (shows_balance or not isinstance(value, Money))
    ]
    told: Explanation = foresee(deny.reason, reader_language(), known)
    return Hindrance(told.text, told.remedy, button(told, facility=facility))


def _is_for_them(deny: Deny) -> bool:
    """Whether the family itself can do something about it, so that it is worth telling beside the first reason."""
    entry = CATALOGUE[deny.reason]
    return not entry.is_protected and entry.action not in (Action.NONE, Action.SEE_HOURS, Action.CONTACT_FACILITY)


def _comes_back(deny: Deny) -> bool:
    return CATALOGUE[deny.reason].retry is Retry.LATER and deny.reason is not Reason.FUND_PAYMENT_REVIEW
