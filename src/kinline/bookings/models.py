"""What a facility's files mean, and each file that was taken, with what became of every line."""

from django.db import models

from kinline.facilities.models import Facility


class Feed(models.Model):
    """How residents flow in from a facility's jail management system."""

    facility = models.OneToOneField(Facility, on_delete=models.CASCADE, related_name="feed")
    mode = models.CharField(max_length=8, default="changes")
    """`core.custody.Mode` of files that come by folder."""
    mapping = models.JSONField(default=dict, blank=True)
    """As `core.custody.FileMapping`: `{"columns": {...}, "units": {...}, "languages": {...}, "acts": {...}}`."""
    releases_at_most = models.PositiveIntegerField(default=20)
    """How many releases one file may cause before somebody has looked at it."""
    token_hash = models.CharField(max_length=64, blank=True)
    """SHA-256 of the key of its API; empty: none was given."""

    def __str__(self) -> str:
        return str(self.facility)


class Outcome(models.TextChoices):
    TRIAL = "trial"
    """Only shown."""
    APPLIED = "applied"
    REFUSED = "refused"
    """It would have released too many: nothing was done."""


class Import(models.Model):
    """A file that was taken: the report, and the bad lines as they came."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="imports")
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=10)
    """`upload`, `folder`, `api` or `command`."""
    mode = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    """SHA-256 of its bytes."""
    key = models.CharField(max_length=80, blank=True)
    """Of a request that may be repeated."""
    at = models.BigIntegerField()
    taken_by = models.CharField(max_length=100)
    outcome = models.CharField(max_length=8, choices=Outcome)
    counts = models.JSONField(default=dict)
    """By `core.custody.Kind`, and `unchanged`, `bad`, `releases_withheld`."""
    releases_at_most = models.PositiveIntegerField()
    changes = models.JSONField(default=list)
    """`{"kind": "move", "line": 7, "resident_number": "...", "name": "...", "from": "A", "to": "B"}`."""
    bad_lines = models.JSONField(default=list)
    """`{"line": 7, "problem": "unit", "content": [["name", "Bo"], ...]}`, in the order of the file."""

    class Meta:
        constraints = (models.UniqueConstraint("facility", "key", condition=~models.Q(key=""), name="import_key_once"),)
        indexes = (models.Index(fields=("facility", "-at")),)

    def __str__(self) -> str:
        return self.name
