"""What is left of a payer's plan."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kinline.core.identity import AccountId, FacilityId, Instant
from kinline.core.money import Money
from kinline.core.numbering import E164, Jurisdiction
from kinline.core.policy import Payer
from kinline.core.tariff import Charge, Period, Plan, PlanStanding, Tariff, charge, standing
from kinline.facilities.queries import Rulebook
from kinline.plans.models import Subscription
from kinline.statements import row

_SQL = """
SELECT s.id, p.name, p.price, p.minutes, p.period, s.plan_id FROM plans_subscription s
JOIN facilities_planrow p ON p.id = s.plan_id
WHERE s.facility_id = %(facility)s AND s.ended_at IS NULL AND s.account_id IN (
  SELECT CAST(%(account)s AS bigint) UNION ALL
  SELECT o.id FROM ledger_account a JOIN ledger_account o ON o.customer_id = a.customer_id WHERE a.id = %(account)s)
ORDER BY CASE WHEN s.account_id = %(account)s THEN 0 ELSE 1 END, s.id LIMIT 1
"""
"""Of the account, or of another of the same customer's: what they pay by a monthly bill, or to a dedicated number, is
on the plan that they have."""

_USED = "SELECT seconds, paid FROM plans_use WHERE subscription_id = %(subscription)s AND period = %(period)s"


def on_plans(payers: Iterable[Payer], rules: Rulebook, number: E164, at: Instant) -> tuple[Payer, ...]:
    """The payers, each with what is left of its plan for a call to this number; plans are for calls within the country.

    Where the facility never offered a plan, nothing is looked up.
    """
    if not rules.plans or rules.jurisdiction(number) is Jurisdiction.INTERNATIONAL:
        return tuple(payers)
    return tuple(replace(payer, plan=standing_of(payer.account, rules, at)) for payer in payers)


def standing_of(account: AccountId, rules: Rulebook, at: Instant) -> PlanStanding | None:
    """What is left of the plan at a facility of who pays from the account; None: no plan, or all of its minutes are
    used."""
    found = row(_SQL, {"account": account, "facility": rules.facility})
    if found is None:
        return None
    subscription, name, price, minutes, period, _ = found
    plan = Plan(name, Money(price), minutes, Period(period))
    first_day = began(plan.period, rules.local_day(at))
    used, paid = _used(subscription, first_day)
    return standing(plan, subscription, used, Money(paid), first_day.isoformat())


def charge_now(tariff: Tariff, seconds: int) -> tuple[Charge, int]:
    """The charge of a call that has ended, by its quote or by what is left of the plan now, whichever is less; and the
    seconds of the plan that are used so far."""
    quoted = charge(tariff, seconds)
    if tariff.plan is None:
        return quoted, 0
    subscription = Subscription.objects.select_related("plan").get(pk=tariff.plan.subscription)
    row_ = subscription.plan
    plan = Plan(row_.name, Money(row_.price), row_.minutes, Period(row_.period))
    used, paid = _used(subscription.pk, date.fromisoformat(tariff.plan.period))
    left = standing(plan, subscription.pk, used, Money(paid), tariff.plan.period)
    return min(quoted, charge(replace(tariff, plan=left), seconds), key=lambda cost: cost.total), used


@dataclass(frozen=True, slots=True)
class Held:
    """A plan that somebody has, and what it used of it in the period that runs; `paid` without taxes."""

    plan_id: int
    facility: FacilityId
    plan: Plan
    began: date
    seconds: int
    paid: Money


def held_by(account: AccountId, rules: Rulebook, at: Instant) -> Held | None:
    """The plan at a facility of who pays from the account."""
    found = row(_SQL, {"account": account, "facility": rules.facility})
    if found is None:
        return None
    subscription, name, price, minutes, period, plan_id = found
    plan = Plan(name, Money(price), minutes, Period(period))
    first_day = began(plan.period, rules.local_day(at))
    seconds, paid = _used(subscription, first_day)
    return Held(plan_id, rules.facility, plan, first_day, seconds, Money(paid))


def began(period: Period, day: date) -> date:
    """The first day of the period in which a local day lies; weeks begin on Mondays."""
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)


def _used(subscription: int, first_day: date) -> tuple[int, int]:
    found = row(_USED, {"subscription": subscription, "period": first_day.isoformat()})
    return (int(found[0]), int(found[1])) if found else (0, 0)
