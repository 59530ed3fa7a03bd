"""What a facility says about visits, in its own words."""

from django.db import models

from kinline.facilities.models.places import Facility


class VisitingRules(models.Model):
    """The text that families read, in one language. A facility that said nothing has no row."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="visiting_rules")
    language = models.CharField(max_length=2)
    text = models.TextField(max_length=4000)

    class Meta:
        constraints = (models.UniqueConstraint("facility", "language", name="visiting_rules_once_in_language"),)

    def __str__(self) -> str:
        return f"{self.facility_id} {self.language}"
