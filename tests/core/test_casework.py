"""A case: what may happen in which state, and how long an answer is said to take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.casework import (
    ENOUGH,
    FALLBACK,
    OURS,
    QUIET,
    TABLE,
    CaseEvent,
    CaseState,
    NotNow,
    after,
    expected_answer,
    waiting_since,
)
from kinline.core.identity import Instant


def test_every_state_has_its_row_and_every_state_is_reached() -> None:
    assert set(TABLE) == set(CaseState)
    assert {following for row in TABLE.values() for following in row.values()} == set(CaseState)


@given(st.lists(st.sampled_from(CaseEvent), max_size=20))
def test_whatever_happens_a_case_waits_for_one_side_and_ends_for_good(events: list[CaseEvent]) -> None:
    state, since, at = CaseState.OPEN, Instant(0), Instant(0)
    for event in events:
        at = Instant(at + 1000)
        before, waited = state, since
        try:
            state = after(state, event)
        except NotNow:
            continue
        since = waiting_since(state, since, at)
        assert (since is not None) == (state in OURS)
        if before in OURS and state in OURS:
            assert since == waited  # writing again loses no place in the queue
        if before is CaseState.CLOSED:
            assert (event, state) == (CaseEvent.NOTED, CaseState.CLOSED)
        if event is CaseEvent.ANSWERED:
            assert state not in OURS
        if event is CaseEvent.WROTE:
            assert state in OURS


def test_only_what_waits_for_the_family_or_is_decided_falls_silent() -> None:
    assert {state for state in CaseState if CaseEvent.FELL_SILENT in TABLE[state]} == set(QUIET)


@given(st.lists(st.integers(0, 30 * 86_400_000), max_size=40))
def test_the_expected_answer_is_the_median_of_the_recent_ones_rounded_up(waits: list[int]) -> None:
    expected = expected_answer(waits)
    if len(waits) < ENOUGH:
        assert (expected.seconds, expected.is_measured) == (FALLBACK, False)
        return
    assert expected.is_measured
    assert expected.seconds >= 1800
    assert expected.seconds % 1800 == 0
    assert sum(wait <= expected.seconds * 1000 for wait in waits) * 2 >= len(waits)


@pytest.mark.parametrize(
    ("waits", "seconds"), [([0] * 5, 1800), ([3_600_001] * 5, 5400), ([1, 1, 7_200_000] * 3, 1800)]
)
def test_examples_of_expected_answers(waits: list[int], seconds: int) -> None:
    assert expected_answer(waits).seconds == seconds
