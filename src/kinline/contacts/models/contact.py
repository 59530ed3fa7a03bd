"""Whom a resident may call."""

from django.db import models
from django.db.models import Q

from kinline.people.models import Customer, Resident, User


class ContactState(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REMOVED = "removed"
    SHARED = "shared"
    """On other residents' lists too; the facility has not agreed to it yet."""
    NO_CONTACT_ORDER = "no_contact_order"
    """A court forbids it."""


class Contact(models.Model):
    """A resident and a number, with the person behind it and the state of the approval."""

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="contacts")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="contacts")
    number = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    relationship = models.CharField(max_length=60)
    state = models.CharField(max_length=16, choices=ContactState, default=ContactState.PENDING)
    state_reason = models.CharField(max_length=200, blank=True)
    speed_dial = models.PositiveSmallIntegerField(null=True, blank=True)
    """The slot the resident dials instead of the number, 1..99."""
    language = models.CharField(max_length=2, default="en")
    """Of the offer and of what else the called party hears."""
    requested = models.DateTimeField(auto_now_add=True)
    decided = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds: its resident was released. Nothing is decided about it until they come back."""

    class Meta:
        constraints = (
            models.UniqueConstraint("resident", "number", name="contact_once"),
            models.UniqueConstraint("resident", "speed_dial", name="speed_dial_once"),
            models.CheckConstraint(condition=Q(speed_dial=None) | Q(speed_dial__range=(1, 99)), name="speed_dial_slot"),
        )
        indexes = (models.Index(fields=("number",)),)

    def __str__(self) -> str:
        return f"{self.resident_id} {self.relationship}"
