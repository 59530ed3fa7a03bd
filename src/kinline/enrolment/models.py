"""Claims that wait for their code, what people agreed to, and what they showed. Instants are milliseconds (UTC)."""

from django.db import models
from django.db.models import Q

from kinline.core.identification import Proof, RefusedBecause
from kinline.documents.models import Document
from kinline.facilities.models import Facility
from kinline.people.models import Customer, User


class Purpose(models.TextChoices):
    """What a code brings about."""

    SIGN_UP = "sign_up"
    EMAIL = "email"
    """Another address for signing in and for messages."""
    NUMBER = "number"
    """A number becomes the customer's."""
    PASSWORD = "password"  # noqa: S105 (what it is for)
    """A forgotten password is set anew."""


class Confirmation(models.Model):
    """A code on its way, and what waits for it. The newest of a purpose and claimant counts; it is deleted soon after
    it is over."""

    purpose = models.CharField(max_length=8, choices=Purpose)
    target = models.CharField(max_length=254)
    """The e-mail address, in lower case, or the number, that must be shown to be theirs."""
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="confirmations")
    """Who claims it; None: nobody is known yet."""
    contents = models.JSONField(default=dict)
    """What waits: for a sign-up, the person."""
    code_hash = models.CharField(max_length=64, blank=True)
    """Empty: no code opens it. It is there so that nobody learns from its absence."""
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.BigIntegerField()
    expires_at = models.BigIntegerField()
    used_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(purpose__in=("sign_up", "password")),
                name="confirmation_has_its_claimant",
            ),
        )
        indexes = (models.Index(fields=("expires_at",)),)

    def __str__(self) -> str:
        return f"confirmation/{self.pk}"


class AgreementText(models.Model):
    """A text that somebody accepted, word for word, whatever becomes of the file that it was read from."""

    digest = models.CharField(max_length=64, primary_key=True)
    """SHA-256 (hex) of the text."""
    text = models.TextField()

    def __str__(self) -> str:
        return self.digest


class Acceptance(models.Model):
    """Somebody agreed to something."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acceptances")
    subject = models.CharField(max_length=12)
    """A `agreements.Subject`."""
    version = models.CharField(max_length=10)
    """The day from which the text is in force: `2026-11-01`."""
    language = models.CharField(max_length=2)
    text = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="+")
    at = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint("user", "subject", "version", name="accepted_once"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.version}"


class IdentityRule(models.Model):
    """What a facility, or (without one) the provider, asks families to show. No row: nothing."""

    facility = models.OneToOneField(
        Facility, null=True, blank=True, on_delete=models.CASCADE, related_name="identity_rule"
    )
    proof = models.CharField(max_length=9, choices=[(each.value, each.value) for each in Proof])

    class Meta:
        constraints = (models.UniqueConstraint("proof", condition=Q(facility=None), name="provider_asks_once"),)

    def __str__(self) -> str:
        return self.proof


class CheckState(models.TextChoices):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class IdentityCheck(models.Model):
    """Something that a customer showed: an answer about a resident, or a document that staff decide on."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identity_checks")
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Whose staff decide, and where it counts; none: the provider's, and everywhere."""
    proof = models.CharField(max_length=9, choices=[(each.value, each.value) for each in Proof])
    state = models.CharField(max_length=8, choices=CheckState, default=CheckState.WAITING)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Its pages are gone once it is decided."""
    asked_at = models.BigIntegerField()
    decided_at = models.BigIntegerField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24, blank=True, choices=[(each.value, each.value) for each in RefusedBecause])
    note = models.CharField(max_length=300, blank=True)
    """For staff."""

    class Meta:
        constraints = (
            models.UniqueConstraint("customer", "facility", condition=Q(state="waiting"), name="one_check_waits"),
            models.UniqueConstraint(
                "customer", condition=Q(state="waiting", facility=None), name="one_check_waits_everywhere"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None) | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="decided_check_has_its_time",
            ),
        )
        indexes = (
            models.Index(fields=("asked_at",), condition=Q(state="waiting"), name="identity_checks_waiting"),
            models.Index(fields=("facility", "proof", "asked_at")),
        )

    def __str__(self) -> str:
        return f"identity_check/{self.pk}"
