"""`/facility/contacts/lists/`: how a facility keeps its residents' lists of contacts."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.contacts import services
from kinline.contacts.queries import list_rules
from kinline.contacts.services.keeping import FIELDS
from kinline.core.contacts import Mode
from kinline.facilities.models import Facility
from kinline.web.clock import now
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.contact_words import MODES, SEARCHES
from kinline.web.trail import refuse


class ListsForm(forms.Form):
    mode = forms.ChoiceField(label=_("Who may be called"), choices=list(MODES.items()), widget=forms.RadioSelect)
    search_by = forms.ChoiceField(
        label=_("How families find a resident"), choices=list(SEARCHES.items()), widget=forms.RadioSelect
    )
    contacts_at_most = forms.IntegerField(
        label=_("Contacts on a list, at most (empty: any number)"), required=False, min_value=1, max_value=1000
    )
    approval_days = forms.IntegerField(
        label=_("An approval holds for so many days (empty: until removed)"),
        required=False,
        min_value=1,
        max_value=3650,
    )
    announce_days = forms.IntegerField(
        label=_("Days before its end that the family is told"), min_value=1, max_value=365
    )
    ask_again_days = forms.IntegerField(
        label=_("Days after a refusal until the family may ask again"), min_value=0, max_value=3650
    )
    appeal_days = forms.IntegerField(label=_("Days in which a refusal may be appealed"), min_value=0, max_value=365)
    asks_document = forms.BooleanField(label=_("Families must send a document with a request"), required=False)
    sharing_needs_agreement = forms.BooleanField(
        label=_("A number on another resident’s list needs somebody’s agreement"), required=False
    )
    learns = forms.BooleanField(
        label=_("Where any number may be called: a completed call puts its number on the list"), required=False
    )


@require_safe
@staff_page(Permission.SET_RULES)
def contact_lists(request: HttpRequest) -> HttpResponse:
    """The facilities where this reader sets it; of a single one, its page."""
    facilities = list(facilities_where(request.user, Permission.SET_RULES).order_by("name"))
    if len(facilities) == 1:
        return redirect("contact_lists_of_facility", facilities[0].pk)
    return render(request, "kinline/contact_lists_choice.html", {"facilities": facilities})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_RULES)
def contact_lists_of_facility(request: HttpRequest, facility_id: int) -> HttpResponse:
    """What is saved holds from now on, for every call."""
    facility = _facility(request, facility_id)
    rules = list_rules(facility, now())
    initial = {name: getattr(rules.settings, name) for name in FIELDS}
    form = ListsForm(
        request.POST or None, initial={**initial, "mode": rules.mode.value, "contacts_at_most": rules.at_most}
    )
    if form.is_valid():
        asked: dict[str, Any] = form.cleaned_data
        says = {name: asked[name] for name in FIELDS}
        mode, at_most = Mode(asked["mode"]), asked["contacts_at_most"]
        services.keep_lists(facility, mode, at_most, says, f"user/{request.user.pk}", now())
        messages.success(request, gettext("Saved. It holds from now on."))
        return redirect("contact_lists_of_facility", facility_id)
    return render(request, "kinline/contact_lists.html", {"facility": facility, "form": form})


def _facility(request: HttpRequest, facility_id: int) -> Facility:
    theirs = facilities_where(request.user, Permission.SET_RULES).select_related("agency")
    found = theirs.filter(pk=facility_id).first()
    if found is None:
        refuse(request, f"facility/{facility_id}")
    return found
