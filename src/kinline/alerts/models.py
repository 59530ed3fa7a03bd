"""Balances that are watched. Amounts are microdollars, instants milliseconds (UTC)."""

from django.db import models
from django.db.models import Q

from kinline.ledger.models import Account


class BalanceWatch(models.Model):
    """When a family is told that its balance is low."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="watch")
    threshold = models.BigIntegerField()
    """Less than this is low."""
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    """The threshold is the price of so many minutes, at the dearest of their prices; null: it is money."""
    priced_at = models.BigIntegerField(default=0)
    """When the minutes were last priced."""
    is_armed = models.BooleanField(default=False)
    """The balance was not low since it was last told of."""
    falls = models.PositiveIntegerField(default=0)
    """How often it was told."""

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(threshold__gt=0), name="watch_has_threshold"),)
        indexes = (models.Index(fields=("priced_at",), condition=Q(minutes__isnull=False), name="watches_by_minutes"),)

    def __str__(self) -> str:
        return f"{self.account_id} {self.threshold}"
