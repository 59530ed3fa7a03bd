"""A birth date is read whole, is unknown when it is partial, and is refused when it is no day of a lifetime."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.core.birth_date import EARLIEST, NotABirthDate, birth_date

TODAY = date(2026, 11, 26)


@settings(max_examples=40)
@given(st.dates(EARLIEST, TODAY - timedelta(days=1)))
def test_a_day_is_read_however_records_write_it(day: date) -> None:
    american = f"{day.month}/{day.day}/{day.year}"
    for written in (day.isoformat(), american, f"{day:%m/%d/%Y}", f" {day}T00:00:00 ", f"{day} 00:00:00.000"):
        assert birth_date(written, TODAY) == day


@pytest.mark.parametrize(
    "partial",
    [
        *("", "1982", "1982-02", "1982-02-XX", "1982-XX-XX", "1982-xx-xx", "1982-02-00", "1982-00-00"),
        *("XX/XX/1982", "02/XX/1982", "02/1982", "00/00/1982", "XXXX-02-14", "0000-00-00", "XX/XX/XXXX"),
    ],
)
def test_a_partial_date_is_unknown(partial: str) -> None:
    assert birth_date(partial, TODAY) is None


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            "31/05/1990",
            "1990-02-30",
            "02/29/1990",
            "1990-13-XX",
            "1990-05-32",
            "31.05.1990",
            "May 31, 1990",
            "90-05-31",
        ),
        *("19900531", "05/31/90", "1899-12-31", "2026-11-26", "2030-XX-XX", "1990-05-31 12:30", "٠١/٠٢/١٩٩٠"),
    ],
)
def test_what_is_no_day_of_a_lifetime_is_refused(wrong: str) -> None:
    with pytest.raises(NotABirthDate):
        birth_date(wrong, TODAY)
