"""What every page knows of the person who reads it."""

from typing import Any

from django.http import HttpRequest

from kinline.notices.queries import unread
from kinline.people.authority import permissions_of
from kinline.web.family.account import customer_of
from kinline.web.family.navigation import SECTIONS, section_of
from kinline.web.staff import navigation as portal
from kinline.web.staff.session import is_of_staff, is_open


def reader(request: HttpRequest) -> dict[str, Any]:
    """Which pages are theirs, and which one they are on."""
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    here: dict[str, Any] = {"here": name, "staff_area": is_of_staff(request.path_info)}
    if not here["staff_area"]:
        customer = customer_of(request.user)
        family = {"sections": SECTIONS, "section": section_of(name)}
        news = 0 if customer is None else unread(customer.user_id)
        return {**here, "has_account": customer is not None, **family, "unread": news}
    permissions = permissions_of(request.user) if is_open(request) else frozenset()
    sections = portal.offered(permissions)
    return {**here, "may": permissions, "staff_sections": sections, "staff_section": portal.section_of(name, sections)}
