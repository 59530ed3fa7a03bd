"""`/facility/set-up/.../copy/`: settings of a sister facility, with what they would change before they do."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kinline.commissioning import copying
from kinline.commissioning.copying import Change, Part
from kinline.facilities.models import Facility
from kinline.web.clock import now
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.set_up import facility_where
from kinline.web.staff.set_up_words import PARTS, change_in_words

NEEDS = {
    Part.RULES: Permission.SET_RULES,
    Part.PRICES: Permission.SET_PRICES,
    Part.CONTACTS: Permission.SET_RULES,
}
"""What copying a part needs at the facility that gets it, besides setting up."""


class _Sister(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, facility: Facility) -> str:
        return f"{facility.name} ({facility.agency.name})"


class CopyForm(forms.Form):
    source = _Sister(Facility.objects.none(), label=_("From"), empty_label=None)
    parts = forms.MultipleChoiceField(label=_("What"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, sisters: QuerySet[Facility], parts: list[Part], data: Any = None) -> None:
        super().__init__(data, initial={"parts": parts})
        self.fields["source"].queryset = sisters  # type: ignore[attr-defined]
        self.fields["parts"].choices = [(part.value, PARTS[part]) for part in parts]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_FACILITIES)
def set_up_copy(request: HttpRequest, facility_id: int) -> HttpResponse:
    """Choose, see what would change, do it."""
    facility = facility_where(request, facility_id)
    sisters = facilities_where(request.user, Permission.SET_UP_FACILITIES).exclude(pk=facility_id)
    parts = [
        part
        for part in Part
        if part not in NEEDS or facilities_where(request.user, NEEDS[part]).filter(pk=facility_id).exists()
    ]
    form = CopyForm(sisters.select_related("agency").order_by("name"), parts, request.POST or None)
    changes = None
    if form.is_valid():
        source, wanted = form.cleaned_data["source"], [Part(each) for each in form.cleaned_data["parts"]]
        if request.POST.get("what") == "copy":
            outcome = copying.copy(source, facility, wanted, f"user/{request.user.pk}", now())
            _tell(request, outcome)
            return redirect("set_up_facility", facility_id)
        changes = [change_in_words(each) for each in copying.changes(source, facility, wanted, now())]
    context = {"facility": facility, "form": form, "changes": changes, "has_sisters": sisters.exists()}
    return render(request, "kinline/set_up_copy.html", context)


def _tell(request: HttpRequest, outcome: tuple[Change, ...]) -> None:
    """What was copied, and what somebody else's change since the look at it forbids."""
    refused = [change_in_words(each) for each in outcome if each.refused]
    done = len(outcome) - len(refused)
    if done or not refused:
        text = ngettext(
            "%(count)s setting was copied, and written down with your name.",
            "%(count)s settings were copied, and written down with your name.",
            done,
        )
        messages.success(request, text % {"count": done})
    for each in refused:
        text = gettext("%(what)s stays as it is. %(why)s")
        messages.error(request, text % {"what": each["what"], "why": each["refused"]})
