"""How much a customer may pay by card, and how often a card may be declined."""

from typing import Final

from django.db.models import Sum

from kinline.configuration import configuration
from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.payments.errors import NotTaken
from kinline.payments.models import CardSetUp, Payment, PaymentState, Way
from kinline.providers.cards import CardProvider

NEVER_REFUSED: Final = Money.of_cents(50_00)
"""47 CFR 64.6100: a provider may not refuse a deposit of up to $50 in one transaction. Nor is there a least balance."""
DECLINES_AN_HOUR: Final = 10
"""Then we wait: stolen cards are tried out where many declines cost nothing."""
SAVINGS_AN_HOUR: Final = 10
"""Cards that are begun to be saved, also those of whose decline we have not heard yet."""
_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR


def check(provider: CardProvider, customer_id: int, amount: Money, way: Way, at: Instant) -> None:
    """Raises `NotTaken` for a payment that is too small, too much for a day, or one try too many."""
    if amount.micros % 10_000 or amount <= ZERO:
        raise ValueError(f"a card is charged whole cents and more than nothing, not {amount}")
    if amount < provider.least:
        raise NotTaken(Reason.PAY_TOO_SMALL, least=provider.least)
    if way is not Way.RELOAD:
        _check_declines(customer_id, at)
    if amount > NEVER_REFUSED:
        most = Money.parse(configuration().deposit_most_a_day)
        left = max(most - _paid_today(customer_id, at), NEVER_REFUSED)
        if amount > left:
            raise NotTaken(Reason.PAY_DAY_LIMIT, limit=max(most, NEVER_REFUSED), left=left)


def check_saving(customer_id: int, at: Instant) -> None:
    """Raises `NotTaken` for one card too many that is to be saved."""
    _check_declines(customer_id, at)
    if CardSetUp.objects.filter(customer_id=customer_id, created_at__gt=at - _HOUR).count() >= SAVINGS_AN_HOUR:
        raise NotTaken(Reason.PAY_TOO_MANY_TRIES)


def _check_declines(customer_id: int, at: Instant) -> None:
    failed = Payment.objects.filter(customer_id=customer_id, state=PaymentState.FAILED, changed_at__gt=at - _HOUR)
    payments = failed.exclude(reason=Reason.PAY_PROVIDER_UNREACHABLE)
    saving = CardSetUp.objects.filter(customer_id=customer_id, created_at__gt=at - _HOUR).exclude(reason="")
    if payments.count() + saving.count() >= DECLINES_AN_HOUR:
        raise NotTaken(Reason.PAY_TOO_MANY_TRIES)


def _paid_today(customer_id: int, at: Instant) -> Money:
    """What was paid, or may yet arrive, since the day began (UTC)."""
    today = Payment.objects.filter(customer_id=customer_id, created_at__gte=at - at % _DAY).exclude(
        state__in=(PaymentState.FAILED, PaymentState.CANCELLED)
    )
    # Begun with a form that nobody has filled in: counts only once there is a card.
    today = today.exclude(way=Way.NEW_CARD, state=PaymentState.CREATED)
    return Money(today.aggregate(sum=Sum("amount"))["sum"] or 0)
