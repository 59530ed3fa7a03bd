"""What every page knows of the person who reads it."""

from typing import Any

from django.http import HttpRequest

from kinline.web.family.account import customer_of
from kinline.web.staff.access import (
    MAKES_VOUCHERS,
    SEES_CALLS,
    SEES_PRICES,
    TAKES_DEPOSITS,
    facilities_where,
    gives_credit,
    has_role,
)


def reader(request: HttpRequest) -> dict[str, Any]:
    """Which pages are theirs, and which one they are on."""
    user = request.user
    match = request.resolver_match
    return {
        "has_account": customer_of(user) is not None,
        "has_prices": facilities_where(user, SEES_PRICES).exists(),
        "has_facilities": facilities_where(user, SEES_CALLS).exists(),
        "has_deposits": has_role(user, TAKES_DEPOSITS),
        "makes_vouchers": has_role(user, MAKES_VOUCHERS),
        "gives_credit": gives_credit(user),
        "here": match.url_name if match else "",
    }
