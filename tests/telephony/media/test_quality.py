import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony.media.quality import BPL_BARE, delay_impairment, mean_opinion, r_factor

loss = st.floats(0, 1)
delay = st.floats(0, 2000)


@pytest.mark.parametrize(("r", "mos"), [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)])
def test_opinions_are_those_of_the_recommendations_table(r: float, mos: float) -> None:
    """G.107 table B.1."""
    assert mean_opinion(r) == pytest.approx(mos, abs=0.011)


def test_a_clean_line_has_the_default_rating() -> None:
    assert r_factor(loss=0.0, delay_ms=20) == 93.2
    assert mean_opinion(93.2) == pytest.approx(4.41, abs=0.005)


def test_loss_takes_what_the_equipment_impairment_says() -> None:
    """G.107 7-29 by hand: 95 * 1 / (1 + 25.1) = 3.64 and 95 * 1 / (1 + 4.3) = 17.92 for one per cent."""
    assert r_factor(loss=0.01, delay_ms=0) == pytest.approx(93.2 - 3.64, abs=0.01)
    assert r_factor(loss=0.01, delay_ms=0, robustness=BPL_BARE) == pytest.approx(93.2 - 17.92, abs=0.01)


def test_delay_takes_nothing_up_to_100_ms_and_then_what_the_formula_says() -> None:
    """G.107 7-27 by hand for 200 ms, X = 1: 25 * (2**(1/6) - 3 * (1 + 3**-6)**(1/6) + 2) = 3.04."""
    assert delay_impairment(100) == 0.0
    assert delay_impairment(200) == pytest.approx(3.04, abs=0.01)
    assert delay_impairment(400) == pytest.approx(24.0, abs=1.0)


@given(loss, loss, delay, delay)
def test_more_loss_or_delay_never_sounds_better(a: float, b: float, c: float, d: float) -> None:
    assert r_factor(loss=max(a, b), delay_ms=max(c, d)) <= r_factor(loss=min(a, b), delay_ms=min(c, d)) + 1e-9


@given(loss, delay)
def test_every_rating_is_on_its_scale(loss: float, delay: float) -> None:
    r = r_factor(loss=loss, delay_ms=delay)
    assert 0 <= r <= 93.2
    assert 1 <= mean_opinion(r) <= 4.5
