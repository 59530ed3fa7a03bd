"""What the provider tells us by itself: each message taken once, in any order, and never believed but asked about."""

import structlog
from django.db.models import F

from kinline.core.identity import Instant
from kinline.payments.errors import PaymentError
from kinline.payments.models import CardSetUp, InboxMessage, InboxOutcome, Payment
from kinline.payments.services.depositing import apply, ready
from kinline.payments.services.disputing import observe_dispute
from kinline.payments.services.refunding import observe_refunds
from kinline.payments.services.saving import keep_card_of, observe_saving
from kinline.providers.cards import Event, ProviderError, Subject

log = structlog.get_logger("payments")

_AT_ONCE = 200


def take(event: Event, at: Instant) -> InboxMessage:
    """Keep a message, once; `work_off` deals with it. Safe to answer the provider as soon as this returns."""
    message, is_new = InboxMessage.objects.get_or_create(
        provider=ready().name,
        event_id=event.id,
        defaults={
            "kind": event.kind[:80],
            "subject": event.subject.value,
            "subject_id": event.subject_id[:100],
            "reference": event.reference[:64],
            "received_at": at,
        },
    )
    log.info("inbox.taken", event_id=event.id, kind=event.kind, is_new=is_new)
    return message


def work_off(message: InboxMessage, at: Instant) -> InboxMessage:
    """Ask the provider about what a message is about, and bring the books to it. One that is done stays so; one whose
    question the provider does not answer is tried again by the worker."""
    if message.done_at is not None:
        return message
    try:
        message.outcome = _outcome(message, at)
    except ProviderError as error:
        log.warning("inbox.unanswered", event_id=message.event_id, said=str(error))
        if error.is_transient:
            return message
        message.outcome = InboxOutcome.UNKNOWN  # the provider knows of no such thing
    except PaymentError:
        message.outcome = InboxOutcome.REFUSED  # logged where it was found; a person must look
    message.done_at = at
    message.save(update_fields=["outcome", "done_at"])
    return message


def work_off_all(at: Instant) -> int:
    """Every message that is not done yet, the longest waiting first. How many were done."""
    waiting = InboxMessage.objects.filter(done_at=None).order_by(F("received_at").asc())[:_AT_ONCE]
    return sum(work_off(message, at).done_at is not None for message in waiting)


def _outcome(message: InboxMessage, at: Instant) -> InboxOutcome:
    match Subject(message.subject):
        case Subject.PAYMENT:
            is_ours = _payment(message, at)
        case Subject.SET_UP:
            saving = CardSetUp.objects.filter(provider_id=message.subject_id).first()
            is_ours = saving is not None and observe_saving(saving.pk, at) is not None
        case Subject.REFUND:
            payment = Payment.objects.filter(provider=message.provider, intent=message.subject_id).first()
            is_ours = payment is not None and bool(message.subject_id)
            if payment is not None:
                observe_refunds(payment, at)
        case Subject.DISPUTE:
            is_ours = observe_dispute(message.subject_id, at) is not None
        case Subject.OTHER:
            return InboxOutcome.IGNORED
    return InboxOutcome.APPLIED if is_ours else InboxOutcome.UNKNOWN


def _payment(message: InboxMessage, at: Instant) -> bool:
    """By the provider's id, or by ours: a message can be faster than the answer to the request that it is about."""
    payment = Payment.objects.filter(provider=message.provider, intent=message.subject_id).first()
    if payment is None and message.reference:
        payment = Payment.objects.filter(reference=message.reference, intent="").first()
    if payment is None:
        return False
    keep_card_of(apply(payment.pk, ready().intent(message.subject_id), at), at)
    return True
