"""What a minute costs, the taxes on it, what of it is free: rows with the day from which they hold.

Only `facilities.services` writes them: what the law allows cannot be known by a row alone. There is no table and no
column for a fee of any kind (47 CFR 64.6020): a price is for time or for a message.
"""

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
    """A country (`MX`) or the beginning of the numbers it is for (`+5255`); what fits most narrowly counts."""
    effective = models.DateField()
    """The first local day on which it holds, until a later row of the same jurisdiction does."""
    price = models.BigIntegerField()
    """Of a minute of audio or video, or of one message: the provider's, without additive and without taxes."""
    facility_additive = models.BigIntegerField(default=0)
    """On top of it, passed to the facility for its costs (47 CFR 64.6030): its own line and its own account."""
    increment = models.PositiveIntegerField(default=1)
    minimum = models.PositiveIntegerField(default=0)
    termination = models.BigIntegerField(default=0)
    """Abroad: what carriers ask on average for a unit, passed on without markup on top of the cap (FCC 21-60)."""
    agency_price = models.BigIntegerField(default=0)
    """What the agency pays for a unit that is free to the family: at a price of zero, or as one of the free minutes."""
    is_checked = models.BooleanField(default=False)
    """It was held to the cap when it was saved. A row over the cap that never was is a mistake and prices no call."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "facility", "service", "jurisdiction", "destination", "effective", name="tariff_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, facility_additive__gte=0, increment__gte=1), name="tariff_amounts"
            ),
            models.CheckConstraint(condition=Q(termination__gte=0, agency_price__gte=0), name="tariff_costs"),
            models.CheckConstraint(
                condition=Q(termination=0) | Q(jurisdiction="international"), name="termination_is_abroad"
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
    source = models.CharField(max_length=200, blank=True)
    """The law that demands it of the caller."""
    effective = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint("facility", "name", "jurisdiction", "effective", name="tax_once_a_day"),)

    def __str__(self) -> str:
        return self.name


class FreeMinutesRow(models.Model):
    """Talk that costs a resident's family nothing, from a day on, in seconds; null: no allowance of that kind.

    Who pays for it is the `agency_price` of the tariff: nobody, where it is zero.
    """

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="free_minutes_rows")
    effective = models.DateField()
    seconds_per_day = models.PositiveIntegerField(null=True, blank=True)
    seconds_per_week = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint("facility", "effective", name="free_minutes_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.seconds_per_day}/{self.seconds_per_week} from {self.effective}"


class PlanRow(models.Model):
    """An alternate pricing plan (47 CFR 64.6140): so many minutes of talk in a period for at most a price."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="plan_rows")
    name = models.CharField(max_length=60)
    period = models.CharField(max_length=5)
    """A value of `core.tariff.Period`."""
    minutes = models.PositiveIntegerField()
    price = models.BigIntegerField()
    """Microdollars, without taxes: the most that the minutes of a period cost."""
    offered_from = models.DateField()
    offered_until = models.DateField(null=True, blank=True)
    """The last day on which it can be subscribed to; null: until further notice."""

    class Meta:
        constraints = (
            models.UniqueConstraint("facility", "name", name="plan_name_once_in_facility"),
            models.CheckConstraint(
                condition=Q(price__gt=0, minutes__gt=0, period__in=("day", "week", "month")), name="plan_is_something"
            ),
        )

    def __str__(self) -> str:
        return self.name
