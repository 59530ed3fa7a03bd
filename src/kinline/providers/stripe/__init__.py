"""Stripe: cards, and the wallets that carry cards (Apple Pay, Google Pay), through its own SDK.

Set up by `KINLINE_STRIPE_KEY`, `KINLINE_STRIPE_PUBLISHABLE_KEY` and `KINLINE_STRIPE_WEBHOOK_SECRET`; Stripe's messages
go to `/webhooks/stripe`. Deleting this folder takes Stripe out of an installation and breaks nothing else.
"""

from kinline.configuration import Configuration
from kinline.providers.cards import CardProvider
from kinline.providers.stripe.provider import Stripe


def open_provider(settings: Configuration) -> CardProvider | None:
    """Stripe, when the installation has a key for it."""
    return Stripe(settings) if settings.stripe_key.get_secret_value() else None
