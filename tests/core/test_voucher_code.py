"""A code that was typed wrong is told from one that is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core import voucher_code

codes = st.text("0123456789", min_size=15, max_size=15).map(voucher_code.with_check_digit)


@given(codes)
def test_a_code_is_read_however_its_digits_are_grouped(code: str) -> None:
    assert voucher_code.read(code) == code
    assert voucher_code.read(f" {voucher_code.grouped(code)} ") == code
    assert voucher_code.read("-".join(code)) == code


@given(codes, st.integers(0, 15), st.integers(1, 9))
def test_any_wrong_digit_is_noticed(code: str, place: int, change: int) -> None:
    wrong = str((int(code[place]) + change) % 10)
    assert voucher_code.read(code[:place] + wrong + code[place + 1 :]) is None


@given(codes, st.integers(0, 14))
def test_any_two_swapped_neighbours_are_noticed(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (voucher_code.read(swapped) is None) == (swapped != code)


@pytest.mark.parametrize("text", ["", "1", "0" * 15, "0" * 17, "x" * 16, "１" * 16, "0" * 15 + "a"])
def test_what_is_not_sixteen_digits_is_no_code(text: str) -> None:
    assert voucher_code.read(text) is None
