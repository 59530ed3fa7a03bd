"""A customer at the provider, and the cards they keep there."""

from kinline.core.identity import Instant
from kinline.payments.models import CardHolder, SavedCard
from kinline.people.models import Customer
from kinline.providers.cards import Card, CardProvider


def provider_customer(provider: CardProvider, customer_id: int) -> str:
    """The provider's id of the customer; they are introduced at the first call. Raises `ProviderError`."""
    holder, _ = CardHolder.objects.get_or_create(customer_id=customer_id)
    if not holder.provider_id:
        email = Customer.objects.select_related("user").get(pk=customer_id).user.email
        # Asked twice at once, the provider gives the same answer to both: the key is the same.
        found = provider.open_customer(f"customer/{holder.reference}", email)
        CardHolder.objects.filter(pk=holder.pk).update(provider_id=found)
        return found
    return holder.provider_id


def keep(customer_id: int, card: Card, at: Instant) -> SavedCard:
    """Remember a card that the provider keeps for this customer; one that was removed stays so."""
    saved, _ = SavedCard.objects.get_or_create(
        provider_id=card.id,
        defaults={
            "customer_id": customer_id,
            "brand": card.brand,
            "last4": card.last4,
            "expiry_month": card.expiry_month,
            "expiry_year": card.expiry_year,
            "saved_at": at,
        },
    )
    return saved
