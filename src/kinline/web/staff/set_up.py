"""`/facility/set-up/`: from nothing to a first test call. Which steps are done is derived from what is stored."""

from typing import Any, cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kinline.commissioning.queries import site_of
from kinline.core.commissioning import Step, lacking, steps_done
from kinline.core.identity import Instant
from kinline.facilities.models import Agency, Facility
from kinline.facilities.services import NotAPlace, make_agency, make_facility
from kinline.people.authority import roles_of
from kinline.people.models import PROVIDER_ROLES, User
from kinline.people.permissions import GRANTS
from kinline.web.clock import now
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.set_up_forms import NewFacilityForm
from kinline.web.staff.set_up_words import NOT_A_PLACE, STEPS, finding_in_words
from kinline.web.trail import refuse


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_FACILITIES)
def set_up(request: HttpRequest) -> HttpResponse:
    """The facilities that this reader sets up, and a form for a new one in an agency that is theirs."""
    agencies, may_add = agencies_of(cast(User, request.user))
    form = NewFacilityForm(agencies, may_add)
    if request.method == "POST":
        if not (agencies or may_add):
            refuse(request, "set-up")
        form = NewFacilityForm(agencies, may_add, request.POST)
        if form.is_valid():
            try:
                made = _made(form, f"user/{request.user.pk}", now())
            except NotAPlace as wrong:
                add_error(form, wrong)
            else:
                return redirect("set_up_facility", made.pk)
    mine = facilities_where(request.user, Permission.SET_UP_FACILITIES).select_related("agency")
    context = {
        "facilities": mine.order_by("agency__name", "name"),
        "form": form if agencies or may_add else None,
    }
    return render(request, "kinline/set_up.html", context)


@require_safe
@staff_page(Permission.SET_UP_FACILITIES)
def set_up_facility(request: HttpRequest, facility_id: int) -> HttpResponse:
    """The steps: what is done, and what is still missing in each."""
    return render(request, "kinline/set_up_facility.html", course(facility_where(request, facility_id)))


@require_safe
@staff_page(Permission.SET_UP_FACILITIES)
def missing(request: HttpRequest, facility_id: int) -> HttpResponse:
    """What is missing, at any time."""
    return render(request, "kinline/set_up_missing.html", course(facility_where(request, facility_id)))


def facility_where(request: HttpRequest, facility_id: int) -> Facility:
    mine = facilities_where(request.user, Permission.SET_UP_FACILITIES).select_related("agency")
    found = mine.filter(pk=facility_id).first()
    if found is None:
        refuse(request, f"set-up/{facility_id}")
    return found


def course(facility: Facility) -> dict[str, Any]:
    """What every page of the assistant shows of a facility."""
    site = site_of(facility, now())
    findings = [finding_in_words(each) for each in lacking(site)]
    done = steps_done(site)
    steps = [
        {
            "step": step.value,
            "name": name,
            "is_done": done[step],
            "findings": [each for each in findings if each["step"] == step],
        }
        for step, name in STEPS.items()
    ]
    return {
        "facility": facility,
        "steps": steps,
        "findings": findings,
        "stops": sum(each["stops"] for each in findings),
        "next": next((each["step"] for each in steps if not each["is_done"]), None),
        "done": sum(done.values()),
        "of": len(Step),
    }


def agencies_of(user: User) -> tuple[list[Agency], bool]:
    """The agencies to which they may add facilities, and whether they may add agencies."""
    held = roles_of(user).filter(role__in=GRANTS[Permission.SET_UP_FACILITIES])
    if held.filter(role__in=PROVIDER_ROLES).exists():
        return list(Agency.objects.order_by("name")), True
    whole = Q(pk__in=held.filter(facility=None).values("agency"))
    return list(Agency.objects.filter(whole).order_by("name")), False


def add_error(form: Any, wrong: NotAPlace) -> None:
    form.add_error(wrong.field if wrong.field in form.fields else None, str(NOT_A_PLACE[wrong.field]))


def told(request: HttpRequest) -> None:
    messages.success(request, gettext("Done, and written down with your name."))


def _made(form: NewFacilityForm, actor: str, at: Instant) -> Facility:
    agency = form.agencies.get(form.cleaned_data.get("agency", ""))
    if agency is None:
        if "agency_name" not in form.fields:
            raise NotAPlace("agency")
        agency = make_agency(form.cleaned_data["agency_name"], actor, at)
    return make_facility(agency, form.says(), actor, at)
