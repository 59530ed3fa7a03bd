"""What minutes cost a family, and what it set."""

from kinline.alerts.models import BalanceWatch
from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import AccountId, FacilityId, Instant
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.core.tariff import charge
from kinline.facilities.queries import rulebook, stamp
from kinline.people.models import CustomerNumber


def watch_of(account_id: AccountId) -> BalanceWatch | None:
    return BalanceWatch.objects.filter(account_id=account_id).first()


def price_of(customer_id: int, minutes: int, at: Instant) -> Money | None:
    """A call of so many minutes at the dearest of the prices that their numbers are called for; None: none has one."""
    numbers = CustomerNumber.objects.filter(customer_id=customer_id, is_verified=True).values("number")
    contacts = Contact.objects.filter(number__in=numbers, state=ContactState.APPROVED).select_related("resident")
    as_of = stamp()
    tariffs = [
        rulebook(FacilityId(contact.resident.facility_id), as_of).tariff(E164(contact.number), at)
        for contact in contacts
    ]
    prices = [charge(tariff, minutes * 60).total for tariff in tariffs if not isinstance(tariff, Reason)]
    return max((price for price in prices if price.micros), default=None)
