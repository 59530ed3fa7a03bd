"""Payments by card and what belongs to them. Amounts are whole microdollars, instants milliseconds."""

import secrets
from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from kinline.ledger.models import Account
from kinline.people.models import Customer


def new_reference() -> str:
    """A name for something asked of a provider, before the provider has one: 32 hexadecimal digits."""
    return secrets.token_hex(16)


class CardHolder(models.Model):
    """A customer as the provider knows them; `provider_id` is empty until it has answered."""

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="card_holder")
    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    provider_id = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.provider_id


class SavedCard(models.Model):
    """A card that may be charged again. Never deleted, since payments name it: removed."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cards")
    provider_id = models.CharField(max_length=100, unique=True)
    brand = models.CharField(max_length=30)
    last4 = models.CharField(max_length=4)
    expiry_month = models.PositiveSmallIntegerField()
    expiry_year = models.PositiveSmallIntegerField()
    saved_at = models.BigIntegerField()
    removed_at = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.brand} {self.last4}"


class Way(models.TextChoices):
    """How a payment was made."""

    NEW_CARD = "new_card"
    """Entered in the provider's form."""
    SAVED_CARD = "saved_card"
    RELOAD = "reload"
    """By itself, when the balance had fallen below the threshold."""
    PHONE = "phone"
    """A saved card, by the voice menu."""


class PaymentState(models.TextChoices):
    CREATED = "created"
    """Begun; the provider has no card yet, or has not answered us."""
    REQUIRES_ACTION = "requires_action"
    """The card holder must confirm to their bank."""
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """The last card was declined. One entered in the provider's form may still be followed by another that is not."""
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    """All of it."""
    DISPUTED = "disputed"
    """The bank took it back, for now or for good."""


UNFINISHED = (PaymentState.CREATED, PaymentState.REQUIRES_ACTION, PaymentState.PROCESSING)
ARRIVED = (PaymentState.SUCCEEDED, PaymentState.REFUNDED, PaymentState.DISPUTED)
"""Its money is in the ledger."""


class Payment(models.Model):
    """Money of a customer on its way by card onto an account: their own, or a resident's debit account."""

    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    """Ours: names it in addresses and to the provider, before and after the provider has its own."""
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payments")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="payments")
    amount = models.BigIntegerField()
    pays = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The debt that the money pays as soon as it has arrived (`billing.queries.debts_of`)."""
    way = models.CharField(max_length=10, choices=Way)
    card = models.ForeignKey(SavedCard, null=True, blank=True, on_delete=models.PROTECT, related_name="payments")
    """The saved card that pays, or that was saved with this payment."""
    return_url = models.CharField(max_length=500, blank=True)
    """Where the holder of a saved card comes back to from confirming to their bank; empty: they are away. Kept, for a
    request that is sent again must be the same."""
    save_card = models.BooleanField(default=False)
    provider = models.CharField(max_length=20)
    intent = models.CharField(max_length=100, blank=True)
    """The provider's id; empty until it has answered."""
    state = models.CharField(max_length=15, choices=PaymentState, default=PaymentState.CREATED)
    reason = models.CharField(max_length=40, blank=True)
    """Why it failed: a `core.reasons.Reason` of the stage `pay`."""
    refunded = models.BigIntegerField(default=0)
    """Of the amount: given back to the card, or on the way there."""
    disputed = models.BigIntegerField(default=0)
    """Of the amount: taken back by the bank, for now or for good."""
    created_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()
    asked_at = models.BigIntegerField(default=0)
    """When `reconcile` last asked the provider about it; at first, when it began."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, disputed__gte=0) & Q(amount__gte=F("refunded")),
                name="payment_refunded_at_most_once",
            ),
            models.UniqueConstraint("provider", "intent", condition=~Q(intent=""), name="payment_once_for_intent"),
        )
        indexes = (
            models.Index(fields=("customer", "-created_at"), name="payments_of_customer"),
            models.Index(fields=("account", "way"), name="payments_of_account"),
            models.Index(fields=("created_at",), condition=Q(state__in=UNFINISHED), name="payments_unfinished"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def deposit_key(self) -> str:
        return f"{self.provider}/{self.intent}/deposit"

    @property
    def debt_key(self) -> str:
        """For `billing.services.pay_debt`."""
        return f"payment/{self.reference}"


class RefundState(models.TextChoices):
    REQUESTED = "requested"
    """Taken from the account; the provider has not answered yet."""
    SENT = "sent"
    """The provider is sending it; banks take some days."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """The provider could not; the money is on the account again."""


class CardRefund(models.Model):
    """All or a part of a payment on its way back to the card that it came from."""

    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.REQUESTED)
    provider_id = models.CharField(max_length=100, blank=True)
    requested_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()
    asked_at = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="card_refund_is_positive"),)
        indexes = (
            models.Index(
                fields=("requested_at",), condition=Q(state__in=("requested", "sent")), name="card_refunds_under_way"
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def key(self) -> str:
        """Of the ledger's transfer, and of the request to the provider."""
        return f"{self.payment.provider}/{self.payment.intent}/refund/{self.reference}"


