"""Batches of prepaid cards, the cards, and who guessed. Amounts are whole microdollars, instants milliseconds."""

from django.db import models
from django.db.models import Q

from kinline.ledger.models import Account


class Batch(models.Model):
    """Cards of one value that were made together."""

    amount = models.BigIntegerField()
    """Of each card."""
    count = models.PositiveIntegerField()
    made_by = models.CharField(max_length=100)
    """As in the audit trail: `user/7`."""
    made_at = models.BigIntegerField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0, count__gt=0), name="batch_is_of_something"),)

    def __str__(self) -> str:
        return str(self.pk)


class VoucherState(models.TextChoices):
    MADE = "made"
    """Worth nothing yet."""
    ACTIVE = "active"
    """Sold: whoever types its code gets the money."""
    REDEEMED = "redeemed"
    VOID = "void"
    """Lost, stolen or taken back: worth nothing any more."""


class Voucher(models.Model):
    """A prepaid card. Its code is nowhere: only what the code can be recognised by."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="vouchers")
    number = models.PositiveIntegerField()
    """In the batch, from 1; printed on the card, for selling and for questions."""
    code_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=VoucherState, default=VoucherState.MADE)
    activated_at = models.BigIntegerField(null=True, blank=True)
    redeemed_at = models.BigIntegerField(null=True, blank=True)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="vouchers")
    """Where its money went."""

    class Meta:
        constraints = (
            models.UniqueConstraint("batch", "number", name="voucher_once_in_batch"),
            models.CheckConstraint(
                condition=Q(state=VoucherState.REDEEMED, account__isnull=False, redeemed_at__isnull=False)
                | (~Q(state=VoucherState.REDEEMED) & Q(account=None, redeemed_at=None)),
                name="voucher_redeemed_to_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.serial

    @property
    def serial(self) -> str:
        """What is printed on the card beside the code, and is no secret: `12-0034`."""
        return f"{self.batch_id}-{self.number:04}"

    @property
    def key(self) -> str:
        """Of the ledger's transfer that redeems it."""
        return f"voucher/{self.pk}"


class Guesser(models.Model):
    """Somebody, or somewhere, that codes are tried from: wrong ones are counted, and after some it must wait."""

    who = models.CharField(max_length=100, unique=True)
    """`account/12`, `caller/+15045550123`, `kiosk/3`, `address/192.0.2.7`."""
    failures = models.PositiveIntegerField(default=0)
    last_failure_at = models.BigIntegerField(default=0)
    locked_until = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.failures} by {self.who.partition('/')[0]}"
