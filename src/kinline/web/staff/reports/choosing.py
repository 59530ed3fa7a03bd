"""Which facility, and which days or shift, a report is of."""

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kinline.core.identity import Instant
from kinline.people.authority import facilities_where
from kinline.people.permissions import Permission
from kinline.web.row_numbers import row_number
from kinline.web.staff.history_search import Days, Places

SHIFTS: Final = ((8, _("8 hours")), (12, _("12 hours")), (24, _("24 hours")))
_DAY_INPUT: Final = {"type": "date"}


class ShiftForm(Places):
    """A day, when the shift begins, and how long it is."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs=_DAY_INPUT, format="%Y-%m-%d"))
    begins = forms.TimeField(label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    hours = forms.TypedChoiceField(label=_("Length"), choices=SHIFTS, coerce=int)

    def __init__(self, request: HttpRequest, permission: Permission, asked: Mapping[str, Any]) -> None:
        super().__init__(request, permission, asked)
        for name in ("unit", "station"):
            self.fields.pop(name, None)

    def span(self) -> tuple[Instant, Instant]:
        """Of a form that is valid. A shift over the change of the clock is an hour shorter or longer."""
        zone = ZoneInfo(self.zones[0])
        begins: clock_time = self.cleaned_data["begins"]
        first = datetime.combine(self.cleaned_data["day"], begins)
        last = first + timedelta(hours=self.cleaned_data["hours"])
        begin, end = (int(each.replace(tzinfo=zone).timestamp() * 1000) for each in (first, last))
        return Instant(begin), Instant(end)


class PeriodForm(Days):
    """Days, both included."""

    def __init__(
        self, request: HttpRequest, permission: Permission, asked: Mapping[str, Any], *, by_unit: bool = False
    ) -> None:
        super().__init__(request, permission, asked)
        self.fields.pop("station", None)
        if not by_unit:
            self.fields.pop("unit", None)

    def span(self) -> tuple[Instant, Instant]:
        zone = ZoneInfo(self.zones[0])
        first, last = self.cleaned_data["first"], self.cleaned_data["last"] + timedelta(days=1)
        begin, end = (
            int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000) for day in (first, last)
        )
        return Instant(begin), Instant(end)


def asked_of(request: HttpRequest, permission: Permission, days: int = 0) -> dict[str, Any]:
    """What was typed, with the reader's first facility and the last `days` (0: the shift that just ended) where
    nothing was."""
    asked: dict[str, Any] = request.GET.dict()
    mine = facilities_where(request.user, permission, partly=True).order_by("name")
    key = str(asked.get("facility", ""))
    here = mine.filter(pk=row_number(key)).first() or mine.first()
    if here is None:
        return asked
    asked["facility"] = str(here.pk)
    now = datetime.fromtimestamp(time.time(), UTC).astimezone(ZoneInfo(here.time_zone))
    today: date = now.date()
    if days:
        asked.setdefault("last", today.isoformat())
        asked.setdefault("first", (today - timedelta(days=days - 1)).isoformat())
    else:
        began = (now - timedelta(hours=now.hour % 8 + 8)).replace(minute=0)
        asked.setdefault("day", began.date().isoformat())
        asked.setdefault("begins", began.strftime("%H:%M"))
        asked.setdefault("hours", "8")
    return asked
