"""Numbers that a facility, or every facility, treats in its own way."""

from django.db import models
from django.db.models import Q

from kinline.facilities.models.places import Facility


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


class NumberRule(models.Model):
    """A rule for one number, or for all numbers that begin so; without facility, for all of them."""

    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.CASCADE, related_name="number_rules")
    treatment = models.CharField(max_length=10, choices=Treatment)
    number = models.CharField(max_length=16)
    """E.164, or its beginning when `is_prefix`."""
    is_prefix = models.BooleanField(default=False)
    short_code = models.CharField(max_length=6, blank=True)
    """What residents dial for a free number, such as `*77`."""
    note = models.CharField(max_length=200, blank=True)
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("facility", "treatment", "number", name="number_rule_once"),
            models.CheckConstraint(
                condition=Q(short_code="") | Q(treatment=Treatment.FREE, is_prefix=False), name="short_code_is_free"
            ),
        )

    def __str__(self) -> str:
        return f"{self.treatment} {self.number}{'*' if self.is_prefix else ''}"
