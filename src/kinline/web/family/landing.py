"""The landing pages of sections that only lead further, and who is on whose list of contacts."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from kinline.contacts.models import Contact, ContactState
from kinline.web.family.account import customer_of

STANDINGS: dict[ContactState, tuple[str, Any]] = {
    ContactState.APPROVED: ("good", _("Approved: they may call you")),
    ContactState.PENDING: ("now", _("Waiting for the facility’s decision")),
    ContactState.SHARED: ("now", _("Waiting for the facility’s decision")),
}
_NOT: tuple[str, Any] = ("none", _("Not on the list"))
"""What every other state reads as: an order of a court is told to nobody here."""


@dataclass(frozen=True, slots=True)
class Person:
    """A resident at whose facility one of the family's numbers was asked for."""

    name: str
    facility: str
    number: str
    badge: str
    standing: str


@login_required
def contacts(request: HttpRequest) -> HttpResponse:
    """The people who have a number of theirs on their list, or to whose list it was asked to be added."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    numbers = customer.numbers.filter(is_verified=True).values("number")
    found = Contact.objects.filter(number__in=numbers).exclude(state=ContactState.REMOVED)
    people = [
        Person(
            each.resident.name, each.resident.facility.name, each.number, *STANDINGS.get(ContactState(each.state), _NOT)
        )
        for each in found.select_related("resident__facility").order_by("resident__name", "number")
    ]
    return render(request, "kinline/contacts.html", {"people": people})


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """What can be set about the account."""
    if customer_of(request.user) is None:
        return redirect("welcome")
    return render(request, "kinline/settings.html")
