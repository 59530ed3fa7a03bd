"""How many phones a number of calls needs: Erlang's loss formula (B; A. K. Erlang 1917, ITU-T E.501, E.520).

Load is in erlangs: hours of talk in an hour, which is also how many phones are busy on average. The formula takes it
that who finds all phones busy goes away. In a housing unit people queue or come back, so that it tells the least that
they wait: a busy unit is worse than it says, never better.
"""

from typing import Final

MOST_LINES: Final = 2000
"""Of any facility or unit; more are not reckoned."""


def blocking(offered: float, lines: int) -> float:
    """The probability, 0..1, that all lines are busy when somebody wants one, under a load of `offered` erlangs.

    Raises `ValueError` for a load or a number of lines below zero.
    """
    _check(offered, lines)
    if offered == 0:
        return 0.0 if lines else 1.0
    lost = 1.0
    for line in range(1, lines + 1):  # B(n) = A B(n-1) / (n + A B(n-1)): no factorial ever overflows
        lost = offered * lost / (line + offered * lost)
    return lost


def lines_for(offered: float, target: float) -> int:
    """The fewest lines with which at most `target` (above 0) of the attempts find all busy; `MOST_LINES` at most."""
    _check(offered, 0)
    if target <= 0:
        raise ValueError("nothing but endless lines blocks nobody")
    if offered == 0:
        return 0 if target >= 1 else 1
    lost, lines = 1.0, 0
    while lost > target and lines < MOST_LINES:
        lines += 1
        lost = offered * lost / (lines + offered * lost)
    return lines


def offered_of(carried: float, lines: int) -> float:
    """The load that must have been offered for `carried` erlangs to be seen on this many lines: what was seen, and
    what was turned away. As good as all lines busy all the time tells nothing: then the load at which 99 % of the lines
    would be busy."""
    _check(carried, lines)
    if carried == 0 or lines == 0:
        return 0.0
    most = min(carried, 0.99 * lines)
    low, high = most, max(2 * lines, 1) * 100.0
    for _ in range(80):
        middle = (low + high) / 2
        if middle * (1 - blocking(middle, lines)) < most:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _check(load: float, lines: int) -> None:
    if not 0 <= load < float("inf") or not 0 <= lines <= MOST_LINES:
        raise ValueError(f"{load} erlangs on {lines} lines")
