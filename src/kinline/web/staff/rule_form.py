"""The rules of one level as a person types them, and as they are stored."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kinline.core.identity import Instant
from kinline.core.numbering import Jurisdiction, NumberClass
from kinline.core.policy import Rules
from kinline.core.policy.wording import clock
from kinline.facilities.calling_rules import stored_rules

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
DESTINATIONS = (
    (Jurisdiction.LOCAL.value, gettext_lazy("Local")),
    (Jurisdiction.INTRASTATE.value, gettext_lazy("Within the state")),
    (Jurisdiction.INTERSTATE.value, gettext_lazy("To other states")),
    (Jurisdiction.INTERNATIONAL.value, gettext_lazy("To other countries")),
)
LIMITS = (
    *("maximum_seconds", "wait_seconds", "attempts_per_hour", "calls_per_day", "calls_per_week", "calls_per_month"),
    *("seconds_per_day", "seconds_per_week", "seconds_per_month"),
)
NOTHING = "none"
KINDS = (
    (NumberClass.TOLL_FREE.value, gettext_lazy("Toll-free numbers")),
    (NumberClass.PREMIUM.value, gettext_lazy("Premium numbers")),
    (NumberClass.PERSONAL.value, gettext_lazy("Personal numbers (500)")),
    (NumberClass.INTERNATIONAL.value, gettext_lazy("Other countries")),
    (NOTHING, gettext_lazy("None of these: allow them all")),
)
_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)")
_NAME = re.compile(r"\+\d{1,15}\*?")


class HoursOfDay(forms.CharField):
    """`08:00-12:00 13:00-21:00`, as minutes of the day."""

    def __init__(self, label: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "08:00-21:00"})
        super().__init__(required=False, max_length=100, label=label, widget=widget)

    def clean(self, value: str) -> list[list[int]]:
        return spans(super().clean(value))


class Length(forms.CharField):
    """Minutes, or minutes and seconds (`0:20`), in seconds; empty: no rule."""

    def __init__(self, label: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(required=False, max_length=9, label=label, widget=widget)

    def clean(self, value: str) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,6})(?::([0-5]\d))?", text)
        if found is None:
            raise forms.ValidationError(_("Write minutes, such as 15, or minutes and seconds, such as 0:20."))
        return int(found[1]) * 60 + int(found[2] or 0)


class Numbers(forms.CharField):
    """A number or a beginning with an asterisk on each line."""

    def __init__(self, label: Any) -> None:
        super().__init__(required=False, max_length=20_000, label=label, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self, value: str) -> list[str]:
        names = [re.sub(r"[\s().-]", "", line) for line in super().clean(value).splitlines() if line.strip()]
        for name in names:
            if not _NAME.fullmatch(name):
                raise forms.ValidationError(
                    _("“%(name)s” is no number: write +15045550123, or a beginning such as +1504*.") % {"name": name}
                )
        return names


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=10_000)


class RuleForm(forms.Form):
    """All that a level says; what is left empty is left to the other levels."""

    maximum_seconds = Length(gettext_lazy("Longest call, minutes"))
    wait_seconds = Length(gettext_lazy("Wait between calls, minutes"))
    attempts_per_hour = _count(gettext_lazy("Attempts an hour"))
    calls_per_day = _count(gettext_lazy("Calls a day"))
    calls_per_week = _count(gettext_lazy("Calls a week"))
    calls_per_month = _count(gettext_lazy("Calls a month"))
    seconds_per_day = Length(gettext_lazy("Minutes a day"))
    seconds_per_week = Length(gettext_lazy("Minutes a week"))
    seconds_per_month = Length(gettext_lazy("Minutes a month"))
    list_required = forms.BooleanField(required=False, label=gettext_lazy("Only approved contacts"))
    own_unit_only = forms.BooleanField(required=False, label=gettext_lazy("Only phones of the resident’s own unit"))
    destinations = forms.MultipleChoiceField(
        required=False,
        choices=DESTINATIONS,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Only calls that go (none marked: all)"),
    )
    barred = forms.MultipleChoiceField(
        required=False,
        choices=KINDS,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("No calls to (none marked: left to other levels)"),
    )
    countries = forms.CharField(
        required=False, max_length=600, label=gettext_lazy("Abroad only these countries, two letters each (MX, CA)")
    )
    numbers_allowed = Numbers(gettext_lazy("Only these numbers, one a line (+15045550123, +1504*)"))
    numbers_blocked = Numbers(gettext_lazy("Never these numbers, one a line"))
    exceptions = forms.CharField(
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=gettext_lazy("Days out of turn, one a line (2026-12-25 closed, 2026-12-24 08:00-12:00)"),
    )
    effective = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        label=gettext_lazy("Holds from (empty: at once), on the facility’s clock"),
    )
    why = forms.CharField(max_length=200, label=gettext_lazy("Reason for the change"))

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for day, name in enumerate(WEEKDAYS):
            self.fields[f"day_{day}"] = HoursOfDay(name)

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{day}"] for day in range(7)]

    @property
    def limits(self) -> list[forms.BoundField]:
        return [self[name] for name in LIMITS]

    @property
    def checks(self) -> list[forms.BoundField]:
        return [self["list_required"], self["own_unit_only"]]

    @property
    def kinds(self) -> list[forms.BoundField]:
        return [self["destinations"], self["barred"]]

    def clean_countries(self) -> list[str]:
        codes = re.findall(r"[A-Za-z]+", self.cleaned_data["countries"])
        if any(len(code) != 2 for code in codes):
            raise forms.ValidationError(_("Write two letters for each country, such as MX, CA."))
        return sorted({code.upper() for code in codes})

    def clean_exceptions(self) -> dict[str, list[list[int]]]:
        days: dict[str, list[list[int]]] = {}
        for line in self.cleaned_data["exceptions"].splitlines():
            day, _space, hours = line.strip().partition(" ")
            if not day:
                continue
            try:
                when = date.fromisoformat(day)
            except ValueError as error:
                raise forms.ValidationError(
                    _("Begin each line with the day, such as 2026-12-25, then its hours or “closed”.")
                ) from error
            closed = hours.strip().lower() in ("closed", "cerrado")
            if not closed and not hours.strip():
                raise forms.ValidationError(
                    _("Begin each line with the day, such as 2026-12-25, then its hours or “closed”.")
                )
            days[when.isoformat()] = [] if closed else spans(hours)
        return days

    def says(self) -> dict[str, Any]:
        """What was typed, in the stored form; only what says something."""
        typed = self.cleaned_data
        plain = (*LIMITS, "list_required", "own_unit_only", "destinations", "countries")
        said = {
            name: typed[name]
            for name in (*plain, "numbers_allowed", "numbers_blocked", "exceptions")
            if typed[name] not in (None, False, [], {})
        }
        if typed["barred"]:
            said["barred"] = [kind for kind in typed["barred"] if kind != NOTHING]
        week = [[day, *span] for day in range(7) for span in typed[f"day_{day}"]]
        return {**said, "hours": week} if week else said

    def effective_at(self, zone: str) -> Instant | None:
        when: datetime | None = self.cleaned_data["effective"]
        if when is None:
            return None
        return Instant(int(when.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000))


def spans(text: str) -> list[list[int]]:
    """`08:00-12:00 13:00-21:00` as minutes of the day. Raises `ValidationError`."""
    found = [[int(h) * 60 + int(m) for h, m in ((s[1], s[2]), (s[3], s[4]))] for s in _SPAN.finditer(text)]
    if _SPAN.sub("", text).strip(" ,;") or any(not 0 <= opens < closes <= 1440 for opens, closes in found):
        raise forms.ValidationError(_("Write hours such as 08:00-12:00 13:00-21:00, until 24:00 at the latest."))
    return found


def typed(rules: Rules) -> dict[str, Any]:
    """What a level says, as it would be typed into the form."""
    said = stored_rules(rules)
    lengths: dict[str, Any] = {name: _length(value) for name, value in said.items() if "seconds" in name}
    texts: dict[str, Any] = {
        name: "\n".join(said[name]) for name in ("numbers_allowed", "numbers_blocked") if name in said
    }
    week: dict[int, list[list[int]]] = {}
    for day, *span in said.get("hours", ()):
        week.setdefault(day, []).append(span)
    return {
        **said,
        **lengths,
        **texts,
        "countries": ", ".join(said.get("countries", ())),
        "barred": (said["barred"] or [NOTHING]) if "barred" in said else [],
        "exceptions": "\n".join(f"{day} {_hours(spans) or 'closed'}" for day, spans in _exceptions(said)),
        **{f"day_{day}": _hours(spans) for day, spans in week.items()},
    }


def _exceptions(said: Mapping[str, Any]) -> Iterable[tuple[str, list[list[int]]]]:
    return sorted(said.get("exceptions", {}).items())


def _hours(spans: list[list[int]]) -> str:
    return " ".join(f"{clock(opens)}-{clock(closes)}" for opens, closes in spans)


def _length(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}" if rest else str(minutes)
