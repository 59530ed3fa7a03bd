"""What a family has, and what a call to each of their numbers costs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.core.tariff import affordable_seconds
from kinline.facilities.queries import rulebook, stamp
from kinline.ledger.models import Account, AccountKind
from kinline.people.models import Customer

_A_MONTH = 31 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Balance:
    """What lies on a prepaid account: all of it, what is set aside for calls in progress, and what is free."""

    posted: Money
    held: Money

    @property
    def available(self) -> Money:
        return self.posted - self.held


def balance_in(accounts: Sequence[Account]) -> Balance:
    """Of the prepaid account among a customer's accounts; nothing when there is none yet."""
    prepaid = next((each for each in accounts if each.kind == AccountKind.CUSTOMER_PREPAID), None)
    return Balance(Money(prepaid.posted), Money(prepaid.held)) if prepaid else Balance(ZERO, ZERO)


def balance_of(customer: Customer) -> Balance:
    """Of their prepaid account; nothing when they have none yet."""
    return balance_in(list(Account.objects.filter(customer=customer, kind=AccountKind.CUSTOMER_PREPAID)))


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
