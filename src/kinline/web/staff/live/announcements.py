"""`/facility/announcements/`: saying something on the phones of a facility, a unit or a phone, and ending it early."""

import time
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.core.announcement import PREPARED
from kinline.core.identity import Instant, Language
from kinline.facilities.models import Announcement, Facility, HousingUnit, Station
from kinline.facilities.services import NotAnnounced, announce, end_announcement
from kinline.people.authority import Part, part_where
from kinline.people.models import User
from kinline.web.explanation import reader_language
from kinline.web.row_numbers import row_number
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.asking import done
from kinline.web.trail import refuse

MINUTES = {
    15: gettext_lazy("15 minutes"),
    60: gettext_lazy("1 hour"),
    240: gettext_lazy("4 hours"),
    1440: gettext_lazy("1 day"),
    10080: gettext_lazy("1 week"),
}
_LONGEST_TEXT = 200
Place = Facility | HousingUnit | Station


class AnnouncementForm(forms.Form):
    """Where, what and how long. `places` are those of the reader, by their key in the form."""

    place = forms.ChoiceField(label=gettext_lazy("Where"))
    prepared = forms.ChoiceField(label=gettext_lazy("Prepared text"), required=False)
    english = forms.CharField(
        label=gettext_lazy("Or in English, as it is to be said"), max_length=_LONGEST_TEXT, required=False
    )
    spanish = forms.CharField(label=gettext_lazy("And in Spanish"), max_length=_LONGEST_TEXT, required=False)
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("How long"), coerce=int, initial=60, choices=list(MINUTES.items())
    )
    in_calls = forms.BooleanField(label=gettext_lazy("Say it now to residents who are talking, too"), required=False)

    def __init__(self, data: Any, places: dict[str, tuple[Place, str]], languages: list[str]) -> None:
        super().__init__(data)
        self._languages = languages
        reader = 1 if reader_language() is Language.SPANISH else 0
        texts = [(key, each.title[reader]) for key, each in PREPARED.items()]
        self.fields["place"].choices = [(key, name) for key, (_place, name) in places.items()]  # type: ignore[attr-defined]
        self.fields["prepared"].choices = [("", _("a text of your own")), *texts]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        prepared = PREPARED.get(said.get("prepared", ""))
        english, spanish = said.get("english", ""), said.get("spanish", "")
        if prepared is not None:
            if english or spanish:
                self.add_error("prepared", _("Choose a prepared text or write one, not both."))
            return {**said, "english": prepared.english, "spanish": prepared.spanish}
        for language, name, text in (("en", "english", english), ("es", "spanish", spanish)):
            if language in self._languages and not text and name not in self.errors:
                self.add_error(name, _("Please write it in this language too: it is spoken on these phones."))
        if not (english or spanish) and not self.errors:
            self.add_error("english", _("Please write what is to be said."))
        return said


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.ANNOUNCE)
def announcements(request: HttpRequest) -> HttpResponse:
    """What is being announced, what was, and the form."""
    mine = facilities_where(request.user, Permission.ANNOUNCE, partly=True).order_by("name")
    wanted = request.GET.get("facility", "")
    facility = mine.filter(pk=int(wanted)).first() if wanted.isascii() and wanted.isdigit() else mine.first()
    if facility is None:
        refuse(request, f"announcements/{wanted}"[:80])
    part = part_where(request.user, Permission.ANNOUNCE, facility)
    places = _places(facility, part)
    here = f"{reverse('announcements')}?facility={facility.pk}"
    if request.method == "POST" and request.POST.get("what") == "end":
        _end(request, _announced(facility, part))
        return redirect(here)
    form = AnnouncementForm(request.POST if request.method == "POST" else None, places, facility.languages)
    if request.method == "POST" and form.is_valid() and _announce(request, form, places):
        return redirect(here)
    at = _now()
    zone = ZoneInfo(facility.time_zone)
    rows = [
        {
            "row": row,
            "is_running": row.ended_at is None and row.expires_at > at,
            "until": datetime.fromtimestamp((row.ended_at or row.expires_at) / 1000, UTC)
            .astimezone(zone)
            .replace(tzinfo=None),
            "where": row.unit or row.station or facility,
        }
        for row in _announced(facility, part).select_related("unit", "station").order_by("-id")[:50]
    ]
    context = {"facility": facility, "facilities": mine, "form": form, "rows": rows}
    return render(request, "kinline/announcements.html", context)


def _announce(request: HttpRequest, form: AnnouncementForm, places: dict[str, tuple[Place, str]]) -> bool:
    said, at = form.cleaned_data, _now()
    try:
        announce(
            places[said["place"]][0],
            said["english"],
            said["spanish"],
            f"user/{cast(User, request.user).pk}",
            at,
            Instant(at + said["minutes"] * 60_000),
            is_said_in_calls=said["in_calls"],
        )
    except NotAnnounced:
        form.add_error("place", _("Three announcements are on there already. End one of them first."))
        return False
    messages.success(request, done())
    return True


def _end(request: HttpRequest, theirs: QuerySet[Announcement]) -> None:
    asked = request.POST.get("announcement", "")
    row = theirs.filter(pk=row_number(asked)).first()
    if row is None:
        refuse(request, f"announcement/{asked}"[:80])
    if end_announcement(row, f"user/{cast(User, request.user).pk}", _now()):
        messages.success(request, done())
    else:
        messages.error(request, _("It was over already."))


def _places(facility: Facility, part: Part) -> dict[str, tuple[Place, str]]:
    """Where the reader may announce, the widest first."""
    found: dict[str, tuple[Place, str]] = {}
    if part.is_whole:
        found["facility"] = (facility, facility.name)
    for unit in facility.units.order_by("name"):
        if part.covers(unit.pk):
            found[f"unit-{unit.pk}"] = (unit, _("Housing unit: %(name)s") % {"name": unit.name})
    for station in facility.stations.select_related("unit").order_by("unit__name", "name"):
        if part.covers(station.unit_id):
            found[f"station-{station.pk}"] = (station, f"{station.unit} · {station}" if station.unit else str(station))
    return found


def _announced(facility: Facility, part: Part) -> QuerySet[Announcement]:
    """What was announced where the reader may announce."""
    rows = Announcement.objects.filter(facility=facility)
    return rows if part.is_whole else rows.filter(Q(unit__in=part.units) | Q(station__unit__in=part.units))


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
