"""Subscribing to a plan and cancelling it; and counting a call against it, within the call's own settlement."""

from datetime import date

from django.db import IntegrityError, transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import AccountId, FacilityId, Instant
from kinline.core.tariff import Charge, Tariff
from kinline.facilities.models import PlanRow
from kinline.facilities.queries import rulebook, stamp
from kinline.plans.models import Subscription
from kinline.plans.queries import charge_now
from kinline.statements import Statement


class PlanError(Exception):
    """Nothing was changed."""


class NotOffered(PlanError):
    """No such plan can be subscribed to today."""


class HasAnotherPlan(PlanError):
    """The account has a plan at this facility already: cancel that one first."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__(f"account {subscription.account_id} has the plan {subscription.plan.name}")
        self.subscription = subscription


def subscribe(account: AccountId, plan: int, actor: str, at: Instant) -> Subscription:
    """Calls that the account or another of its customer's pays for are charged by the plan from the next one on.
    Costs nothing by itself.

    Asked again, the same subscription is given. Raises `NotOffered`, `HasAnotherPlan`.
    """
    row = PlanRow.objects.filter(pk=plan).first()
    if row is None or not _is_offered(row, rulebook(FacilityId(row.facility_id), stamp()).local_day(at)):
        raise NotOffered(plan)
    try:
        with transaction.atomic():
            subscription, is_new = Subscription.objects.get_or_create(
                account_id=account, plan=row, facility_id=row.facility_id, ended_at=None, defaults={"began_at": at}
            )
            if is_new:
                _write_down(subscription, Action.PLAN_SUBSCRIBED, actor, at)
            return subscription
    except IntegrityError:
        other = Subscription.objects.select_related("plan").get(
            account_id=account, facility_id=row.facility_id, ended_at=None
        )
        raise HasAnotherPlan(other) from None


def cancel(account: AccountId, plan: int, actor: str, at: Instant) -> None:
    """The next call is charged by the minute again; nothing is owed, and nothing to be given back. Idempotent."""
    with transaction.atomic():
        for subscription in Subscription.objects.filter(account_id=account, plan_id=plan, ended_at=None):
            subscription.ended_at = at
            subscription.save(update_fields=["ended_at"])
            _write_down(subscription, Action.PLAN_CANCELLED, actor, at)


_COUNT = """
INSERT INTO plans_use (subscription_id, period, seconds, paid)
VALUES (%(subscription)s, %(period)s, %(seconds)s, %(paid)s)
ON CONFLICT (subscription_id, period) DO UPDATE SET seconds = plans_use.seconds + excluded.seconds,
  paid = plans_use.paid + excluded.paid
WHERE plans_use.seconds = %(seen)s
"""


def settled(tariff: Tariff, seconds: int) -> tuple[Charge, Statement]:
    """The charge of a call by a plan, and the statement that counts it, for the transaction that settles the call.

    The charge is what was quoted, or less where another call of the same plan was settled in the meantime and brought
    it nearer to its ceiling. When one is settled at the same moment, the statement touches no row.
    """
    cost, seen = charge_now(tariff, seconds)
    standing = tariff.plan
    if standing is None:
        raise ValueError("this is a call by the minute")
    values = {
        "subscription": standing.subscription,
        "period": standing.period,
        "seconds": cost.billed_seconds,
        "paid": cost.net.micros,
        "seen": seen,
    }
    return cost, Statement(_COUNT, values)


def _is_offered(row: PlanRow, today: date) -> bool:
    return row.offered_from <= today and (row.offered_until is None or today <= row.offered_until)


def _write_down(subscription: Subscription, action: Action, actor: str, at: Instant) -> None:
    audit.record(
        actor,
        action,
        f"account/{subscription.account_id}",
        at,
        facility=FacilityId(subscription.facility_id),
        after={"plan": subscription.plan.name, "subscription": subscription.pk},
    )
