"""What staff announce on the phones of a place."""

from django.db import models
from django.db.models import F, Q

from kinline.facilities.models.places import Facility, HousingUnit, Station


class Announcement(models.Model):
    """Said at each off-hook of the place's stations until it expires or is ended; and, where chosen, to the residents
    who talk there when it is made. Kept as what was said. Instants are milliseconds."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="announcements")
    unit = models.ForeignKey(HousingUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="announcements")
    station = models.ForeignKey(Station, null=True, blank=True, on_delete=models.PROTECT, related_name="announcements")
    english = models.CharField(max_length=200, blank=True)
    spanish = models.CharField(max_length=200, blank=True)
    is_said_in_calls = models.BooleanField(default=False)
    made_at = models.BigIntegerField()
    expires_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True, blank=True)
    """Before its time."""
    actor = models.CharField(max_length=60)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(unit=None) | Q(station=None), name="announcement_one_place"),
            models.CheckConstraint(condition=~Q(english="") | ~Q(spanish=""), name="announcement_says_something"),
            models.CheckConstraint(condition=Q(made_at__lt=F("expires_at")), name="announcement_lasts"),
        )
        indexes = (models.Index(fields=("facility", "expires_at"), name="announcements_of_facility"),)

    def __str__(self) -> str:
        return self.english or self.spanish
