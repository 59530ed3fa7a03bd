"""What a minute costs, and the taxes on it: rows with the day from which they hold."""

from django.db import models
from django.db.models import Q

from kinline.facilities.models.places import Facility


class TariffRow(models.Model):
    """The price of a facility's calls of one jurisdiction from a day on. Amounts in microdollars, times in seconds."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="tariff_rows")
    service = models.CharField(max_length=8, default="audio")
    """A value of `core.tariff.Service`."""
    jurisdiction = models.CharField(max_length=20)
    """A value of `core.numbering.Jurisdiction`."""
    destination = models.CharField(max_length=16, blank=True)
    """The beginning of the numbers it is for (`+52`); the longest that fits counts."""
    effective = models.DateField()
    """The first local day on which it holds, until a later row of the same jurisdiction does."""
    price = models.BigIntegerField()
    """Of a minute of audio or video, or of one message: the provider's, without additive and without taxes."""
    facility_additive = models.BigIntegerField(default=0)
    """On top of it, passed to the facility for its costs (47 CFR 64.6030): its own line and its own account."""
    increment = models.PositiveIntegerField(default=1)
    minimum = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "facility", "service", "jurisdiction", "destination", "effective", name="tariff_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, facility_additive__gte=0, increment__gte=1), name="tariff_amounts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.jurisdiction} from {self.effective}"


class TaxRow(models.Model):
    """A tax on calls of a facility, as a share of the charge in parts per million (4.45 % is 44,500)."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="tax_rows")
    name = models.CharField(max_length=60)
    parts_per_million = models.PositiveIntegerField()
    jurisdiction = models.CharField(max_length=20, blank=True)
    """Empty: calls of every jurisdiction."""
    effective = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint("facility", "name", "jurisdiction", "effective", name="tax_once_a_day"),)

    def __str__(self) -> str:
        return self.name
