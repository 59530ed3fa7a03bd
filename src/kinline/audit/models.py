"""The audit trail: entries that are only ever added, each sealed to the one before."""

from django.db import models


class AuditEvent(models.Model):
    """Who did what to what, and why. `seal` is SHA-256 over this entry and the seal before it.

    Refers to people and things by name (`user/7`, `resident/42`), not by key, so that it outlives them.
    """

    at = models.BigIntegerField()
    """Instant, milliseconds."""
    actor = models.CharField(max_length=100)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=100)
    facility = models.BigIntegerField(null=True, blank=True)
    before = models.TextField(blank=True)
    """JSON."""
    after = models.TextField(blank=True)
    reason = models.CharField(max_length=300, blank=True)
    previous_seal = models.CharField(max_length=64, unique=True)
    """Unique: two entries cannot follow the same one."""
    seal = models.CharField(max_length=64)

    class Meta:
        indexes = (
            models.Index(fields=("subject", "at")),
            models.Index(fields=("actor", "at")),
            models.Index(fields=("facility", "at"), name="audit_of_facility"),
        )

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject}"
