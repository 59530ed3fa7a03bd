"""Whose calls nobody may hear: the registry of privileged numbers, kept by two people."""

from django.db import models
from django.db.models import BigIntegerField, F, Q, Value
from django.db.models.functions import Coalesce

from kinline.facilities.models import Agency
from kinline.people.models import Resident, User


class PrivilegeKind(models.TextChoices):
    """Whose number it is."""

    ATTORNEY = "attorney"
    CLERGY = "clergy"
    OMBUDSMAN = "ombudsman"
    CONSULATE = "consulate"
    DOCTOR = "doctor"
    COURT = "court"


class PrivilegedNumber(models.Model):
    """A number of an attorney, chaplain, doctor or court: calls to it have no recorder and no listener.

    Without agency it holds everywhere; with a resident, for calls of that resident only. Never deleted: revoked. Every
    change wakes the switchboards (`facilities.queries.alarms`), whoever makes it.
    """

    number = models.CharField(max_length=16)
    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="privileged_numbers"
    )
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.CASCADE, related_name="privileged_numbers"
    )
    holder = models.CharField(max_length=120)
    kind = models.CharField(max_length=40, choices=PrivilegeKind, default=PrivilegeKind.ATTORNEY)
    is_free = models.BooleanField(default=True)
    evidence = models.CharField(max_length=300, blank=True)
    """What shows that the number is theirs: the roll of the bar with its number, a letter."""
    entered_at = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds."""
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """None: from before the registry was kept by two, or brought by an import."""
    verified = models.DateTimeField(null=True, blank=True)
    """None: not verified yet. It is not privileged, and no call to it is placed (`offer.privileged_unverified`)."""
    verified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds: it counts for nothing from then on."""
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                F("number"),
                Coalesce(F("agency"), Value(0), output_field=BigIntegerField()),
                Coalesce(F("resident"), Value(0), output_field=BigIntegerField()),
                condition=Q(revoked_at=None),
                name="privileged_number_once",
            ),
            # Who entered it cannot be the one who verifies it, and one entered by a person is verified by a person.
            models.CheckConstraint(
                condition=Q(verified=None, verified_by=None)
                | Q(verified__isnull=False, entered_by=None)
                | (Q(verified__isnull=False, verified_by__isnull=False) & ~Q(verified_by=F("entered_by"))),
                name="privilege_verified_by_another",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None, revoked_why="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_why="")),
                name="privilege_revoked_with_reason",
            ),
        )
        indexes = (models.Index(fields=("entered_at",), condition=Q(verified=None), name="privilege_to_verify"),)

    def __str__(self) -> str:
        return self.kind


class PrivilegeRequest(models.Model):
    """Somebody asks, from outside, that their number be put on the registry. It has no effect on any call: staff look
    at it, and enter the number, for somebody else of them to verify."""

    number = models.CharField(max_length=16)
    kind = models.CharField(max_length=40, choices=PrivilegeKind)
    holder = models.CharField(max_length=120)
    organisation = models.CharField(max_length=120, blank=True)
    licence = models.CharField(max_length=60)
    """By which staff find them on an official roll: bar number with its state."""
    email = models.EmailField()
    language = models.CharField(max_length=2, default="en")
    at = models.BigIntegerField()
    """Instant, milliseconds."""
    decided_at = models.BigIntegerField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(
        PrivilegedNumber, null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    """What was entered for it; null when decided: it was refused."""
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(Q(decided_at=None, decided_by=None, entry=None))
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="privilege_request_decided_by_somebody",
            ),
        )
        indexes = (models.Index(fields=("at",), condition=Q(decided_at=None), name="privilege_requests_open"),)

    def __str__(self) -> str:
        return self.kind
