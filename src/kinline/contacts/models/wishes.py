"""What families wish: hours without calls, and the most that may be spent in a day."""

from django.db import models
from django.db.models import Q

from kinline.people.models import Customer, Resident


class QuietHours(models.Model):
    """The hours of the week in which a number wishes no calls, as somebody says who has confirmed it."""

    number = models.CharField(max_length=16, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="quiet_hours")
    windows = models.JSONField()
    """A list of `[weekdays, opens, closes]`: Monday is 0, minutes of the day, into the next one where it closes no
    later than it opens (`core.windows.stretch`)."""
    time_zone = models.CharField(max_length=60)
    """The clock that shows them."""

    def __str__(self) -> str:
        return f"{self.pk} of {self.customer_id}"


class SpendingLimit(models.Model):
    """The most that a customer lets be spent of their money on calls in a day: for one resident, or for all together.

    A day is the one of the facility that is called from. Calls in progress count as if they lasted as long as they may.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="spending_limits")
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.CASCADE, related_name="spending_limits"
    )
    amount = models.BigIntegerField()
    """Microdollars."""
    grants = models.BigIntegerField(default=0)
    """Calls that were authorised within the limit of all together: each asks that it be the next one, so that two at
    once cannot both use the same rest."""

    class Meta:
        constraints = (
            models.UniqueConstraint("customer", "resident", name="spending_limit_once_for_resident"),
            models.UniqueConstraint("customer", condition=Q(resident=None), name="spending_limit_once_for_all"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="spending_limit_is_something"),
        )

    def __str__(self) -> str:
        return f"{self.pk} of {self.customer_id}"
