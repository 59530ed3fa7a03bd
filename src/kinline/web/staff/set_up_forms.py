"""What is typed while a facility is set up."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.core.numbering import area_codes
from kinline.facilities.models import Agency, Facility, HousingUnit, Station
from kinline.web.staff.prices import Dollars
from kinline.web.staff.residents_words import LANGUAGES
from kinline.web.staff.rule_form import HoursOfDay, Length

ZONES: Final = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "America/Detroit", "America/Boise"),
    *("America/Indiana/Indianapolis", "America/Kentucky/Louisville", "America/Menominee", "America/Adak"),
    *("America/North_Dakota/Beulah", "Pacific/Guam", "Pacific/Pago_Pago", "Pacific/Saipan", "America/St_Thomas"),
)
STATE_CHOICES: Final = (("", "–"), *((each, each) for each in area_codes.PLACES))


class FacilityForm(forms.Form):
    name = forms.CharField(label=_("Name of the facility"), max_length=200)
    number = forms.CharField(
        label=_("Its telephone number, which called parties see"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(label=_("State"), choices=STATE_CHOICES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=[("", "–"), *((each, each) for each in ZONES)])
    kind = forms.ChoiceField(label=_("Kind"), choices=[("jail", _("Jail")), ("prison", _("Prison"))])
    average_daily_population = forms.IntegerField(
        label=_("Average daily population of last year"), min_value=1, max_value=100_000
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages at the phones; the first is spoken first"),
        choices=list(LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        zone = self.initial.get("time_zone")
        if zone and zone not in ZONES:
            self.fields["time_zone"].choices.append((zone, zone))  # type: ignore[attr-defined]

    def says(self) -> dict[str, Any]:
        asked = dict(self.cleaned_data)
        asked["is_prison"] = asked.pop("kind") == "prison"
        for name in ("agency", "agency_name"):
            asked.pop(name, None)
        return asked

    @classmethod
    def of(cls, facility: Facility) -> "FacilityForm":
        names = ("name", "number", "state", "time_zone", "average_daily_population", "languages")
        as_it_is = {name: getattr(facility, name) for name in names}
        return cls(initial={**as_it_is, "kind": "prison" if facility.is_prison else "jail"})


class NewFacilityForm(FacilityForm):
    """With its agency: one of those that the reader answers for, or, for the provider, a new one."""

    agency = forms.ChoiceField(label=_("Agency"), required=False)
    agency_name = forms.CharField(label=_("Or a new agency: its name"), max_length=200, required=False)
    field_order = ("agency", "agency_name", "name")

    def __init__(self, agencies: list[Agency], may_add: bool, data: Any = None) -> None:
        super().__init__(data, initial={"languages": list(LANGUAGES)})
        self.agencies = {str(each.pk): each for each in agencies}
        new = [("", _("A new agency"))] if may_add else []
        self.fields["agency"].choices = [*new, *((key, each.name) for key, each in self.agencies.items())]  # type: ignore[attr-defined]
        if not may_add:
            del self.fields["agency_name"]


class UnitsForm(forms.Form):
    names = forms.CharField(
        label=_("New units, one name on each line"), max_length=6000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_names(self) -> list[str]:
        return [" ".join(line.split())[:61] for line in self.cleaned_data["names"].splitlines() if line.strip()]


class PhoneForm(forms.Form):
    name = forms.CharField(label=_("Name of the phone"), max_length=60)
    unit = forms.ModelChoiceField(HousingUnit.objects.none(), label=_("Unit"), required=False, empty_label=_("None"))
    group = forms.CharField(
        label=_("Group of phones with rules in common, such as Intake (empty: none)"), max_length=60, required=False
    )
    address = forms.CharField(
        label=_("Only for gateways that know no password: the address that is trusted"), max_length=45, required=False
    )

    def __init__(self, facility: Facility, data: Any = None) -> None:
        super().__init__(data)
        self.fields["unit"].queryset = facility.units.order_by("name")  # type: ignore[attr-defined]


class ChangePhoneForm(PhoneForm):
    """A phone that is there: where it hangs, and whether it is let in."""

    prefix = "change"
    is_enabled = forms.BooleanField(label=_("Let in"), required=False)

    def __init__(self, phone: Station, data: Any = None) -> None:
        super().__init__(phone.facility, data)
        del self.fields["address"]
        group = phone.group.name if phone.group else ""
        self.initial = {"name": phone.name, "unit": phone.unit_id, "group": group, "is_enabled": phone.is_enabled}


class PriceForm(forms.Form):
    price = Dollars(_("Our price of a minute, dollars"))
    facility_additive = Dollars(_("Facility-related component, dollars"))


class HoursForm(forms.Form):
    """The few rules that every facility needs; the rest is on the page of calling rules."""

    maximum_seconds = Length(_("Longest call, minutes"))
    list_required = forms.BooleanField(required=False, label=_("Only approved contacts"))

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        hours = HoursOfDay(_("Hours of every day (empty: as they are now)"))
        self.fields = {"hours": hours, **self.fields}


class TestForm(forms.Form):
    number = forms.CharField(
        label=_("Number of a phone that you can answer; calls to it are free until the test ends"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
