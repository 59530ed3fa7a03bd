"""Who wishes no calls."""

from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility
from kinline.people.models import Resident


class BlockedBy(models.TextChoices):
    CALLED_PARTY = "called_party"
    CUSTOMER = "customer"
    FACILITY = "facility"


class Block(models.Model):
    """A number that wishes no calls: of one resident, of one facility, or (neither) of ours at all.

    Never deleted: lifted.
    """

    number = models.CharField(max_length=16)
    resident = models.ForeignKey(Resident, null=True, blank=True, on_delete=models.CASCADE, related_name="blocks")
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.CASCADE, related_name="blocks")
    blocked_by = models.CharField(max_length=14, choices=BlockedBy)
    at = models.BigIntegerField()
    """Instant, milliseconds."""
    call_id = models.BigIntegerField(null=True, blank=True)
    """The call at whose offer it was asked for; counted once."""
    lifted_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint("call_id", name="block_once_for_call"),)
        indexes = (models.Index(fields=("number",), condition=Q(lifted_at=None), name="block_in_force"),)

    def __str__(self) -> str:
        return self.blocked_by
