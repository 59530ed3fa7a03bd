"""What stands in an address instead of a row's number finds nothing, and breaks no page."""

import pytest

from kinline.people.models import Role
from kinline.web.row_numbers import row_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("17", 17),
        ("0", 0),
        ("", 0),
        ("-1", 0),
        ("²", 0),
        ("١٢", 0),
        ("1e3", 0),
        ("9" * 18, int("9" * 18)),
        ("9" * 19, 0),
    ],
)
def test_only_plain_digits_that_fit_a_key_are_a_number(text: str, number: int) -> None:
    assert row_number(text) == number


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("mother", "/account/refunds/?refund=²"),
        ("finance", "/provider/unclaimed/?report=²"),
        ("finance", "/provider/refunds/?file=²"),
        ("auditor", "/facility/audit/?actor=user/²"),
    ],
)
def test_a_page_whose_number_is_none_is_shown_or_not_found(town, signed_in, who: str, path: str) -> None:
    user = (
        town.mother
        if who == "mother"
        else town.staff(Role.FINANCE if who == "finance" else Role.PLATFORM_ADMINISTRATOR)
    )
    assert signed_in(user).get(path).status_code < 500