class Dispute(models.Model):
    """A card holder's claim against a payment, for the bank to decide."""

    provider_id = models.CharField(max_length=100, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    amount = models.BigIntegerField()
    frozen = models.BigIntegerField(default=0)
    """How much of it was still on the account, and lies on the account of disputes."""
    state = models.CharField(max_length=8, default="")
    """`providers.cards.DisputeState`; empty: nothing was done yet."""
    cause = models.CharField(max_length=60, blank=True)
    opened_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()

    def __str__(self) -> str:
        return self.provider_id


class CardSetUp(models.Model):
    """A card being saved without a payment."""

    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="card_set_ups")
    provider_id = models.CharField(max_length=100, blank=True)
    card = models.ForeignKey(SavedCard, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40, blank=True)
    created_at = models.BigIntegerField()
    asked_at = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.reference


class ReloadState(models.TextChoices):
    ACTIVE = "active"
    STOPPED = "stopped"
    """By us, after failures; the page says why and how to begin again."""
    OFF = "off"
    """By the customer."""


class AutoReload(models.Model):
    """Add `amount` from a saved card whenever less than `threshold` is free; at most `monthly_ceiling` in a calendar
    month (UTC)."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="auto_reload")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="auto_reloads")
    card = models.ForeignKey(SavedCard, on_delete=models.PROTECT, related_name="auto_reloads")
    threshold = models.BigIntegerField()
    amount = models.BigIntegerField()
    monthly_ceiling = models.BigIntegerField()
    state = models.CharField(max_length=7, choices=ReloadState, default=ReloadState.ACTIVE)
    failures = models.PositiveSmallIntegerField(default=0)
    """In a row."""
    reason = models.CharField(max_length=40, blank=True)
    """Why the last try failed."""
    not_before = models.BigIntegerField(default=0)
    """Instant: after a failure the card rests; at the month's ceiling, until the next month."""
    changed_at = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(threshold__gt=0, amount__gt=0) & Q(monthly_ceiling__gte=F("amount")),
                name="auto_reload_amounts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.state}"


class InboxOutcome(StrEnum):
    """What came of a message of the provider."""

    APPLIED = "applied"
    UNKNOWN = "unknown"
    """About nothing of ours."""
    IGNORED = "ignored"
    """Of no interest."""
    REFUSED = "refused"
    """Not the payment that it says it is: another amount or currency. A person must look."""


class InboxMessage(models.Model):
    """A message of the provider: taken once, whatever the order. Only what it is about is kept, not what it says."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=10)
    subject_id = models.CharField(max_length=100)
    reference = models.CharField(max_length=64, blank=True)
    received_at = models.BigIntegerField()
    done_at = models.BigIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    """An `InboxOutcome`; empty: the provider has not answered what it is about."""

    class Meta:
        constraints = (models.UniqueConstraint("provider", "event_id", name="inbox_message_once"),)
        indexes = (models.Index(fields=("received_at",), condition=Q(done_at=None), name="inbox_not_done"),)

    def __str__(self) -> str:
        return self.event_id


class ProviderMovement(models.Model):
    """A change of our balance at the provider, as it told us; never changed. See `providers.cards.Movement`."""

    provider = models.CharField(max_length=20)
    movement_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=120, db_index=True)
    """Of the transfer that ours is; empty: none should be (the provider's own fees, what goes to our bank)."""
    amount = models.BigIntegerField()
    provider_fee = models.BigIntegerField()
    """What the provider kept: our cost, never a customer's."""
    currency = models.CharField(max_length=3)
    at = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint("provider", "movement_id", name="provider_movement_once"),)

    def __str__(self) -> str:
        return self.movement_id

    @property
    def provider_fee_key(self) -> str:
        return f"{self.provider}/{self.movement_id}/provider_fee"


class BooksCheck(models.Model):
    """That our books and the provider's were compared on a day, and how many differences there were."""

    day = models.DateField(unique=True)
    at = models.BigIntegerField()
    since = models.BigIntegerField()
    until = models.BigIntegerField()
    movements = models.PositiveIntegerField()
    """Of the provider, in that time."""
    differences = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.day} {self.differences}"
