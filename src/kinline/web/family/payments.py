"""Payments, cards and accounts as a family reads them."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kinline.billing.queries import Debt, debts_of
from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import AccountId, ResidentId
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Audience, Explanation, Reason, explain
from kinline.ledger import services as ledger
from kinline.payments.models import Payment, PaymentState, SavedCard, Way
from kinline.people.models import Customer, Resident
from kinline.web.explanation import reader_language
from kinline.web.local_time import LocalTime
from kinline.web.templatetags.plain_words import dollars, telephone

OWN = "own"
_DEBT = "debt-"
_BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}


@dataclass(frozen=True, slots=True)
class FamilyPayment:
    """A payment in words."""

    reference: str
    amount: Money
    refunded: Money
    disputed: Money
    state: PaymentState
    when: LocalTime
    card: str
    resident: str
    pays: str
    """The debt that it pays, in words; empty: it is money for calls to come."""
    is_automatic: bool
    needs_card: bool
    """Its card is entered in the provider's form: not yet, or the last one was declined."""
    explanation: Explanation | None

    @property
    def status(self) -> str:
        if self.needs_card and self.state is PaymentState.CREATED:
            return _("Not finished")
        match self.state:
            case PaymentState.SUCCEEDED:
                return _("Paid")
            case PaymentState.REFUNDED:
                return _("Given back")
            case PaymentState.DISPUTED:
                return _("Disputed")
            case PaymentState.FAILED:
                return _("Declined")
            case PaymentState.CANCELLED:
                return _("Not finished")
            case PaymentState.REQUIRES_ACTION:
                return _("Waiting for you to confirm")
            case PaymentState.CREATED | PaymentState.PROCESSING:
                return _("Waiting for the bank")

    @property
    def badge(self) -> str:
        """How the status looks."""
        if self.state in (PaymentState.SUCCEEDED, PaymentState.REFUNDED):
            return "good"
        is_nothing = self.needs_card or self.state in (PaymentState.FAILED, PaymentState.CANCELLED)
        return "none" if is_nothing else "now"

    @property
    def is_arrived(self) -> bool:
        return self.state in (PaymentState.SUCCEEDED, PaymentState.REFUNDED, PaymentState.DISPUTED)

    @property
    def is_waiting(self) -> bool:
        return self.state in (PaymentState.CREATED, PaymentState.PROCESSING) and not self.needs_card

    @property
    def left(self) -> Money:
        return max(self.amount - self.refunded - self.disputed, ZERO)


def as_family_reads_it(payment: Payment, zone: tzinfo) -> FamilyPayment:
    resident = payment.account.resident
    reason = explain(Reason(payment.reason), Audience.FAMILY, reader_language()) if payment.reason else None
    return FamilyPayment(
        reference=payment.reference,
        amount=Money(payment.amount),
        refunded=Money(payment.refunded),
        disputed=Money(payment.disputed),
        state=PaymentState(payment.state),
        when=LocalTime.of(payment.created_at, zone),
        card=card_name(payment.card) if payment.card else "",
        resident=resident.name if resident else "",
        pays=_debt_name(payment.pays.number) if payment.pays else "",
        is_automatic=payment.way == Way.RELOAD,
        needs_card=payment.way == Way.NEW_CARD and payment.state in (PaymentState.CREATED, PaymentState.FAILED),
        explanation=reason,
    )


def card_name(card: SavedCard) -> str:
    """`Visa ending in 4242`."""
    brand = _BRANDS.get(card.brand.lower(), card.brand.title() or _("Card"))
    return _("%(brand)s ending in %(last4)s") % {"brand": brand, "last4": card.last4}


def card_expiry(card: SavedCard) -> str:
    """`04/2031`, as it is printed on the card."""
    return f"{card.expiry_month:02d}/{card.expiry_year}"


def zone_of(customer: Customer) -> tzinfo:
    """The clock of the facility that they are called from; UTC while there is none."""
    contact = _contacts(customer).first()
    return ZoneInfo(contact.resident.facility.time_zone) if contact else UTC


def accounts_of(customer: Customer) -> dict[str, str]:
    """What they may add money to: their own account, and the debit account of each resident whose contact they are."""
    residents = {contact.resident_id: contact.resident.name for contact in _contacts(customer)}
    named = {f"resident-{pk}": _("%(name)s’s debit account") % {"name": name} for pk, name in residents.items()}
    return {OWN: _("My account"), **named}


def debts_by_choice(customer: Customer) -> dict[str, Debt]:
    """What else they may pay by card: what they owe."""
    return {f"{_DEBT}{debt.account}": debt for debt in debts_of(customer.pk)}


def debt_in_words(debt: Debt) -> str:
    return _("%(debt)s: %(owed)s owed") % {"debt": _debt_name(debt.number), "owed": dollars(debt.owed)}


def _debt_name(number: str) -> str:
    return _("Collect calls to %(number)s") % {"number": telephone(number)} if number else _("My monthly bill")


def chosen_account(customer: Customer, choice: str) -> AccountId:
    """The account of one of `accounts_of`; opened when it is the first money. A debt is paid through theirs."""
    if choice == OWN or choice.startswith(_DEBT):
        return ledger.open_customer_account(customer.pk)
    resident = Resident.objects.get(pk=int(choice.removeprefix("resident-")))
    return ledger.open_resident_account(ResidentId(resident.pk))


def chosen_debt(choice: str) -> AccountId | None:
    """The account of one of `debts_by_choice`; None: it is no debt."""
    return AccountId(int(choice.removeprefix(_DEBT))) if choice.startswith(_DEBT) else None


def _contacts(customer: Customer) -> QuerySet[Contact]:
    numbers = customer.numbers.filter(is_verified=True).values("number")
    approved = Contact.objects.filter(number__in=numbers, state=ContactState.APPROVED)
    return approved.select_related("resident__facility").order_by("resident__name", "number")
