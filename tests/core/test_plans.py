"""Alternate pricing plans (47 CFR 64.6140) and free minutes: they can only make talk cheaper."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.money import ZERO, Money
from kinline.core.tariff import (
    Cap,
    FreeMinutes,
    Period,
    Plan,
    PlanFault,
    PlanStanding,
    Tariff,
    charge,
    faults_of,
    free_minutes_on,
    standing,
)

CAP = Cap(Money.parse("0.13"), date(2026, 4, 6), "the law", Money.parse("0.02"))
PER_MINUTE = Money.parse("0.10")


def a_plan(price: str, minutes: int = 100) -> Plan:
    return Plan("Hundred minutes", Money.parse(price), minutes, Period.MONTH)


@pytest.mark.parametrize(
    ("plan", "faults"),
    [
        (a_plan("6.00"), ()),
        (a_plan("9.999999"), ()),
        (a_plan("10.00"), (PlanFault.SAVES_NOTHING,)),
        (a_plan("13.000001"), (PlanFault.BREAKEVEN_OVER_CAP, PlanFault.SAVES_NOTHING)),
        (a_plan("0"), (PlanFault.NO_PRICE,)),
        (a_plan("1.00", minutes=0), (PlanFault.NO_MINUTES,)),
    ],
)
def test_a_plan_must_be_worth_having_and_its_breakeven_within_the_cap(
    plan: Plan, faults: tuple[PlanFault, ...]
) -> None:
    assert faults_of(plan, PER_MINUTE, CAP) == faults


def test_the_breakeven_is_the_minute_from_which_on_a_plan_saves_money() -> None:
    assert a_plan("6.00").breakeven(PER_MINUTE) == 60
    assert a_plan("6.01").breakeven(PER_MINUTE) == 61
    assert a_plan("6.00").breakeven(ZERO) == 0


calls = st.lists(st.integers(0, 2_000), max_size=30)


@given(calls, st.integers(1, 60), st.integers(1, 5_000_000).map(Money), st.integers(1, 200_000).map(Money))
def test_over_any_calls_of_a_period_a_plan_costs_at_most_its_price_and_never_more_than_was_used(
    calls: list[int], minutes: int, price: Money, per_minute: Money
) -> None:
    plan = Plan("plan", price, minutes, Period.WEEK)
    used, paid, by_the_minute, beyond = 0, ZERO, ZERO, ZERO
    for seconds in calls:
        alone = charge(Tariff(per_minute), seconds).total
        left = standing(plan, 1, used, paid)
        cost = charge(Tariff(per_minute, plan=left), seconds).total
        assert cost <= alone
        outside = max(seconds - (left.seconds_left if left else 0), 0)
        beyond += charge(Tariff(per_minute), outside).total + Money(1)
        used, paid, by_the_minute = used + seconds, paid + cost, by_the_minute + alone
    assert paid <= by_the_minute
    assert paid <= price + beyond


def test_a_standing_is_stored_and_read_back() -> None:
    left = PlanStanding(7, 360, Money.parse("1.25"))
    assert PlanStanding.from_json(left.to_json()) == left
    assert standing(a_plan("6.00"), 7, 100 * 60, ZERO) is None
    assert standing(a_plan("6.00"), 7, 60, Money.parse("7.00")) == PlanStanding(7, 99 * 60, ZERO)


def test_free_minutes_are_what_is_left_of_the_day_and_of_the_week() -> None:
    first = date(2026, 1, 1)
    assert FreeMinutes(first, 600).left(0, 0) == 600
    assert FreeMinutes(first, 600).left(599, 9_999) == 1
    assert FreeMinutes(first, 600, 1_800).left(0, 1_700) == 100
    assert FreeMinutes(first, None, 1_800).left(5_000, 1_700) == 100
    assert FreeMinutes(first, 600).left(601, 0) == 0
    assert FreeMinutes(first).left(0, 0) == 0


def test_the_latest_allowance_in_force_counts_and_can_end_it() -> None:
    known = (FreeMinutes(date(2026, 1, 1), 600), FreeMinutes(date(2026, 7, 1)))
    assert free_minutes_on(date(2025, 12, 31), known) is None
    assert free_minutes_on(date(2026, 6, 30), known) == known[0]
    assert free_minutes_on(date(2026, 7, 1), known) is None
