"""What every page knows of the person who reads it."""

from typing import Any

from django.http import HttpRequest

from kinline.web.family.account import customer_of
from kinline.web.staff.access import SEES_CALLS, SEES_PRICES, facilities_where


def reader(request: HttpRequest) -> dict[str, Any]:
    """Which pages are theirs, and which one they are on."""
    user = request.user
    match = request.resolver_match
    return {
        "has_account": customer_of(user) is not None,
        "has_prices": facilities_where(user, SEES_PRICES).exists(),
        "has_facilities": facilities_where(user, SEES_CALLS).exists(),
        "here": match.url_name if match else "",
    }
