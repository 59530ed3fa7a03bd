"""Subscriptions of payers' accounts, and the use of each in each of its periods."""

from django.db import models
from django.db.models import Q

from kinline.facilities.models import PlanRow
from kinline.ledger.models import Account


class Subscription(models.Model):
    """An account's plan at a facility: at most one at a time. Instants are milliseconds."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="subscriptions")
    plan = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="subscriptions")
    facility_id = models.BigIntegerField()
    """The plan's."""
    began_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("account", "facility_id", condition=Q(ended_at=None), name="one_plan_at_facility"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.plan_id}"


class Use(models.Model):
    """What was talked and paid by a plan in a period; amounts in microdollars, without taxes."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="uses", db_constraint=False)
    period = models.DateField()
    """Its first local day."""
    seconds = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subscription", "period"), name="use_once_in_a_period"),)

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.period}"
