"""The files of transfers that were taken. What they moved is in the ledger; what they could not is kept here."""

from django.db import models

from kinline.facilities.models import Facility


class TransferFile(models.Model):
    """A commissary's file that was taken, with what came of its lines."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="commissary_files")
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    """SHA-256 of its bytes."""
    taken_by = models.CharField(max_length=100)
    """As in the audit trail: `user/7`."""
    at = models.BigIntegerField()
    booked = models.PositiveIntegerField()
    booked_amount = models.BigIntegerField()
    repeated = models.PositiveIntegerField()
    """Lines that had been booked before."""
    refused = models.JSONField(default=list)
    """`{"line": 7, "problem": "resident_unknown", "content": "..."}`: nothing of the file is lost."""

    def __str__(self) -> str:
        return self.name
