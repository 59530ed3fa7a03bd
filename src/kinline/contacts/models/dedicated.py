"""Numbers of ours that ring a customer."""

from django.db import models
from django.db.models import Q

from kinline.people.models import Customer, Resident


class DedicatedNumber(models.Model):
    """A number of ours that rings a customer's phone, and that only one resident can call: the inventory.

    Without customer it is free to be given. Calls to it are paid from the customer's dedicated account alone.
    """

    number = models.CharField(max_length=16, unique=True)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="dedicated_numbers"
    )
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="dedicated_numbers"
    )
    forwards_to = models.CharField(max_length=16, blank=True)
    """The phone that rings, in E.164: a contact of the resident like any other."""
    given_at = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(customer=None, resident=None, forwards_to="", given_at=None)
                | (Q(customer__isnull=False, resident__isnull=False, given_at__isnull=False) & ~Q(forwards_to="")),
                name="dedicated_number_is_free_or_given",
            ),
        )

    def __str__(self) -> str:
        return self.number
