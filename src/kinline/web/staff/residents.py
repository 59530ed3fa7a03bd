"""`/facility/residents/`: who is in custody, and what staff do for one of them."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kinline.audit.models import AuditEvent
from kinline.bookings import services as bookings
from kinline.core.identity import Instant
from kinline.facilities.models import Facility, HousingUnit
from kinline.people import residents
from kinline.people.models import Resident, ResidentStatus, Separation
from kinline.people.resident_rules import give_free_calls, resident_free_calls
from kinline.web.row_numbers import row_number
from kinline.web.staff.access import Permission, facilities_where, is_permitted, staff_page, within
from kinline.web.staff.resident_contacts import contacts_of
from kinline.web.staff.residents_words import ACCOMMODATIONS, LANGUAGES, NOT_BOOKABLE, STATUSES
from kinline.web.trail import refuse

RESIDENTS_ON_A_PAGE = 50
HISTORY = 20

ACTS = {
    "move": Permission.BOOK_RESIDENTS,
    "release": Permission.BOOK_RESIDENTS,
    "pin": Permission.RESET_PINS,
    "care": Permission.CARE_FOR_RESIDENTS,
    "suspend": Permission.SUSPEND_RESIDENTS,
    "reinstate": Permission.SUSPEND_RESIDENTS,
    "apart": Permission.SEPARATE_RESIDENTS,
    "reunite": Permission.SEPARATE_RESIDENTS,
    "free": Permission.GIVE_FREE_CALLS,
}
"""What the forms of a resident's page ask for, and which permission it needs there."""


class Search(forms.Form):
    find = forms.CharField(label=_("Name or number"), required=False, max_length=60)
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("In custody")), ("all", _("Everybody")), *STATUSES.items()]
    )


class Place(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit, by its facility's name and its own."""

    def label_from_instance(self, unit: HousingUnit) -> str:
        return f"{unit.facility.name} · {unit.name}"


class BookForm(forms.Form):
    prefix = "book"
    resident_number = forms.CharField(label=_("Resident number"), max_length=20)
    name = forms.CharField(label=_("Name, as it is spoken"), max_length=120)
    birth_date = forms.DateField(
        label=_("Birth date (empty: not known)"),
        required=False,
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NOT_BOOKABLE["birth_date"]},
    )
    unit = Place(HousingUnit.objects.none(), label=_("Unit"), empty_label=None)
    language = forms.ChoiceField(label=_("Language"), choices=list(LANGUAGES.items()))

    def __init__(self, data: Any, units: QuerySet[HousingUnit]) -> None:
        super().__init__(data)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    prefix = "move"
    unit = Place(HousingUnit.objects.none(), label=_("To the unit"), empty_label=None)

    def __init__(self, data: Any = None, units: QuerySet[HousingUnit] | None = None) -> None:
        super().__init__(data)
        if units is not None:
            self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class ReleaseForm(forms.Form):
    prefix = "release"
    reason = forms.CharField(label=_("Why"), max_length=300)
    sure = forms.BooleanField(label=_("Yes: their calls end now and their contacts freeze"))


