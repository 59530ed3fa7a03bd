"""What switchboards tell of the present. Nothing in here is needed for a call, and losing all of it loses no history.

Instants are milliseconds (UTC). Rows are written apart from the money, in batches.
"""

from django.db import models

from kinline.calls.models import Call
from kinline.facilities.models import Station, Trunk


class Version(models.Model):
    """Row 1: of the latest change of a standing. Row 2: of the latest that was forgotten. Whoever changes standings
    raises row 1 first and so holds it until the commit: versions become visible in their order."""

    value = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.value)


class Standing(models.Model):
    """Where a call stands. Its row outlives the call by minutes, so that whoever watches learns of the end."""

    call = models.OneToOneField(
        Call, primary_key=True, on_delete=models.DO_NOTHING, related_name="standing", db_constraint=False
    )
    version = models.BigIntegerField()
    act = models.CharField(max_length=10)
    """Of `core.callflow.Act`; `end`: it is over."""
    since = models.BigIntegerField()
    """When the act began."""
    ends_at = models.BigIntegerField(null=True)
    """When the talk ends, if the money suffices."""
    mos = models.PositiveSmallIntegerField(null=True)
    """Hundredths, of the leg that sounds worse; null: not measured yet."""

    class Meta:
        indexes = (models.Index(fields=("version",), name="standings_by_version"),)

    def __str__(self) -> str:
        return f"{self.call_id} {self.act}"


class StationState(models.Model):
    """What a switchboard last knew of a station."""

    station = models.OneToOneField(Station, primary_key=True, on_delete=models.CASCADE, related_name="state")
    registered_until = models.BigIntegerField(null=True)
    """In the past: it was registered, and is no more. Null: it never registered."""
    seen_at = models.BigIntegerField(null=True)
    """It registered, renewed or called."""
    called_at = models.BigIntegerField(null=True)
    error = models.CharField(max_length=40, blank=True)
    """The reason of the latest call that failed for the station's sake."""
    error_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.station_id}"


class TrunkState(models.Model):
    """Whether a carrier answers (OPTIONS), as the switchboard that asked last saw it."""

    trunk = models.OneToOneField(Trunk, primary_key=True, on_delete=models.CASCADE, related_name="state")
    asked_at = models.BigIntegerField()
    is_up = models.BooleanField()
    since = models.BigIntegerField()
    """How long it has been up or down."""
    round_trip_ms = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.trunk_id} {'up' if self.is_up else 'down'}"
