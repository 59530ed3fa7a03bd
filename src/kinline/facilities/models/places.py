"""Agency > facility > housing unit > group of stations > station, their hours and their switches."""

from django.db import models
from django.db.models import F, Q


class Switch(models.TextChoices):
    """Whether phones may be used apart from hours: turned by staff at any level, with a reason."""

    ON = "on"
    CUT_OFF = "cut_off"
    LOCKDOWN = "lockdown"


class Ruled(models.Model):
    """A level that says rules of its own, and whose phones staff can turn off; running calls then end too."""

    switch = models.CharField(max_length=10, choices=Switch, default=Switch.ON)
    switch_reason = models.CharField(max_length=200, blank=True)
    calling_rules = models.JSONField(default=dict, blank=True)
    """What this level says, by field of `core.policy.Rules`; read by `facilities.calling_rules`."""

    class Meta:
        abstract = True


class Agency(Ruled):
    """Who runs facilities: a sheriff, a department of corrections."""

    name = models.CharField(max_length=200, unique=True)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


class Facility(Ruled):
    """A jail or prison: one time zone, one set of rules and prices."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="facilities")
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64)
    """An IANA name: `America/Chicago`."""
    number = models.CharField(max_length=16)
    """Its E.164 number: the caller identity of its calls, wherever it lies."""
    state = models.CharField(max_length=2)
    """Where it stands, and so where its calls begin."""
    is_prison = models.BooleanField(default=False)
    average_daily_population = models.PositiveIntegerField()
    """With `is_prison`, what rate caps go by (47 CFR 64.6000)."""
    languages = models.JSONField(default=list)
    """Language codes, the first one the default."""
    call_settings = models.JSONField(default=dict, blank=True)
    """What differs from the defaults of `CallSettings`, by field; read by `facilities.call_settings`."""
    contacts_at_most = models.PositiveSmallIntegerField(null=True, blank=True)
    """How many contacts a resident's list holds."""
    collect_allowance = models.BigIntegerField(default=0)
    """Microdollars that a number without an account may owe for collect calls, and spend on them in 90 days; 0: none
    are offered."""
    pin_tries = models.PositiveSmallIntegerField(default=5)
    """Wrong PINs in a row, over all calls, that lock a PIN."""
    pin_lock_seconds = models.PositiveIntegerField(default=1800)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "facilities"
        constraints = (models.UniqueConstraint("agency", "name", name="facility_name_once_in_agency"),)

    def __str__(self) -> str:
        return self.name


class HousingUnit(Ruled):
    """A part of a facility where residents live and stations hang."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint("facility", "name", name="unit_name_once_in_facility"),)

    def __str__(self) -> str:
        return self.name


class StationGroup(Ruled):
    """Stations of a facility that have rules in common wherever they hang: of the intake, of a yard, of visits."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="station_groups")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint("facility", "name", name="station_group_name_once_in_facility"),)

    def __str__(self) -> str:
        return self.name


class Station(Ruled):
    """A wall phone, kiosk or tablet. Known by SIP credentials or by a trusted address; the password is not stored."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="stations")
    unit = models.ForeignKey(HousingUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="stations")
    group = models.ForeignKey(StationGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="stations")
    name = models.CharField(max_length=60)
    sip_user = models.CharField(max_length=60, unique=True)
    ha1_md5 = models.CharField(max_length=32, blank=True)
    """Lower-case hex of MD5(user:realm:password), RFC 7616."""
    ha1_sha256 = models.CharField(max_length=64, blank=True)
    trusted_address = models.GenericIPAddressField(null=True, blank=True, unique=True)
    """An address that needs no credentials: an analogue gateway that cannot answer a challenge."""
    is_enabled = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """When phones may be used: a span of minutes of the local day on one weekday, of a facility, a unit or a station.

    A level without any row is open whenever the level above it is.
    """

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="hours")
    unit = models.ForeignKey(HousingUnit, null=True, blank=True, on_delete=models.CASCADE, related_name="hours")
    station = models.ForeignKey(Station, null=True, blank=True, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    """0 is Monday."""
    opens = models.PositiveSmallIntegerField()
    """Minute of the day, 0..1439."""
    closes = models.PositiveSmallIntegerField()
    """Minute of the day, 1..1440, not counted; a span over midnight is two rows."""

    class Meta:
        verbose_name_plural = "opening hours"
        constraints = (
            models.CheckConstraint(condition=Q(weekday__lte=6), name="hours_weekday"),
            models.CheckConstraint(condition=Q(opens__lt=F("closes"), closes__lte=1440), name="hours_span"),
            models.CheckConstraint(condition=Q(unit=None) | Q(station=None), name="hours_one_level"),
        )

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"
