"""What levels say about calling and when they turned phones off, as rows that stay; and numbers treated in a way of
their own."""

from django.db import models
from django.db.models import Q

from kinline.facilities.models.places import Agency, Facility


class RuledLevel(models.TextChoices):
    """The levels whose rules are stored: values of `core.policy.Level`."""

    AGENCY = "agency"
    FACILITY = "facility"
    UNIT = "unit"
    STATION_GROUP = "station_group"
    STATION = "station"
    RESIDENT = "resident"


class RuleRow(models.Model):
    """All that one level says from an instant on. A change is another row: what was decided before stays explained.

    Before its first row a level says what its place or resident holds (`calling_rules`, opening hours). What is said of
    residents is kept with them too (`calling_rules.LATER`), for the decision that reads nothing else of them.
    """

    level = models.CharField(max_length=13, choices=RuledLevel)
    place = models.BigIntegerField()
    """The key of the agency, facility, unit, group, station or resident."""
    says = models.JSONField(default=dict)
    """By field of `core.policy.Rules`, hours and days out of turn included; read by `facilities.calling_rules`."""
    effective = models.BigIntegerField()
    """The first instant at which it holds; of rows of one instant, the one written last."""
    written_at = models.BigIntegerField()
    actor = models.CharField(max_length=60)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=("level", "place", "effective"), name="rules_of_place"),)

    def __str__(self) -> str:
        return f"{self.level}/{self.place} from {self.effective}"


class Switching(models.Model):
    """Phones of a place were turned off, or on again; the last row of a place says how its switch came to stand."""

    level = models.CharField(max_length=13, choices=RuledLevel)
    place = models.BigIntegerField()
    at = models.BigIntegerField()
    switch = models.CharField(max_length=10)
    """A value of `core.policy.Switch`."""
    signal_seconds = models.PositiveSmallIntegerField(default=0)
    """How long calls in progress go on after a time signal; 0: they end at once."""
    actor = models.CharField(max_length=60)
    why = models.CharField(max_length=200)

    class Meta:
        indexes = (models.Index(fields=("level", "place", "at"), name="switchings_of_place"),)

    def __str__(self) -> str:
        return f"{self.switch} at {self.at}"


class RuleTrial(models.Model):
    """A question before rules are said: which attempts of the past would have been decided otherwise. The worker
    answers it; what it found is kept so that the answer can be looked at again."""

    level = models.CharField(max_length=13, choices=RuledLevel)
    place = models.BigIntegerField()
    says = models.JSONField(default=dict)
    asked_at = models.BigIntegerField()
    actor = models.CharField(max_length=60)
    since = models.BigIntegerField()
    until = models.BigIntegerField()
    done = models.PositiveIntegerField(default=0)
    """Attempts looked at so far, of `total`."""
    total = models.PositiveIntegerField(default=0)
    worked_on_at = models.BigIntegerField(null=True)
    """Its worker's last sign of life."""
    outcome = models.JSONField(null=True)
    """Of `calls.simulation.Outcome`; null: not known yet."""

    def __str__(self) -> str:
        return f"{self.level}/{self.place}: {self.done} of {self.total}"


class Treatment(models.TextChoices):
    """What is done with a number; a refusal names its reason."""

    FREE = "free"
    """A hotline: no contact needed, nobody pays."""
    BLOCKED = "blocked"
    """policy.number_blocked_facility"""
    SECURITY = "security"
    """policy.number_blocked_security"""
    STAFF = "staff"
    """policy.staff_number"""
    VICTIM = "victim"
    """policy.victim"""
    FORMER_STAFF = "former_staff"
    """Shown to who decides about a contact; stops no call."""


class NumberRule(models.Model):
    """A rule for one number, or for all numbers that begin so: of a facility, of all facilities of an agency, or
    (without both) of everybody."""

    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.CASCADE, related_name="number_rules")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="number_rules")
    treatment = models.CharField(max_length=12, choices=Treatment)
    number = models.CharField(max_length=16)
    """E.164, or its beginning when `is_prefix`."""
    is_prefix = models.BooleanField(default=False)
    short_code = models.CharField(max_length=6, blank=True)
    """What residents dial for a free number, such as `*77`."""
    note = models.CharField(max_length=200, blank=True)
    review_on = models.DateField(null=True, blank=True)
    put_by = models.CharField(max_length=60, blank=True)
    """Who put it there: `user/7`."""
    put_at = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds."""

    class Meta:
        constraints = (
            models.UniqueConstraint("facility", "treatment", "number", name="number_rule_once"),
            models.UniqueConstraint("agency", "treatment", "number", name="number_rule_once_in_agency"),
            models.CheckConstraint(condition=Q(facility=None) | Q(agency=None), name="number_rule_of_one_level"),
            models.CheckConstraint(
                condition=Q(short_code="") | Q(treatment=Treatment.FREE, is_prefix=False), name="short_code_is_free"
            ),
        )

    def __str__(self) -> str:
        return f"{self.treatment} {self.number}{'*' if self.is_prefix else ''}"
