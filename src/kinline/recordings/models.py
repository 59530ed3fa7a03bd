"""Where the recordings of calls lie."""

from django.db import models


class RecordingState(models.TextChoices):
    RUNNING = "running"
    FINISHED = "finished"
    SEALED = "sealed"
    """Its call became privileged: it is kept, and nobody can play it."""
    DESTROYED = "destroyed"


class Recording(models.Model):
    """The sound of one call in one file: left the resident, right the called party."""

    call_id = models.BigIntegerField(unique=True)
    path = models.CharField(max_length=300)
    """Relative to the recordings folder."""
    state = models.CharField(max_length=10, choices=RecordingState)
    started_at = models.BigIntegerField()
    """Instant, milliseconds."""
    finished_at = models.BigIntegerField(null=True, blank=True)
    size = models.BigIntegerField(null=True, blank=True)
    """Bytes."""
    sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.path
