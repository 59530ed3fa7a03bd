"""Whom a resident may call, whose calls nobody may hear, and who wishes no calls."""

from django.db import models
from django.db.models import Q

from kinline.facilities.models import Agency, Facility
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


class PrivilegedNumber(models.Model):
    """A number of an attorney, chaplain, doctor or court: calls to it have no recorder and no listener.

    Without agency it holds everywhere; with a resident, for calls of that resident only.
    """

    number = models.CharField(max_length=16)
    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="privileged_numbers"
    )
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.CASCADE, related_name="privileged_numbers"
    )
    holder = models.CharField(max_length=120)
    kind = models.CharField(max_length=40, default="attorney")
    is_free = models.BooleanField(default=True)
    verified = models.DateTimeField(null=True, blank=True)
    """None: not verified yet. It is not privileged, and no call to it is placed (`offer.privileged_unverified`)."""

    class Meta:
        constraints = (models.UniqueConstraint("number", "agency", "resident", name="privileged_number_once"),)

    def __str__(self) -> str:
        return self.kind


class DedicatedNumber(models.Model):
    """A number of ours that rings a customer's phone, and that only one resident can call: the inventory.

    Without customer it is free to be given. Calls to it are paid from the customer's dedicated account alone.
    """

    number = models.CharField(max_length=16, unique=True)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="dedicated_numbers"
    )
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="dedicated_numbers"
    )
    forwards_to = models.CharField(max_length=16, blank=True)
    """The phone that rings, in E.164: a contact of the resident like any other."""
    given_at = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(customer=None, resident=None, forwards_to="", given_at=None)
                | (Q(customer__isnull=False, resident__isnull=False, given_at__isnull=False) & ~Q(forwards_to="")),
                name="dedicated_number_is_free_or_given",
            ),
        )

    def __str__(self) -> str:
        return self.number


class BlockedBy(models.TextChoices):
    CALLED_PARTY = "called_party"
    CUSTOMER = "customer"
    FACILITY = "facility"


class Block(models.Model):
    """A number that wishes no calls: of one resident, of one facility, or (neither) of ours at all.

    Never deleted: lifted.
    """

    number = models.CharField(max_length=16)
    resident = models.ForeignKey(Resident, null=True, blank=True, on_delete=models.CASCADE, related_name="blocks")
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.CASCADE, related_name="blocks")
    blocked_by = models.CharField(max_length=14, choices=BlockedBy)
    at = models.BigIntegerField()
    """Instant, milliseconds."""
    call_id = models.BigIntegerField(null=True, blank=True)
    """The call at whose offer it was asked for; counted once."""
    lifted_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint("call_id", name="block_once_for_call"),)
        indexes = (models.Index(fields=("number",), condition=Q(lifted_at=None), name="block_in_force"),)

    def __str__(self) -> str:
        return self.blocked_by
