"""Kiosks, what they asked, and the cash they took. Amounts are whole microdollars, instants milliseconds."""

from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility
from kinline.ledger.models import Account
from kinline.ledger.postings import reversal_of

NEVER_REFUSED = 50_000_000
"""47 CFR 64.6100: a provider may not refuse a deposit of up to $50 in one transaction."""


class Kiosk(models.Model):
    """A machine, or a counter in a lobby, that takes money at one facility."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="kiosks")
    name = models.CharField(max_length=60)
    key_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of its key, which is 256 bits of chance: no slower hash is needed."""
    deposit_most = models.BigIntegerField(default=300_000_000)
    """Of one deposit."""
    made_at = models.BigIntegerField()
    revoked_at = models.BigIntegerField(null=True, blank=True)
    last_used_at = models.BigIntegerField(null=True, blank=True)
    requests = models.PositiveIntegerField(default=0)
    """In the minute of `last_used_at`."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "facility", "name", condition=Q(revoked_at=None), name="kiosk_name_once_in_facility"
            ),
            models.CheckConstraint(condition=Q(deposit_most__gte=NEVER_REFUSED), name="kiosk_takes_what_the_law_says"),
        )

    def __str__(self) -> str:
        return self.name


class KioskRequest(models.Model):
    """What a kiosk asked to be done under an idempotency key, and what it was answered."""

    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT, related_name="asked")
    key = models.CharField(max_length=64)
    inputs = models.CharField(max_length=64)
    """Keyed hash of the question, which may hold a voucher's code."""
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True)
    """JSON."""
    at = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint("kiosk", "key", name="kiosk_request_once"),)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.key}"


class CashDeposit(models.Model):
    """Cash that a kiosk took."""

    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT, related_name="deposits")
    receipt_number = models.CharField(max_length=40)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="cash_deposits")
    amount = models.BigIntegerField()
    at = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint("kiosk", "receipt_number", name="cash_deposit_once_for_receipt"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cash_deposit_is_positive"),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """Of the ledger's transfer."""
        return f"kiosk/{self.kiosk_id}/{self.receipt_number}"

    @property
    def reversal_key(self) -> str:
        """Of the transfer that undoes it."""
        return reversal_of(self.key)
