"""What a family has, and what a call to each of their numbers costs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164
from kinline.core.reasons import Audience, Explanation, Reason, explain
from kinline.core.tariff import affordable_seconds, quote
from kinline.facilities.queries import rulebook, stamp
from kinline.ledger.models import Account, AccountKind
from kinline.people.models import Customer
from kinline.web.explanation import reader_language

EXAMPLE_SECONDS = 15 * 60
_A_DAY = 24 * 60 * 60
_A_MONTH = 31 * _A_DAY


@dataclass(frozen=True, slots=True)
class Balance:
    """What lies on a prepaid account: all of it, what is set aside for calls in progress, and what is free."""

    posted: Money
    held: Money

    @property
    def available(self) -> Money:
        return self.posted - self.held


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What a call from a resident to one of the family's numbers costs now; `refusal` when none can be priced."""

    resident: str
    facility: str
    number: str
    price_per_minute: Money
    example: Money
    """The price of a call of `EXAMPLE_SECONDS`."""
    minutes: int
    """Whole minutes that the balance is enough for, a day's at most."""
    refusal: Explanation | None = None

    @property
    def is_free(self) -> bool:
        return self.refusal is None and self.price_per_minute == ZERO


def balance_of(customer: Customer) -> Balance:
    """Of their prepaid account; nothing when they have none yet."""
    account = Account.objects.filter(customer=customer, kind=AccountKind.CUSTOMER_PREPAID).first()
    return Balance(Money(account.posted), Money(account.held)) if account else Balance(ZERO, ZERO)


def price_lines(customer: Customer) -> list[PriceLine]:
    """A line for each resident who has one of their numbers on the list of contacts, approved."""
    numbers = customer.numbers.filter(is_verified=True).values("number")
    contacts = (
        Contact.objects.filter(number__in=numbers, state=ContactState.APPROVED)
        .select_related("resident__facility")
        .order_by("resident__name", "number")
    )
    free_money, at, as_of = balance_of(customer).available, Instant(time.time_ns() // 1_000_000), stamp()
    return [_line(contact, free_money, at, as_of) for contact in contacts]


def minutes_bought(customer: Customer, amounts: Sequence[Money]) -> list[int | None]:
    """For each amount, the whole minutes of call that it buys at least: at the dearest of the prices that their numbers
    are called for now. None when no call of theirs has a price."""
    numbers = customer.numbers.filter(is_verified=True).values("number")
    contacts = Contact.objects.filter(number__in=numbers, state=ContactState.APPROVED).select_related("resident")
    at, as_of = Instant(time.time_ns() // 1_000_000), stamp()
    tariffs = [
        rulebook(FacilityId(contact.resident.facility_id), as_of).tariff(E164(contact.number), at)
        for contact in contacts
    ]
    priced = [tariff for tariff in tariffs if not isinstance(tariff, Reason) and not tariff.is_free]
    if not priced:
        return [None for _ in amounts]
    return [min(affordable_seconds(tariff, amount, _A_MONTH) for tariff in priced) // 60 for amount in amounts]


def _line(contact: Contact, money: Money, at: Instant, as_of: int) -> PriceLine:
    facility = contact.resident.facility
    tariff = rulebook(FacilityId(facility.pk), as_of).tariff(E164(contact.number), at)
    if isinstance(tariff, Reason):
        refusal = explain(tariff, Audience.FAMILY, reader_language())
        return PriceLine(contact.resident.name, facility.name, contact.number, ZERO, ZERO, 0, refusal)
    priced = quote(tariff, EXAMPLE_SECONDS)
    return PriceLine(
        resident=contact.resident.name,
        facility=facility.name,
        number=contact.number,
        price_per_minute=priced.price_per_minute,
        example=priced.total,
        minutes=affordable_seconds(tariff, money, _A_DAY) // 60,
    )
