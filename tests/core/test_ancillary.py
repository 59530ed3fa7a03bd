"""No fee comes in by calling itself a tax."""

import pytest

from kinline.core.tariff import is_ancillary


@pytest.mark.parametrize(
    "name",
    [
        "Automated payment fee",
        "Live agent fee",
        "Paper bill fee",
        "Single-call fee",
        "Third-party transaction fee",
        "CONVENIENCE",
        "Account maintenance",
        "Regulatory cost recovery fee",
        "Set-up charge",
        "Site commission",
    ],
)
def test_what_the_law_calls_ancillary_and_what_else_providers_have_charged(name: str) -> None:
    assert is_ancillary(name)


@pytest.mark.parametrize(
    "name",
    [
        "Louisiana sales tax",
        "Federal universal service",
        "State 911 fee",
        "Telecommunications relay service",
        "Utility users tax",
        "Gross receipts tax",
        "Franchise fee of the city",
    ],
)
def test_what_laws_demand_of_callers(name: str) -> None:
    assert not is_ancillary(name)
