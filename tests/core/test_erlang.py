"""Erlang B against the published tables (ITU-D Teletraffic Engineering Handbook, tables of the loss formula)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.erlang import MOST_LINES, blocking, lines_for, offered_of

loads = st.floats(0, 200, allow_nan=False)


@pytest.mark.parametrize(
    ("lines", "offered", "lost"),
    [
        # erlangs that so many lines carry at 1 % and 5 % loss, as the tables print them
        *((1, 0.0101, 0.01), (2, 0.153, 0.01), (5, 1.36, 0.01), (10, 4.46, 0.01), (20, 12.0, 0.01), (50, 37.9, 0.01)),
        *((100, 84.1, 0.01), (1, 0.0526, 0.05), (5, 2.22, 0.05), (10, 6.22, 0.05), (20, 15.2, 0.05), (50, 44.5, 0.05)),
    ],
)
def test_the_tables_say_the_same(lines: int, offered: float, lost: float) -> None:
    assert blocking(offered, lines) == pytest.approx(lost, rel=0.04)
    assert lines_for(offered * 0.99, lost) == lines


@given(st.integers(0, 60), st.floats(0.01, 60))
def test_the_recursion_is_the_formula(lines: int, offered: float) -> None:
    terms = [offered**n / math.factorial(n) for n in range(lines + 1)]
    assert blocking(offered, lines) == pytest.approx(terms[-1] / sum(terms), rel=1e-9)


@given(loads, st.integers(0, 300))
def test_more_lines_lose_less_and_more_load_loses_more(offered: float, lines: int) -> None:
    lost = blocking(offered, lines)
    assert 0 <= lost <= 1
    assert blocking(offered, lines + 1) <= lost
    assert blocking(offered + 1, lines) >= lost


@given(loads, st.floats(0.0001, 0.9))
def test_as_many_lines_as_are_needed_and_not_one_more(offered: float, target: float) -> None:
    lines = lines_for(offered, target)
    assert blocking(offered, lines) <= target
    assert lines == 0 or blocking(offered, lines - 1) > target


@given(st.floats(0, 60), st.integers(1, 60))
def test_what_was_offered_is_found_from_what_was_carried(offered: float, lines: int) -> None:
    carried = offered * (1 - blocking(offered, lines))
    if carried < 0.98 * lines:
        assert offered_of(carried, lines) == pytest.approx(offered, rel=1e-6, abs=1e-9)
    assert offered_of(carried, lines) >= min(carried, 0.99 * lines) * (1 - 1e-9)


@pytest.mark.parametrize(
    "ask", [lambda: blocking(-1, 1), lambda: blocking(1, -1), lambda: blocking(math.inf, 1), lambda: lines_for(1, 0)]
)
def test_nonsense_is_refused(ask) -> None:
    with pytest.raises(ValueError, match=r"erlangs|endless"):
        ask()


def test_the_largest_house_is_reckoned() -> None:
    assert blocking(1900, MOST_LINES) < 0.01
