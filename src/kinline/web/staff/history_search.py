"""What a reader of the history can ask for: the places that are theirs, then resident, number, time and outcome."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kinline.calls.history import Wanted
from kinline.calls.history.numbers import SHORTEST, digits
from kinline.core.reasons import Audience, Reason, explain
from kinline.facilities.models import Facility, HousingUnit, Station
from kinline.people.authority import facilities_where, within
from kinline.people.permissions import Permission
from kinline.web.explanation import reader_language
from kinline.web.words import DISPOSITIONS

_PLACES: Final = ("facility", "unit", "station")


class Places(forms.Form):
    """A facility of the reader's; once it is known, its units and phones."""

    def __init__(self, request: HttpRequest, permission: Permission, asked: Mapping[str, Any]) -> None:
        super().__init__(asked)
        self.facilities = list(facilities_where(request.user, permission, partly=True).order_by("name"))
        here = self._facility_of(asked.get("facility"))
        last = list(self.fields.items())
        self.fields.clear()
        if len(self.facilities) > 1:
            self.fields["facility"] = _Place(Facility, self.facilities, _("Facility"), _("All facilities"))
        if here is not None:
            units = HousingUnit.objects.filter(within(request.user, permission, "facility", "pk"), facility=here)
            stations = Station.objects.filter(within(request.user, permission), facility=here)
            self.fields["unit"] = _Place(HousingUnit, list(units.order_by("name")), _("Unit"), _("All units"))
            self.fields["station"] = _Place(Station, list(stations.order_by("name")), _("Phone"), _("All phones"))
        self.fields.update(last)
        self.here = here

    @property
    def zones(self) -> list[str]:
        """Of the facilities that are searched."""
        return [each.time_zone for each in ([self.here] if self.here else self.facilities)]

    @property
    def typed(self) -> dict[str, str]:
        """The fields that say something, as they were typed."""
        return {name: str(text) for name in self.fields if (text := self.data.get(name, ""))}

    @property
    def facility_id(self) -> int | None:
        return None if self.here is None else int(self.here.pk)

    def places(self) -> dict[str, int]:
        """The keys of the places that were chosen, by field."""
        chosen = {name: self.cleaned_data.get(name) for name in _PLACES}
        found = {name: int(place.pk) for name, place in chosen.items() if place is not None}
        return found | ({"facility": int(self.here.pk)} if self.here else {})

    def _facility_of(self, typed: Any) -> Facility | None:
        if len(self.facilities) == 1:
            return self.facilities[0]
        return next((each for each in self.facilities if str(each.pk) == typed), None)


class Search(Places):
    """A search among calls and attempts; everything may be left open."""

    resident = forms.CharField(label=_("Resident’s number"), required=False, max_length=20)
    number = forms.CharField(label=_("Number, or its last digits"), required=False, max_length=20)
    since = forms.DateTimeField(label=_("From"), required=False)
    until = forms.DateTimeField(label=_("Until"), required=False)
    disposition = forms.ChoiceField(label=_("Outcome"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), required=False)

    def __init__(self, request: HttpRequest, permission: Permission, asked: Mapping[str, Any]) -> None:
        super().__init__(request, permission, asked)
        for name in ("since", "until"):
            self.fields[name] = forms.DateTimeField(
                label=self.fields[name].label,
                required=False,
                input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            )
        self.fields["disposition"].choices = [("", _("All outcomes")), *DISPOSITIONS.items()]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", _("All reasons")), *_reasons()]  # type: ignore[attr-defined]

    def clean_resident(self) -> str:
        return str(self.cleaned_data["resident"]).strip()

    def clean_number(self) -> str:
        typed = str(self.cleaned_data["number"]).strip()
        if typed and len(digits(typed)) < SHORTEST:
            raise ValidationError(_("Give at least four digits."))
        return typed

    def wanted(self) -> Wanted:
        """Of a form that is valid."""
        asked = self.cleaned_data
        places = self.places()
        return Wanted(
            facility=places.get("facility"),
            unit=places.get("unit"),
            station=places.get("station"),
            resident=asked["resident"],
            number=asked["number"],
            since=_without_zone(asked["since"]),
            until=_without_zone(asked["until"]),
            disposition=asked["disposition"],
            reason=asked["reason"],
        )


class Days(Places):
    """Which days are counted, and where."""

    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        first, last = asked.get("first"), asked.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return asked


class _Place(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of these places, none of which is asked for again."""

    def __init__(self, kind: Any, places: list[Any], label: Any, all_of_them: Any) -> None:
        own = kind.objects.filter(pk__in=[each.pk for each in places])
        super().__init__(own, label=label, required=False, empty_label=all_of_them)
        self.choices = [("", all_of_them), *((each.pk, each.name) for each in places)]


def reason_in_words(reason: str) -> str:
    """As staff read it, without what differs from call to call; one that is no longer known, by its code."""
    if reason not in set(Reason):
        return reason
    return explain(Reason(reason), Audience.STAFF, reader_language()).text or reason


def criteria(wanted: Wanted) -> dict[str, object]:
    """What the audit trail keeps of a search."""
    return {name: value for name, value in asdict(wanted).items() if value not in (None, "")}


def _reasons() -> list[tuple[str, str]]:
    of_calls = (reason for reason in Reason if reason.stage != "pay")
    return sorted(((reason.value, reason_in_words(reason)) for reason in of_calls), key=lambda each: each[1].lower())


def _without_zone(moment: datetime | None) -> datetime | None:
    """Django reads it as of its own zone; it is meant as of the facility's."""
    return None if moment is None else moment.replace(tzinfo=None)
