"""What a family must know before it asks: calls that did not reach them, a card that fails, what is about to end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kinline.billing.models import Invoice
from kinline.calls.models import Call, CallState
from kinline.calls.received import MISSED
from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.reasons import Audience, Reason, explain
from kinline.ledger.models import Account, AccountKind
from kinline.payments.models import AutoReload, Payment, PaymentState, ReloadState, SavedCard
from kinline.payments.queries import waits_for_next_month
from kinline.people.models import Customer
from kinline.refunds.queries import notice_now
from kinline.web.explanation import reader_language
from kinline.web.family.payments import card_expiry, card_name
from kinline.web.local_time import LocalTime
from kinline.web.templatetags.plain_words import telephone

_DAY: Final = 24 * 60 * 60 * 1000
RECENTLY: Final = 7 * _DAY
SOON: Final = 30 * _DAY


@dataclass(frozen=True, slots=True)
class Matter:
    """A sentence, and the page on which something is done about it."""

    text: str
    address: str
    label: Any
    is_grave: bool = False


def matters(
    customer: Customer, accounts: Sequence[Account], numbers: Mapping[str, Instant], at: Instant, today: date
) -> list[Matter]:
    """The grave ones first. `accounts` are the customer's own, `numbers` theirs since those instants; `today` is the
    facility's day."""
    found = [
        *_of_accounts(accounts, at),
        *_of_cards(customer, at, today),
        *_of_numbers(customer),
        *_of_contacts(list(numbers), at),
        *_of_calls(numbers, at),
    ]
    return sorted(found, key=lambda matter: not matter.is_grave)


def _of_accounts(accounts: Sequence[Account], at: Instant) -> list[Matter]:
    found = []
    if any(account.review_since is not None for account in accounts):
        text = _(
            "A payment of yours is being checked by a bank. Until that is decided, this money cannot pay for calls."
        )
        found.append(Matter(text, reverse("money"), _("See the payment"), True))
    overdue = Invoice.objects.filter(account__in=accounts, paid_at=None, due_at__lt=at).order_by("due_at", "pk").first()
    if overdue is not None:
        text = _("Invoice %(number)s is overdue: calls stop until it is paid.") % {"number": overdue.number}
        found.append(Matter(text, reverse("paying") + "#bill", _("Pay the invoice"), True))
    prepaid = next((each for each in accounts if each.kind == AccountKind.CUSTOMER_PREPAID), None)
    if prepaid is not None and prepaid.closed_at is not None:
        found.append(Matter(_("Your account is closed."), reverse("refund"), _("Open it again"), True))
    elif prepaid is not None and notice_now(AccountId(prepaid.pk)) is not None:
        text = _("Nobody has used this account for a while. If nothing happens, your balance is given back to you.")
        found.append(Matter(text, reverse("refund"), _("Keep my money here")))
    return found


def _of_cards(customer: Customer, at: Instant, today: date) -> list[Matter]:
    found = []
    last = Payment.objects.filter(customer=customer).order_by("-created_at").first()
    if last is not None and last.created_at > at - RECENTLY:
        page = reverse("payment", args=[last.reference])
        amount = Money(last.amount)
        if last.state == PaymentState.FAILED and last.reason:
            why = explain(Reason(last.reason), Audience.FAMILY, reader_language()).text
            text = _("Your last payment of %(amount)s did not go through. %(why)s") % {"amount": amount, "why": why}
            found.append(Matter(text, page, _("See the payment"), True))
        elif last.state == PaymentState.REQUIRES_ACTION:
            text = _("Your bank wants you to confirm the payment of %(amount)s.") % {"amount": amount}
            found.append(Matter(text, page, _("Confirm the payment"), True))
    reload = AutoReload.objects.filter(customer=customer).select_related("card", "account").first()
    if reload is not None and reload.state == ReloadState.STOPPED:
        text = _("Automatic reload has stopped, because the card was declined three times.")
        found.append(Matter(text, reverse("money") + "#reload", _("Choose a card"), True))
    elif reload is not None and _is_short_of(reload, at):
        text = _("Your balance is low, and automatic reload has added the most that you allow in a month.")
        found.append(Matter(text, reverse("money"), _("Add money")))
    elif reload is not None and reload.state == ReloadState.ACTIVE and _ends_soon(reload.card, today):
        text = _("%(card)s, which adds money by itself, is valid until %(expiry)s.") % {
            "card": card_name(reload.card),
            "expiry": card_expiry(reload.card),
        }
        found.append(Matter(text, reverse("money") + "#reload", _("Choose a card")))
    return found


def _is_short_of(reload: AutoReload, at: Instant) -> bool:
    """It would add money now, but for the ceiling of the month."""
    low = reload.account.posted - reload.account.held < reload.threshold
    return reload.state == ReloadState.ACTIVE and low and waits_for_next_month(reload, at)


def _ends_soon(card: SavedCard, today: date) -> bool:
    """This month or the next one is its last, or it is over."""
    return (card.expiry_year - today.year) * 12 + card.expiry_month - today.month <= 1


def _of_numbers(customer: Customer) -> list[Matter]:
    return [
        Matter(
            _("%(number)s is not confirmed as yours yet: calls to it are not shown here.")
            % {"number": telephone(each.number)},
            reverse("own_numbers"),
            _("Confirm the number"),
        )
        for each in customer.numbers.all()
        if not each.is_verified
    ]


def _of_contacts(numbers: Sequence[str], at: Instant) -> list[Matter]:
    ending = Contact.objects.filter(
        number__in=numbers, state=ContactState.APPROVED, expires_at__gt=at, expires_at__lt=at + SOON
    ).select_related("resident__facility")
    return [
        Matter(
            _("Your approval as a contact of %(name)s ends on %(day)s.")
            % {
                "name": each.resident.name,
                "day": LocalTime.of(each.expires_at or at, ZoneInfo(each.resident.facility.time_zone)).date,
            },
            reverse("contact", args=[each.pk]),
            _("See the request"),
        )
        for each in ending
    ]


def _of_calls(numbers: Mapping[str, Instant], at: Instant) -> list[Matter]:
    theirs = Q(pk__in=[])
    for number, since in numbers.items():
        theirs |= Q(called_party=number, opened_at__gt=max(since, at - RECENTLY))
    recent = Call.objects.filter(theirs)
    talked = recent.filter(accepted_at__isnull=False).aggregate(last=Max("opened_at"))["last"]
    missed = recent.filter(state=CallState.SETTLED, disposition__in=MISSED, opened_at__gt=talked or 0).count()
    if not missed:
        return []
    text = (
        ngettext(
            "%(count)d call did not reach you since you last talked.",
            "%(count)d calls did not reach you since you last talked.",
            missed,
        )
        if talked
        else ngettext(
            "%(count)d call did not reach you in the last seven days.",
            "%(count)d calls did not reach you in the last seven days.",
            missed,
        )
    )
    return [Matter(text % {"count": missed}, reverse("calls") + "?outcome=missed", _("See why"))]
