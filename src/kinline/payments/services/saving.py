"""Saved cards: entered without a payment, kept after one, removed."""

import structlog
from django.db import transaction

from kinline.core.identity import Instant
from kinline.payments.errors import NotTheirs
from kinline.payments.models import ARRIVED, AutoReload, CardSetUp, Payment, ReloadState, SavedCard
from kinline.payments.services import limits
from kinline.payments.services.depositing import ready
from kinline.payments.services.holders import keep, provider_customer
from kinline.people.models import Customer
from kinline.providers.cards import IntentState, ProviderError, SetUp
from kinline.statements import retried

log = structlog.get_logger("payments")


def begin_saving(customer_id: int, at: Instant, reference: str) -> tuple[CardSetUp, SetUp]:
    """A card that is then entered in the provider's form; the same reference begins the same one.
    Raises `NotTaken`, `NotTheirs`, `ProviderError`."""
    provider = ready()
    saving = _opened(customer_id, at, reference)
    if saving.provider_id:
        return saving, provider.saving(saving.provider_id)
    answer = provider.begin_saving(
        f"{provider.name}/set_up/{saving.reference}", provider_customer(provider, customer_id)
    )
    saving.provider_id = answer.id
    saving.save(update_fields=["provider_id"])
    return saving, answer


@retried
def _opened(customer_id: int, at: Instant, reference: str) -> CardSetUp:
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=customer_id)  # one card of theirs is begun at a time
        earlier = CardSetUp.objects.filter(reference=reference).first()
        if earlier is None:
            limits.check_saving(customer_id, at)
            return CardSetUp.objects.create(reference=reference, customer_id=customer_id, created_at=at, asked_at=at)
        if earlier.customer_id != customer_id:
            raise NotTheirs("another customer's card")
        return earlier


def observe_saving(set_up_id: int, at: Instant) -> CardSetUp:
    """Ask the provider how the saving of a card stands; keep the card when it is done. Raises `ProviderError`."""
    saving = CardSetUp.objects.get(pk=set_up_id)
    if saving.card_id is not None or not saving.provider_id:
        return saving
    provider = ready()
    answer = provider.saving(saving.provider_id)
    if answer.state is IntentState.SUCCEEDED and answer.card:
        saving.card, saving.reason = keep(saving.customer_id, provider.card(answer.card), at), ""
    else:
        saving.reason = answer.failure or ""
    saving.save(update_fields=["card", "reason"])
    return saving


def keep_card_of(payment: Payment, at: Instant) -> Payment:
    """After a payment whose card the customer wished to keep. Raises `ProviderError`; may be tried again."""
    if payment.state not in ARRIVED or not payment.save_card or payment.card_id is not None:
        return payment
    provider = ready()
    intent = provider.intent(payment.intent)
    if intent.card:
        payment.card = keep(payment.customer_id, provider.card(intent.card), at)
        Payment.objects.filter(pk=payment.pk, card=None).update(card=payment.card)
    return payment


def remove_card(customer_id: int, card_id: int, at: Instant) -> None:
    """It is not offered and not charged from now on, and forgotten by the provider; automatic reloads with it stop.
    Raises `NotTheirs`."""
    with transaction.atomic():
        card = SavedCard.objects.select_for_update().filter(pk=card_id, customer_id=customer_id).first()
        if card is None:
            raise NotTheirs("not one of their cards")
        if card.removed_at is None:
            card.removed_at = at
            card.save(update_fields=["removed_at"])
        AutoReload.objects.filter(card=card).update(state=ReloadState.OFF, changed_at=at)
    try:
        ready().forget_card(card.provider_id)
    except ProviderError:
        log.warning("card.not_forgotten", card=card.pk)  # never charged by us, whatever the provider keeps
