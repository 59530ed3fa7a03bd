"""`/facility/set-up/.../STEP/`: one page for each step; each saves at once, so that one can stop at any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.commissioning import services as tests
from kinline.commissioning.queries import attempts, test_numbers, test_residents
from kinline.configuration import configuration
from kinline.core.commissioning import Step
from kinline.core.identity import FacilityId
from kinline.core.numbering import Jurisdiction
from kinline.core.policy import Switch, rules_in_words
from kinline.core.reasons import Audience, Reason, explain
from kinline.core.tariff import Rate, Service
from kinline.facilities import services
from kinline.facilities.calling_rules import stored_rules
from kinline.facilities.digest import REALM
from kinline.facilities.models import Facility, Station
from kinline.facilities.queries import course_of, price_list, rulebook, stamp
from kinline.people.models import Resident, ResidentStatus, Role, StaffRole
from kinline.web.clock import now
from kinline.web.explanation import reader_language
from kinline.web.rates.words import SERVICES, kind_of_call
from kinline.web.row_numbers import row_number
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.portal import ROLES
from kinline.web.staff.prices import in_words
from kinline.web.staff.set_up import add_error, course, facility_where, told
from kinline.web.staff.set_up_forms import (
    ChangePhoneForm,
    FacilityForm,
    HoursForm,
    PhoneForm,
    PriceForm,
    TestForm,
    UnitsForm,
)
from kinline.web.staff.set_up_words import HAPPENINGS, STEPS
from kinline.web.trail import refuse


@dataclass(frozen=True, slots=True)
class Shown:
    """What a step adds to its page; or, once something was done, nothing more than going on."""

    context: dict[str, Any]
    is_done: bool = False


_TEMPLATES: Final = {Step.FACILITY.value: "kinline/set_up_place.html"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_FACILITIES)
def set_up_step(request: HttpRequest, facility_id: int, step: str) -> HttpResponse:
    """One step of a facility."""
    facility = facility_where(request, facility_id)
    if step not in list(Step):
        raise Http404
    shown = _STEPS[Step(step)](request, facility)
    if shown.is_done:
        told(request)
        return redirect("set_up_step", facility_id, step)
    facility.refresh_from_db()
    whole = course(facility)
    order = list(Step)
    after = order[order.index(Step(step)) + 1 :][:1]
    here = next(each for each in whole["steps"] if each["step"] == step)
    context = {**whole, "step": here, "title": STEPS[Step(step)], "after": after[0].value if after else ""}
    return render(request, _TEMPLATES.get(step, f"kinline/set_up_{step}.html"), {**context, **shown.context})


def _facility(request: HttpRequest, facility: Facility) -> Shown:
    form = FacilityForm(request.POST) if request.method == "POST" else FacilityForm.of(facility)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_facility(facility, form.says(), _actor(request), now())
        except services.NotAPlace as wrong:
            add_error(form, wrong)
        else:
            return Shown({}, is_done=True)
    return Shown({"form": form})


def _units(request: HttpRequest, facility: Facility) -> Shown:
    form = UnitsForm(request.POST or None)
    if form.is_valid():
        try:
            with transaction.atomic():
                for name in form.cleaned_data["names"]:
                    services.make_unit(facility, name, _actor(request), now())
        except services.NotAPlace:
            form.add_error("names", gettext("Each unit has a name of its own, at most 60 letters."))
        else:
            return Shown({}, is_done=True)
    return Shown({"form": form, "units": facility.units.order_by("name")})


def _phones(request: HttpRequest, facility: Facility) -> Shown:
    form, new, change = PhoneForm(facility), None, None
    what, actor, at = request.POST.get("what", ""), _actor(request), now()
    phone = _phone(facility, request.POST.get("phone") or request.GET.get("phone", ""))
    if what == "add":
        form = PhoneForm(facility, request.POST)
        if form.is_valid():
            asked = form.cleaned_data
            try:
                group = services.station_group(facility, asked["group"], actor, at)
                new = services.make_station(facility, asked["unit"], asked["name"], asked["address"], actor, at, group)
            except services.NotAPlace as wrong:
                add_error(form, wrong)
            else:
                form = PhoneForm(facility)
    elif request.method == "POST":
        if phone is None or what not in ("password", "change"):
            refuse(request, f"station/{request.POST.get('phone', '')}"[:80])
        if what == "password":
            new = services.new_station_password(phone, actor, at)
        else:
            change = ChangePhoneForm(phone, request.POST)
            if change.is_valid():
                asked = change.cleaned_data
                group = services.station_group(facility, asked["group"], actor, at)
                services.change_station(phone, asked["unit"], group, asked["name"], asked["is_enabled"], actor, at)
                return Shown({}, is_done=True)
    elif phone is not None:
        change = ChangePhoneForm(phone)
    phones = facility.stations.select_related("unit", "group").order_by("name", "pk")
    return Shown({"form": form, "new": new, "phones": phones, "phone": phone, "change": change, "wire": _wire()})


def _phone(facility: Facility, key: str) -> Station | None:
    found = facility.stations.filter(pk=row_number(key))
    return found.select_related("facility", "unit", "group").first()


def _wire() -> dict[str, object]:
    """What a phone is configured with."""
    settings = configuration()
    return {
        "host": settings.host,
        "sip_port": settings.sip_port,
        "sips_port": settings.sips_port,
        "realm": REALM,
        "first": settings.rtp_first_port,
        "last": settings.rtp_last_port,
    }


def _prices(request: HttpRequest, facility: Facility) -> Shown:
    here = FacilityId(facility.pk)
    form = PriceForm(request.POST or None)
    at = now()
    if form.is_valid():
        if not facilities_where(request.user, Permission.SET_PRICES).filter(pk=facility.pk).exists():
            refuse(request, f"prices/{facility.pk}")
        try:
            today = rulebook(here, stamp()).local_day(at)
            with transaction.atomic():
                for kind in (Jurisdiction.LOCAL, Jurisdiction.INTRASTATE, Jurisdiction.INTERSTATE):
                    asked = form.cleaned_data
                    rate = Rate(Service.AUDIO, kind, today, asked["price"], asked["facility_additive"])
                    services.save_rate(here, rate, _actor(request), at)
        except services.PriceRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, in_words(refused))
        else:
            return Shown({}, is_done=True)
    rules = rulebook(here, stamp())
    lines = [
        {"line": line, "service": SERVICES[line.rate.service], "kind": kind_of_call(*line.rate.kind[1:])}
        for line in price_list(rules, rules.local_day(at)).lines
    ]
    return Shown({"form": form, "lines": lines})


def _rules(request: HttpRequest, facility: Facility) -> Shown:
    at = now()
    may = facilities_where(request.user, Permission.SET_RULES).filter(pk=facility.pk).exists()
    current = course_of(facility).at(at)
    said = stored_rules(current)
    first = {"maximum_seconds": (current.maximum_seconds or 900) // 60, "list_required": current.list_required}
    form = HoursForm(request.POST or None, initial=first)
    if form.is_valid():
        if not may:
            refuse(request, f"rules/facility/{facility.pk}")
        asked = form.cleaned_data
        says = {**said, "list_required": asked["list_required"]}
        if asked["maximum_seconds"]:
            says["maximum_seconds"] = asked["maximum_seconds"]
        if asked["hours"]:
            says["hours"] = [[day, *span] for day in range(7) for span in asked["hours"]]
        services.say_rules(facility, says, _actor(request), gettext("Set up"), at)
        return Shown({}, is_done=True)
    words = [line for line in rules_in_words(current, reader_language()) if current.switch is Switch.ON]
    return Shown({"form": form if may else None, "rules": words})


def _residents(request: HttpRequest, facility: Facility) -> Shown:
    here = Resident.objects.filter(facility=facility, status=ResidentStatus.ACTIVE, is_test=False)
    may = {
        "book": facilities_where(request.user, Permission.BOOK_RESIDENTS).filter(pk=facility.pk).exists(),
        "import": facilities_where(request.user, Permission.IMPORT_RESIDENTS).filter(pk=facility.pk).exists(),
    }
    return Shown({"count": here.count(), "may_do": may})


def _staff(request: HttpRequest, facility: Facility) -> Shown:
    held = StaffRole.objects.filter(agency=facility.agency_id, user__is_active=True).select_related("user", "unit")
    here = [each for each in held.order_by("user__name") if each.facility_id in (None, facility.pk)]
    people = [(each.user, ROLES[Role(each.role)], each.unit) for each in here]
    return Shown({"people": people})


def _test_call(request: HttpRequest, facility: Facility) -> Shown:
    form, begun = TestForm(), None
    what = request.POST.get("what", "")
    if what == "begin":
        form = TestForm(request.POST)
        if form.is_valid():
            unit = facility.units.order_by("name").first()
            try:
                begun = tests.begin_test(facility, unit, form.cleaned_data["number"], _actor(request), now())
            except services.NotAPlace as wrong:
                add_error(form, wrong)
    elif what == "end":
        tests.end_test(facility, _actor(request), now())
        messages.success(request, gettext("The test is over: nobody can call with its number and PIN any more."))
        return Shown({"form": form, "attempts": []})
    found = [
        {
            "attempt": each,
            "reached": [(HAPPENINGS[name], was) for name, was in each.reached],
            "why": _why(each.reason) if each.is_over and not each.is_whole else "",
        }
        for each in attempts(facility, now())
    ]
    return Shown(
        {
            "form": form,
            "begun": begun,
            "residents": test_residents(facility),
            "numbers": test_numbers(facility),
            "attempts": found,
        }
    )


def _why(reason: str) -> str:
    if not reason:
        return ""
    explained = explain(Reason(reason), Audience.STAFF, reader_language(), {})
    return f"{explained.text} {explained.remedy}".strip()


def _actor(request: HttpRequest) -> str:
    return f"user/{request.user.pk}"


_STEPS: dict[Step, Callable[[HttpRequest, Facility], Shown]] = {
    Step.FACILITY: _facility,
    Step.UNITS: _units,
    Step.PHONES: _phones,
    Step.PRICES: _prices,
    Step.RULES: _rules,
    Step.RESIDENTS: _residents,
    Step.STAFF: _staff,
    Step.TEST_CALL: _test_call,
}
