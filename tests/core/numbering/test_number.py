"""A number is E.164 or it is refused; logs show its last digits only."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.numbering import NotANumber, e164, masked


@pytest.mark.parametrize("text", ["+15045550123", "(504) 555-0123", "1 504 555 0123", "504.555.0123", "5045550123"])
def test_a_north_american_number_is_read_as_people_write_it(text: str) -> None:
    assert e164(text) == "+15045550123"


def test_a_number_abroad_needs_its_plus_sign() -> None:
    assert e164("+52 55 1234 5678") == "+525512345678"
    with pytest.raises(NotANumber):
        e164("52 55 1234 5678")


@pytest.mark.parametrize("text", ["", "911", "+1504555012", "+0123456789", "+1234567890123456", "call me", "+"])
def test_what_is_no_number_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(NotANumber, match="is not a telephone number") as refusal:
        e164(text)
    assert len(text) <= 4 or text not in str(refusal.value)


@given(st.text())
def test_reading_a_number_is_total(text: str) -> None:
    with contextlib.suppress(NotANumber):
        assert e164(text).startswith("+")


def test_a_masked_number_keeps_its_last_four_digits() -> None:
    assert masked("+15045550123") == "...0123"
    assert masked("911") == "..."
