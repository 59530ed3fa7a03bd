"""What was lost on the way between the provider and the ledger is found by asking again."""

from collections.abc import Callable
from typing import Any, Final

import structlog
from django.db.models import Q, QuerySet

from kinline.core.identity import Instant
from kinline.payments.errors import PaymentError
from kinline.payments.models import (
    ARRIVED,
    UNFINISHED,
    CardRefund,
    CardSetUp,
    Dispute,
    Payment,
    PaymentState,
    RefundState,
    Way,
)
from kinline.payments.services.depositing import abandon, give_up, observe, send_again
from kinline.payments.services.disputing import observe_dispute
from kinline.payments.services.inbox import work_off_all
from kinline.payments.services.refunding import observe_refunds, send_refund
from kinline.payments.services.saving import keep_card_of, observe_saving
from kinline.providers.cards import DisputeState, ProviderError, card_provider

log = structlog.get_logger("payments")

_MINUTE: Final = 60_000
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR

QUIET: Final = _MINUTE
"""Younger payments are left to whoever began them."""
FORM_OPEN: Final = 2 * _HOUR
"""How long a form may wait for its card, also after one that was declined, and a payment for its holder to confirm it
to their bank."""
AT_ONCE: Final = 200


def reconcile(at: Instant) -> int:
    """Ask the provider about everything that is not finished. How many things were dealt with."""
    if card_provider() is None:
        return 0
    quiet = Payment.objects.filter(created_at__lt=at - QUIET)
    again = Q(state=PaymentState.FAILED, way=Way.NEW_CARD, created_at__gt=at - FORM_OPEN)
    open_ones = quiet.filter(Q(state__in=UNFINISHED) | again).select_related("card")
    arrived = quiet.filter(state__in=ARRIVED, save_card=True, card=None, changed_at__gt=at - _DAY)
    under_way = CardRefund.objects.filter(Q(state=RefundState.REQUESTED) | Q(state=RefundState.SENT))
    refunds = under_way.filter(requested_at__lt=at - QUIET).select_related("payment")
    saving = CardSetUp.objects.filter(card=None, created_at__range=(at - FORM_OPEN, at - QUIET)).exclude(provider_id="")
    return (
        work_off_all(at)
        + _in_turn(open_ones, _bring_up_to_date, at)
        + _in_turn(arrived, keep_card_of, at)
        + _in_turn(refunds, _refunded, at)
        + _in_turn(saving, _saved, at)
    )


def reconcile_disputes(at: Instant) -> int:
    """Disputes last for weeks: they are asked about now and then, should a message have been lost."""
    if card_provider() is None:
        return 0
    undecided = Dispute.objects.filter(state__in=(DisputeState.OPEN, DisputeState.INQUIRY))
    return sum(_tried(lambda each, now: observe_dispute(each.provider_id, now), each, at) for each in undecided)


def _in_turn(found: QuerySet[Any], deal: Callable[..., object], at: Instant) -> int:
    """Deal with those that were not asked about for the longest time: whatever stays unfinished, each has its turn."""
    done = 0
    for each in found.order_by("asked_at", "pk")[:AT_ONCE]:
        type(each).objects.filter(pk=each.pk).update(asked_at=at)
        done += _tried(deal, each, at)
    return done


def _bring_up_to_date(payment: Payment, at: Instant) -> None:
    age = at - payment.created_at
    if payment.intent:
        payment = observe(payment.pk, at)
        if payment.state in (PaymentState.CREATED, PaymentState.REQUIRES_ACTION) and age > FORM_OPEN:
            abandon(payment, at)
    elif payment.way == Way.NEW_CARD:
        # Its form was never shown, so nobody can have paid.
        if age > FORM_OPEN:
            give_up(payment.pk, at)
    else:
        send_again(payment, at)


def _refunded(made: CardRefund, at: Instant) -> None:
    if made.state == RefundState.SENT:
        observe_refunds(made.payment, at)
    else:
        send_refund(made, at)


def _saved(saving: CardSetUp, at: Instant) -> None:
    observe_saving(saving.pk, at)


def _tried(deal: Callable[..., object], subject: object, at: Instant) -> bool:
    """One that fails does not keep the others waiting."""
    try:
        deal(subject, at)
    except (ProviderError, PaymentError) as error:
        log.warning("reconcile.not_now", subject=str(subject), said=str(error))
        return False
    return True
