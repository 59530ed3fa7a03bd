"""Money back to the card that it came from."""

import structlog
from django.db import transaction

from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import AccountKind
from kinline.ledger.postings import Order
from kinline.payments.errors import NotRefundable
from kinline.payments.models import CardRefund, Payment, PaymentState, RefundState
from kinline.payments.queries import left_to_refund
from kinline.payments.services.depositing import ready
from kinline.providers import cards
from kinline.providers.cards import ProviderError, RefundAnswer
from kinline.statements import retried

log = structlog.get_logger("payments")

_STATES = {
    cards.RefundState.PENDING: RefundState.SENT,
    cards.RefundState.SUCCEEDED: RefundState.SUCCEEDED,
    cards.RefundState.FAILED: RefundState.FAILED,
}


def refund(payment_id: int, amount: Money, at: Instant, *, reference: str = "") -> CardRefund:
    """Give back all or a part of a payment; `reference`: the same one refunds once.

    The money leaves the account at once. Raises `NotRefundable`; `ledger.services.NotEnough` when it was spent.
    """
    return send_refund(request_refund(payment_id, amount, at, reference=reference), at)


@retried
def request_refund(payment_id: int, amount: Money, at: Instant, *, reference: str = "") -> CardRefund:
    """Write a refund down and take the money off the account, which may be a part of the caller's transaction; the
    provider is told by `send_refund` after it, or by `reconcile`. Raises as `refund`."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        earlier = CardRefund.objects.filter(reference=reference).first() if reference else None
        if earlier is not None:
            if (earlier.payment_id, earlier.amount) != (payment_id, amount.micros):
                raise NotRefundable("this reference names another refund")
            return earlier
        left = left_to_refund(payment)
        if amount <= ZERO or amount.micros % 10_000:
            raise ValueError(f"a card is given back whole cents and more than nothing, not {amount}")
        if amount > left:
            raise NotRefundable(f"{left} of this payment can be given back to its card, not {amount}")
        made = CardRefund(payment=payment, amount=amount.micros, requested_at=at, changed_at=at, asked_at=at)
        if reference:
            made.reference = reference
        ledger.transfer(_order(made), at)
        made.save()
        payment.refunded += amount.micros
        _set_state(payment, at)
    return made


def send_refund(made: CardRefund, at: Instant) -> CardRefund:
    """Tell the provider; when it does not answer, `reconcile` tells it again."""
    if made.state not in (RefundState.REQUESTED, RefundState.SENT):
        return made
    provider = ready()
    try:
        answer = provider.refund_of(made.payment.intent, made.reference)
        if answer is None:
            answer = provider.refund(made.key, made.payment.intent, Money(made.amount), made.reference)
    except ProviderError as error:
        if error.is_transient:
            log.warning("refund.unanswered", refund=made.reference)
            return made
        log.error("refund.refused", refund=made.reference, said=str(error))
        return _apply(made.pk, RefundAnswer("", cards.RefundState.FAILED), at)
    return _apply(made.pk, answer, at)


@retried
def _apply(refund_id: int, answer: RefundAnswer, at: Instant) -> CardRefund:
    """Bring a refund to the provider's state; a failed one is on the account again, also days after it was sent."""
    with transaction.atomic():
        made = CardRefund.objects.select_for_update().get(pk=refund_id)
        payment = Payment.objects.select_for_update().get(pk=made.payment_id)
        made.payment = payment
        state = _STATES[answer.state]
        if made.state in (state, RefundState.FAILED):
            return made
        if state is RefundState.FAILED:
            ledger.reverse(made.key, at)
            payment.refunded -= made.amount
            _set_state(payment, at)
        made.state, made.changed_at = state, at
        made.provider_id = made.provider_id or answer.id
        made.save()
        log.info("refund.changed", refund=made.reference, state=made.state)
    return made


def observe_refunds(payment: Payment, at: Instant) -> None:
    """Ask the provider about the refunds of a payment, also those that it said were done. Raises `ProviderError`."""
    for made in payment.refunds.exclude(state=RefundState.FAILED):
        answer = ready().refund_of(payment.intent, made.reference)
        if answer is not None:
            _apply(made.pk, answer, at)


def _set_state(payment: Payment, at: Instant) -> None:
    if payment.state != PaymentState.DISPUTED:
        is_all = payment.refunded == payment.amount
        payment.state = PaymentState.REFUNDED if is_all else PaymentState.SUCCEEDED
    payment.changed_at = at
    payment.save()


def _order(made: CardRefund) -> Order:
    return Order(
        made.key,
        AccountId(made.payment.account_id),
        books.house_account(AccountKind.CLEARING),
        Money(made.amount),
        "refund",
    )