class CareForm(forms.Form):
    prefix = "care"
    language = forms.ChoiceField(label=_("Language"), choices=list(LANGUAGES.items()))
    accommodations = forms.MultipleChoiceField(
        label=_("Accommodations"),
        required=False,
        choices=list(ACCOMMODATIONS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    name_again = forms.BooleanField(label=_("Record the spoken name again at the next call"), required=False)


class SuspendForm(forms.Form):
    prefix = "suspend"
    until = forms.DateTimeField(
        label=_("Until, in the facility’s time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    reason = forms.CharField(label=_("Why"), max_length=200)


class ReinstateForm(forms.Form):
    prefix = "reinstate"
    reason = forms.CharField(label=_("Why"), max_length=200)


class ApartForm(forms.Form):
    prefix = "apart"
    other = forms.CharField(label=_("Number of the other resident"), max_length=20)
    reason = forms.CharField(label=_("Why"), max_length=300)


class FreeForm(forms.Form):
    prefix = "free"
    per_week = forms.IntegerField(label=_("Free calls a week (empty: none)"), required=False, min_value=1, max_value=99)
    per_month = forms.IntegerField(
        label=_("At most so many a month (empty: no such limit)"), required=False, min_value=1, max_value=400
    )
    reason = forms.CharField(label=_("Why"), max_length=300)


@require_safe
@staff_page(Permission.SEE_RESIDENTS)
def residents_page(request: HttpRequest) -> HttpResponse:
    """Who is in custody where this reader works, by name or number."""
    search = Search(request.GET)
    search.is_valid()
    found = Resident.objects.filter(within(request.user, Permission.SEE_RESIDENTS)).select_related("facility", "unit")
    status = search.cleaned_data.get("status") or ResidentStatus.ACTIVE
    if status != "all":
        found = found.filter(status=status)
    if text := (search.cleaned_data.get("find") or "").strip():
        found = found.filter(Q(resident_number__startswith=text) | Q(name__icontains=text))
    page = Paginator(found.order_by("name", "pk"), RESIDENTS_ON_A_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    now = _now()
    shown = [(each, STATUSES[each.status], _is_suspended(each, now)) for each in page]
    may_book = is_permitted(request.user, Permission.BOOK_RESIDENTS)
    context = {"search": search, "page": page, "residents": shown, "asked": asked.urlencode(), "may_book": may_book}
    return render(request, "kinline/residents.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.BOOK_RESIDENTS)
def book(request: HttpRequest) -> HttpResponse:
    """Somebody comes: their PIN is shown once, in the answer."""
    form = BookForm(request.POST or None, _units_where(request, Permission.BOOK_RESIDENTS))
    if form.is_valid():
        asked, actor, at = form.cleaned_data, f"user/{request.user.pk}", _now()
        unit: HousingUnit = asked["unit"]
        try:
            number, name = asked["resident_number"].strip(), asked["name"]
            language, born = asked["language"], asked["birth_date"]
            booked = bookings.book(unit.facility, number, name, unit, actor, at, language=language, birth_date=born)
        except bookings.NotBookable as refused:
            form.add_error(refused.field, str(NOT_BOOKABLE[refused.field]))
        else:
            new = None if booked.pin_hash else residents.reset_pin(booked, actor, at)
            return render(request, "kinline/booked.html", {"resident": booked, "new": new})
    return render(request, "kinline/book.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SEE_RESIDENTS)
def resident(request: HttpRequest, resident_id: int) -> HttpResponse:
    """One resident, and a form for each thing that this reader may do for them."""
    shown = _where(request, Permission.SEE_RESIDENTS, resident_id)
    may = {act for act, needed in ACTS.items() if _is_where(request, needed, resident_id)}
    forms_of = _forms(request, shown)
    what = request.POST.get("what", "")
    context: dict[str, Any] = {}
    if request.method == "POST":
        if what not in may:
            refuse(request, f"resident/{resident_id}")
        bound = _forms(request, shown, what).get(what)
        if bound is None or bound.is_valid():
            problem, context = _DO[what](request, shown, bound.cleaned_data if bound else {})
            if not problem and not context:
                messages.success(request, gettext("Done, and written down with your name."))
                return redirect("resident", resident_id) if _still_seen(request, resident_id) else redirect("residents")
            if problem and bound:
                bound.add_error(None, problem)
        if bound is not None and not context:
            forms_of[what] = bound
        shown = _where(request, Permission.SEE_RESIDENTS, resident_id)
    now = _now()
    decides = _is_where(request, Permission.DECIDE_CONTACTS, resident_id)
    history = AuditEvent.objects.filter(subject=f"resident/{shown.pk}").order_by("-id")[:HISTORY]
    sees_history = facilities_where(request.user, Permission.SEE_AUDIT).filter(pk=shown.facility_id).exists()
    return render(
        request,
        "kinline/resident.html",
        {
            "resident": shown,
            "status": STATUSES[shown.status],
            "speaks": LANGUAGES.get(shown.language, shown.language),
            "accommodations": [ACCOMMODATIONS[each] for each in shown.accommodations],
            "is_suspended": _is_suspended(shown, now),
            "is_locked": (shown.pin_locked_until or 0) > now,
            "suspended_until": _local(shown.suspended_until, shown.facility),
            "separations": [(each, _other(each, shown)) for each in residents.separations_of(shown)],
            "is_here": shown.status == ResidentStatus.ACTIVE,
            "may_do": may,
            "contacts": contacts_of(shown, decides=decides),
            "sees_money": _is_where(request, Permission.TAKE_DEPOSITS, resident_id),
            "decides": decides,
            "history": [(each, _local(each.at, shown.facility)) for each in history] if sees_history else [],
            "forms": forms_of,
            **context,
        },
    )


def _forms(request: HttpRequest, shown: Resident, what: str = "") -> dict[str, forms.Form]:
    """Empty forms as the resident is now, or (`what`) that one as it was sent."""
    data = request.POST if what else None
    units = HousingUnit.objects.filter(facility__agency=shown.facility.agency_id).select_related("facility")
    care = CareForm(
        data, initial={"language": shown.language, "accommodations": shown.accommodations, "name_again": False}
    )
    return {
        "move": MoveForm(data, units.order_by("facility__name", "name")),
        "release": ReleaseForm(data),
        "care": care,
        "suspend": SuspendForm(data),
        "reinstate": ReinstateForm(data),
        "apart": ApartForm(data),
        "free": FreeForm(data, initial=_free_of(shown)),
    }


Done = tuple[str, dict[str, Any]]
"""What is wrong, and what the answer shows."""


def _move(request: HttpRequest, of: Resident, asked: dict[str, Any]) -> Done:
    unit: HousingUnit = asked["unit"]
    try:
        bookings.move(of, unit.facility, unit, f"user/{request.user.pk}", _now())
    except bookings.NotBookable as refused:
        return str(NOT_BOOKABLE[refused.field]), {}
    return "", {}


def _release(request: HttpRequest, of: Resident, asked: dict[str, Any]) -> Done:
    bookings.release(of, f"user/{request.user.pk}", _now(), asked["reason"])
    return "", {}


def _pin(request: HttpRequest, of: Resident, _asked: dict[str, Any]) -> Done:
    return "", {"new": residents.reset_pin(of, f"user/{request.user.pk}", _now())}


def _care(request: HttpRequest, of: Resident, asked: dict[str, Any]) -> Done:
    actor = f"user/{request.user.pk}"
    residents.set_care(of, asked["language"], asked["accommodations"], asked["name_again"], actor, _now())
    return "", {}


def _suspend(request: HttpRequest, of: Resident, asked: dict[str, Any]) -> Done:
    local: datetime = asked["until"].replace(tzinfo=ZoneInfo(of.facility.time_zone))
    until = Instant(int(local.timestamp() * 1000))
    try:
        residents.suspend(of, until, asked["reason"], f"user/{request.user.pk}", _now())
    except residents.NotAsked:
        return gettext("That time is past. Choose a later one."), {}
    return "", {}


def _reinstate(request: HttpRequest, of: Resident, asked: dict[str, Any]) -> Done:
    residents.reinstate(of, asked["reason"], f"user/{request.user.pk}", _now())
    return "", {}


def _apart(request: HttpRequest, of: Resident, asked: dict[str, Any]) -> Done:
    others = Resident.objects.filter(
        within(request.user, Permission.SEPARATE_RESIDENTS),
        resident_number=asked["other"].strip(),
        facility__agency=of.facility.agency_id,
    ).select_related("facility")
    other = others.order_by("released_at").first()
    if other is None or other.pk == of.pk:
        return gettext("No other resident of yours has this number. Compare it."), {}
    residents.keep_apart(of, other, asked["reason"], f"user/{request.user.pk}", _now())
    return "", {}


def _reunite(request: HttpRequest, of: Resident, _asked: dict[str, Any]) -> Done:
    pk = request.POST.get("separation", "")
    theirs = residents.separations_of(of).filter(pk=row_number(pk))
    for separation in theirs:
        residents.end_separation(separation, "", f"user/{request.user.pk}", _now())
    return "", {}


def _free(request: HttpRequest, of: Resident, asked: dict[str, Any]) -> Done:
    actor = f"user/{request.user.pk}"
    give_free_calls(of, asked["per_week"], asked["per_month"], asked["reason"], actor, _now())
    return "", {}


def _free_of(of: Resident) -> dict[str, int | None]:
    given = resident_free_calls(json.dumps(of.calling_rules))
    return {} if given is None else {"per_week": given.per_week, "per_month": given.per_month}


_DO: dict[str, Callable[[HttpRequest, Resident, dict[str, Any]], Done]] = {
    "move": _move,
    "release": _release,
    "pin": _pin,
    "care": _care,
    "suspend": _suspend,
    "reinstate": _reinstate,
    "apart": _apart,
    "reunite": _reunite,
    "free": _free,
}


def _where(request: HttpRequest, permission: Permission, resident_id: int) -> Resident:
    theirs = Resident.objects.filter(within(request.user, permission)).select_related("facility", "unit")
    found = theirs.filter(pk=resident_id).first()
    if found is None:
        refuse(request, f"resident/{resident_id}")
    return found


def _is_where(request: HttpRequest, permission: Permission, resident_id: int) -> bool:
    return Resident.objects.filter(within(request.user, permission), pk=resident_id).exists()


def _still_seen(request: HttpRequest, resident_id: int) -> bool:
    return _is_where(request, Permission.SEE_RESIDENTS, resident_id)


def _units_where(request: HttpRequest, permission: Permission) -> QuerySet[HousingUnit]:
    where = within(request.user, permission, "facility", "pk")
    return HousingUnit.objects.filter(where).select_related("facility").order_by("facility__name", "name")


def _other(separation: Separation, of: Resident) -> Resident:
    return separation.second if separation.first_id == of.pk else separation.first


def _is_suspended(of: Resident, now: int) -> bool:
    return of.suspended_until is not None and of.suspended_until > now


def _local(at: int | None, facility: Facility) -> datetime | None:
    """The facility's clock then, without zone."""
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(facility.time_zone)).replace(tzinfo=None)


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
