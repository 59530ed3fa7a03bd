"""Money is exact, in whole microdollars, and rounded in one place, down."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.money import ZERO, Money, MoneyError, round_down

amounts = st.integers(-(10**15), 10**15).map(Money)


@pytest.mark.parametrize(
    ("text", "micros"),
    [("2.10", 2_100_000), ("$2.10", 2_100_000), ("0.0575", 57_500), ("3", 3_000_000), (" 0.000001 ", 1), ("-0", 0)],
)
def test_money_is_read_from_dollars(text: str, micros: int) -> None:
    assert Money.parse(text) == Money(micros)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("0.0000001", "at most 6 decimals"),
        ("-1", "zero or more"),
        ("1,000.00", "digits and a point"),
        ("", "digits and a point"),
        ("1e3", "digits and a point"),
        ("٣", "digits and a point"),
        ("2.", "digits and a point"),
    ],
)
def test_a_text_that_is_no_amount_is_refused_with_the_remedy(text: str, remedy: str) -> None:
    with pytest.raises(MoneyError, match=remedy):
        Money.parse(text)


def test_floats_are_refused_everywhere() -> None:
    with pytest.raises(MoneyError, match="floats cannot hold money"):
        Money.parse(2.1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"Money\.parse"):
        Money(2.1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(1) * 0.5  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(True)


def test_money_mixes_with_money_only() -> None:
    for mixed in (lambda: Money(1) + 1, lambda: Money(1) - 1, lambda: Money(1) * Money(1), lambda: Money(1) < 1):  # type: ignore[operator]
        with pytest.raises(TypeError):
            mixed()


def test_a_negative_amount_is_read_where_one_is_expected() -> None:
    assert Money.parse("-0.50", may_be_negative=True) == -Money.of_cents(50)


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (2_100_000, "$2.10"),
        (0, "$0.00"),
        (57_500, "$0.0575"),
        (-500_000, "-$0.50"),
        (1, "$0.000001"),
        (1_234_567_000_000, "$1,234,567.00"),
    ],
)
def test_money_is_written_with_the_decimals_it_needs(micros: int, text: str) -> None:
    assert str(Money(micros)) == text


@given(amounts)
def test_what_is_written_reads_back_exactly(amount: Money) -> None:
    assert Money.parse(str(amount).replace(",", ""), may_be_negative=True) == amount


@given(amounts, amounts, st.integers(-1000, 1000))
def test_arithmetic_is_that_of_exact_decimals(left: Money, right: Money, times: int) -> None:
    def dollars(amount: Money) -> Decimal:
        return Decimal(amount.micros) / 1_000_000

    assert dollars(left + right) == dollars(left) + dollars(right)
    assert dollars(left - right) == dollars(left) - dollars(right)
    assert left - right == left + -right
    assert left * times == times * left == Money(left.micros * times)
    assert (left < right) == (dollars(left) < dollars(right))
    assert left + ZERO == left


@given(amounts, st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_portion_is_rounded_once_and_never_up(amount: Money, numerator: int, denominator: int) -> None:
    exact = Decimal(amount.micros) * numerator
    portion = amount.portion(numerator, denominator).micros
    assert portion * denominator <= exact < (portion + 1) * denominator


@given(amounts)
def test_cents_follow_the_one_rounding(amount: Money) -> None:
    assert amount.cents == round_down(amount.micros, 10_000)
    assert ZERO <= amount - Money.of_cents(amount.cents) < Money.of_cents(1)


@given(amounts)
def test_up_to_cents_adds_less_than_a_cent_and_leaves_whole_cents_alone(amount: Money) -> None:
    up = amount.up_to_cents
    assert up == Money.of_cents(up.cents) == up.up_to_cents
    assert ZERO <= up - amount < Money.of_cents(1)
