"""What several levels say as one: the tightest of all, as a family reads it before it pays."""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Final, TypeVar

from kinline.core.policy.facts import Level, Rules, Switch

Said = TypeVar("Said")

_SWITCHES: Final = (Switch.ON, Switch.CUT_OFF, Switch.LOCKDOWN)
"""Each graver than the one before."""


def together(levels: Iterable[Rules], level: Level = Level.FACILITY, place: str = "") -> Rules:
    """Rules that allow what all of these allow, and nothing else. They go by the name of one level. Lists of the only
    numbers that may be called (`numbers_allowed`) are left out: no family reads them."""
    return reduce(_both, levels, Rules(level, place))


def _both(one: Rules, other: Rules) -> Rules:
    return Rules(
        one.level,
        one.place,
        switch=max(one.switch, other.switch, key=_SWITCHES.index),
        hours=_where_both(one.hours, other.hours, lambda mine, theirs: mine & theirs),
        own_unit_only=one.own_unit_only or other.own_unit_only,
        list_required=one.list_required or other.list_required,
        barred=_where_both(one.barred, other.barred, lambda mine, theirs: mine | theirs),
        destinations=_where_both(one.destinations, other.destinations, lambda mine, theirs: mine & theirs),
        countries=_where_both(one.countries, other.countries, lambda mine, theirs: mine & theirs),
        numbers_blocked=(*one.numbers_blocked, *other.numbers_blocked),
        maximum_seconds=_where_both(one.maximum_seconds, other.maximum_seconds, min),
        wait_seconds=_where_both(one.wait_seconds, other.wait_seconds, max),
        attempts_per_hour=_where_both(one.attempts_per_hour, other.attempts_per_hour, min),
        calls_per_day=_where_both(one.calls_per_day, other.calls_per_day, min),
        calls_per_week=_where_both(one.calls_per_week, other.calls_per_week, min),
        calls_per_month=_where_both(one.calls_per_month, other.calls_per_month, min),
        seconds_per_day=_where_both(one.seconds_per_day, other.seconds_per_day, min),
        seconds_per_week=_where_both(one.seconds_per_week, other.seconds_per_week, min),
        seconds_per_month=_where_both(one.seconds_per_month, other.seconds_per_month, min),
    )


def _where_both(one: Said | None, other: Said | None, tighter: Callable[[Said, Said], Said]) -> Said | None:
    if one is None or other is None:
        return other if one is None else one
    return tighter(one, other)
