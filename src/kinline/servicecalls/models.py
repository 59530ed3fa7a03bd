"""Service calls: ordered, taken up, over. Instants are milliseconds."""

from django.db import models
from django.db.models import Q

from kinline.core.servicecall.course import Kind, Outcome, Stage
from kinline.people.models import Customer


class ServiceCall(models.Model):
    """A call that the platform places to a family, from its order to its end. At most one at a time to a number."""

    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Kind])
    number = models.CharField(max_length=16)
    language = models.CharField(max_length=2)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="service_calls"
    )
    """Whose page shows it; None: nobody's (a number that is not confirmed yet)."""
    asked_by = models.CharField(max_length=100)
    """Whose orders are counted together: `user/7`."""
    address = models.CharField(max_length=45, blank=True)
    """The network address that asked."""
    sealed = models.CharField(max_length=300, blank=True)
    """The code that is to be spoken, sealed; empty once the call is over."""
    stage = models.CharField(
        max_length=12, choices=[(stage.value, stage.value) for stage in Stage], default=Stage.ORDERED.value
    )
    outcome = models.CharField(
        max_length=12, blank=True, choices=[(outcome.value, outcome.value) for outcome in Outcome]
    )
    ordered_at = models.BigIntegerField()
    due_by = models.BigIntegerField()
    """When it counts as not taken, or, once taken, as lost."""
    switchboard = models.CharField(max_length=100, blank=True)
    """Which one took it; only it may write what becomes of it."""
    call_id = models.BigIntegerField(null=True, blank=True)
    """Of its time line."""
    result = models.JSONField(null=True, blank=True)
    """What a test of their phone found, by field of `core.servicecall.findings.LineResult`."""
    ended_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("number", condition=~Q(stage=Stage.OVER.value), name="one_service_call_at_a_time"),
            models.CheckConstraint(
                condition=Q(stage=Stage.OVER.value, ended_at__isnull=False) & ~Q(outcome="")
                | (~Q(stage=Stage.OVER.value) & Q(ended_at=None, outcome="")),
                name="service_call_over_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.CODE.value) | Q(customer__isnull=False), name="service_call_is_somebody_s"
            ),
            models.CheckConstraint(condition=~Q(stage=Stage.OVER.value) | Q(sealed=""), name="said_code_is_forgotten"),
        )
        indexes = (
            models.Index(fields=("ordered_at",), condition=Q(stage="ordered"), name="service_call_waiting"),
            models.Index(fields=("number", "ordered_at")),
            models.Index(fields=("asked_by", "ordered_at")),
            models.Index(fields=("address", "ordered_at")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
