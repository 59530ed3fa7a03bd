"""`/facility/audit/`: who did what, with what was before and after, at the places where the reader answers for it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.audit.actions import Action
from kinline.audit.models import AuditEvent
from kinline.audit.queries import Asked, found
from kinline.core.identity import Instant
from kinline.facilities.models import Facility
from kinline.people.authority import is_permitted_everywhere
from kinline.people.models import Resident, User
from kinline.web.row_numbers import row_number
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.trail import write_down

ON_A_PAGE: Final = 50
PEOPLE: Final = 50
"""That a part of a name may mean."""
_INSTANTS: Final = ("_at", "_until", "effective")
"""How the names of fields end whose values are instants."""
_DAY: Final = {"type": "date"}


class AuditForm(forms.Form):
    who = forms.CharField(label=_("Who: name or e-mail address"), required=False, max_length=120)
    action = forms.ChoiceField(
        label=_("What was done"),
        required=False,
        choices=[("", _("Everything")), *sorted((each.value, each.value) for each in Action)],
    )
    about = forms.CharField(
        label=_("About: a resident’s number, or resident/42, call/7"), required=False, max_length=100
    )
    first = forms.DateField(label=_("First day"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    last = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))


@require_safe
@staff_page(Permission.SEE_AUDIT)
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Newest first. That somebody looked is an entry itself."""
    mine = facilities_where(request.user, Permission.SEE_AUDIT).order_by("name")
    facilities = {each.pk: each for each in mine}
    where = Q() if is_permitted_everywhere(request.user, Permission.SEE_AUDIT) else Q(facility__in=list(facilities))
    form = AuditForm(request.GET)
    events: list[AuditEvent] = []
    if form.is_valid():
        zone = ZoneInfo(next(iter(facilities.values())).time_zone if facilities else "UTC")
        asked = _asked(form, list(facilities), zone)
        events = found(where, asked, ON_A_PAGE + 1, _cursor(request))
        typed = {name: value for name, value in form.data.items() if value and name != "before"}
        write_down(request, Action.AUDIT_SEEN, "audit", after=typed)
    page = events[:ON_A_PAGE]
    names = dict(
        User.objects.filter(pk__in=[key for event in page if (key := _key(event.actor))]).values_list("pk", "name")
    )
    rows = [
        {
            "event": event,
            "at": _local(event.at, event, facilities),
            "who": names.get(_key(event.actor) or 0, event.actor),
            "where": facilities.get(event.facility or 0, ""),
            "changes": _changes(event, facilities),
        }
        for event in page
    ]
    older = {**request.GET.dict(), "before": f"{page[-1].at}-{page[-1].pk}"} if len(events) > ON_A_PAGE else {}
    context = {"form": form, "rows": rows, "older": urlencode(older)}
    return render(request, "kinline/audit.html", context)


def _asked(form: AuditForm, facilities: list[int], zone: ZoneInfo) -> Asked:
    typed = form.cleaned_data
    actors = subjects = None
    if who := typed["who"].strip():
        people = User.objects.filter(Q(name__icontains=who) | Q(email__icontains=who)).values_list("pk", flat=True)
        actors = tuple(f"user/{pk}" for pk in people[:PEOPLE])
    if about := typed["about"].strip():
        numbered = Resident.objects.filter(resident_number=about, facility__in=facilities)
        subjects = (about, *(f"resident/{pk}" for pk in numbered.values_list("pk", flat=True)))
    first, last = typed["first"], typed["last"]
    return Asked(
        actors,
        typed["action"],
        subjects,
        _instant(first, zone) if first else None,
        _instant(last + timedelta(days=1), zone) if last else None,
    )


def _changes(event: AuditEvent, facilities: dict[int, Facility]) -> list[tuple[str, str, str]]:
    """Each field with what it was and what it is; what stayed is left out."""
    before, after = (json.loads(text or "{}") for text in (event.before, event.after))
    fields = [*before, *(name for name in after if name not in before)]

    def text(name: str, value: Any) -> str:
        if name.endswith(_INSTANTS) and isinstance(value, int):
            return _local(value, event, facilities).isoformat(sep=" ", timespec="minutes")
        return _text(value)

    return [
        (name, text(name, before.get(name)), text(name, after.get(name)))
        for name in fields
        if before.get(name) != after.get(name)
    ]


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _local(at: int, event: AuditEvent, facilities: dict[int, Facility]) -> datetime:
    here = facilities.get(event.facility or 0) or next(iter(facilities.values()), None)
    zone = ZoneInfo(here.time_zone) if here else UTC
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).replace(tzinfo=None)


def _instant(day: Any, zone: ZoneInfo) -> Instant:
    return Instant(int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000))


def _key(actor: str) -> int | None:
    text = actor.removeprefix("user/")
    return (row_number(text) or None) if actor.startswith("user/") else None


def _cursor(request: HttpRequest) -> tuple[int, int] | None:
    at, _dash, pk = request.GET.get("before", "").partition("-")
    is_one = all(text.isascii() and text.isdigit() and len(text) < 19 for text in (at, pk))
    return (int(at), int(pk)) if is_one else None
