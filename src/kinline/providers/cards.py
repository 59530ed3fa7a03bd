"""What any provider of card payments does for us, in our words; its folder translates.

A provider never hears more than it needs, and nothing of a card but its last four digits ever reaches us: people type
it into the provider's own form (PCI DSS, SAQ A). Every call that changes something carries a key under which a repeat
does the same thing once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from kinline.configuration import configuration
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason


class ProviderError(Exception):
    """The provider did not do what was asked. `is_transient`: the same request may succeed later, or was done before
    (its answer was lost, its key was used): what came of it must be asked."""

    def __init__(self, message: str, *, is_transient: bool) -> None:
        super().__init__(message)
        self.is_transient = is_transient


class CardDeclined(ProviderError):
    """The card's bank, or the provider, said no. Asking again with the same key gives the same answer."""

    def __init__(self, reason: Reason, code: str, intent: str = "") -> None:
        super().__init__(f"declined: {code}", is_transient=False)
        self.reason = reason
        self.code = code
        self.intent = intent


class BadSignature(Exception):
    """A message that claims to be the provider's and is not, or is too old."""


class IntentState(StrEnum):
    """How far a payment, or the saving of a card, has come at the provider."""

    NEEDS_CARD = "needs_card"
    """No card was given yet, or the last one was declined."""
    NEEDS_ACTION = "needs_action"
    """The card holder must show their bank who they are (3-D Secure)."""
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Card:
    """What may be known of a card."""

    id: str
    brand: str
    last4: str
    expiry_month: int
    expiry_year: int


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment as the provider has it. `reference` is what we gave it; `card` the id of what it was paid with.

    Amounts are dollars, unless `is_in_dollars` says that they are not: then it is none of ours.
    """

    id: str
    state: IntentState
    amount: Money
    reference: str
    client_secret: str = field(repr=False, default="")
    card: str = ""
    failure: Reason | None = None
    action_url: str = ""
    """Where the holder confirms to their bank, when they need no script for it."""
    is_in_dollars: bool = True


@dataclass(frozen=True, slots=True)
class SetUp:
    """The saving of a card without a payment."""

    id: str
    state: IntentState
    client_secret: str = field(repr=False, default="")
    card: str = ""
    failure: Reason | None = None


class RefundState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    id: str
    state: RefundState


class DisputeState(StrEnum):
    INQUIRY = "inquiry"
    """The bank asks; no money was taken."""
    OPEN = "open"
    """The bank took the money until it decides."""
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class DisputeAnswer:
    id: str
    intent: str
    amount: Money
    state: DisputeState
    cause: str


class MovementKind(StrEnum):
    """Why the provider's balance moved."""

    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_RETURNED = "refund_returned"
    """One that could not be sent."""
    DISPUTE = "dispute"
    """Taken by a card's bank, or, when the dispute was won, given back."""
    FEE = "fee"
    """Something that the provider charges us by itself."""
    PAYOUT = "payout"
    """To or from our bank."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of our balance at the provider, before `fee`, which the provider kept of it: positive came to us.

    Amounts are in the currency, 1/1,000,000 of its unit. `intent` and `reference` (ours) name a payment or a refund.
    """

    id: str
    kind: MovementKind
    amount: Money
    fee: Money
    currency: str
    at: Instant
    intent: str = ""
    reference: str = ""
    dispute: str = ""


class Subject(StrEnum):
    """What a message of the provider is about."""

    PAYMENT = "payment"
    SET_UP = "set_up"
    REFUND = "refund"
    DISPUTE = "dispute"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Event:
    """A message of the provider: that something happened to a thing. What it is now, one asks (they come in any order).

    `reference` is the one we gave a payment, where the message tells it.
    """

    id: str
    kind: str
    subject: Subject
    subject_id: str
    reference: str = ""


class CardProvider(Protocol):
    """All may raise `ProviderError`. Amounts are whole cents."""

    name: str
    least: Money
    """The smallest payment that the provider takes."""

    def open_customer(self, key: str, email: str) -> str:
        """The id of a new customer, to whom cards can be saved."""

    def begin(self, key: str, amount: Money, customer: str, reference: str, *, save_card: bool) -> Intent:
        """A payment whose card is entered in the provider's form."""

    def charge(self, key: str, amount: Money, customer: str, card: str, reference: str, *, return_url: str) -> Intent:
        """Charge a saved card. `return_url`: the holder is here, and comes back to it from confirming to their bank;
        empty: they are away. Raises `CardDeclined`."""

    def intent(self, intent_id: str) -> Intent:
        """A payment as it is now."""

    def intent_of(self, customer: str, reference: str) -> Intent | None:
        """The payment that was asked for with this reference, if it has arrived."""

    def cancel(self, key: str, intent_id: str) -> Intent:
        """Give up a payment that has not succeeded; the payment as it is then, which may be paid in that moment."""

    def refund(self, key: str, intent_id: str, amount: Money, reference: str) -> RefundAnswer:
        """Give back all or a part of a payment, to its card."""

    def refund_of(self, intent_id: str, reference: str) -> RefundAnswer | None:
        """The refund that was asked for with this reference, if it has arrived."""

    def begin_saving(self, key: str, customer: str) -> SetUp:
        """A card is saved without a payment: it is entered in the provider's form."""

    def saving(self, set_up_id: str) -> SetUp:
        """The saving of a card as it is now."""

    def card(self, card_id: str) -> Card: ...

    def forget_card(self, card_id: str) -> None:
        """It can never be charged again; one that is gone already is fine."""

    def dispute(self, dispute_id: str) -> DisputeAnswer: ...

    def movements(self, since: Instant, until: Instant) -> Iterator[Movement]:
        """Everything that moved our balance from `since` to before `until`, to the second."""

    def event(self, payload: bytes, signature: str) -> Event:
        """A message of the provider. Raises `BadSignature`, and `ValueError` for one that cannot be read."""

    def page(self) -> "CardPage":
        """What the page with the provider's form needs."""


@dataclass(frozen=True, slots=True)
class CardPage:
    """The provider's script and key for the browser, and the addresses that the page must let it load, send to and
    show in frames."""

    script: str
    publishable_key: str
    may_script: tuple[str, ...]
    may_connect: tuple[str, ...]
    may_frame: tuple[str, ...]


_FOLDERS = ("stripe",)
"""Those that know how to open a provider; a folder that was deleted is passed over."""


@lru_cache(maxsize=1)
def card_provider() -> CardProvider | None:
    """The provider that this installation is set up for; None: it takes no cards."""
    for folder in _FOLDERS:
        module = f"{__package__}.{folder}"
        if find_spec(module) is not None:
            provider: CardProvider | None = import_module(module).open_provider(configuration())
            if provider is not None:
                return provider
    return None
