"""What a family fills in to say which calls it wishes."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kinline.web.family.money_forms import Dollars
from kinline.web.templatetags.plain_words import telephone

EVERYBODY: Final = "all"
ZONES: Final = (
    ("America/New_York", gettext_lazy("Eastern time")),
    ("America/Chicago", gettext_lazy("Central time")),
    ("America/Denver", gettext_lazy("Mountain time")),
    ("America/Phoenix", gettext_lazy("Arizona time")),
    ("America/Los_Angeles", gettext_lazy("Pacific time")),
    ("America/Anchorage", gettext_lazy("Alaska time")),
    ("Pacific/Honolulu", gettext_lazy("Hawaii time")),
    ("America/Puerto_Rico", gettext_lazy("Puerto Rico time")),
)
PAUSES: Final = (
    ("8", gettext_lazy("8 hours")),
    ("24", gettext_lazy("1 day")),
    ("168", gettext_lazy("7 days")),
    ("720", gettext_lazy("30 days")),
)
_CHOOSE: Final = gettext_lazy("Choose one from the list.")
_ERRORS: Final = {"required": _CHOOSE, "invalid_choice": _CHOOSE}
_TIME: Final = gettext_lazy("Write a time, for example 21:00.")
Choices = Sequence[tuple[str, Any]]
Sent = QueryDict | None


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
    field.choices = list(choices)


class BlockForm(forms.Form):
    """Which number, and whose calls."""

    number = forms.ChoiceField(label=gettext_lazy("Your number"), error_messages=_ERRORS)
    whose = forms.ChoiceField(label=gettext_lazy("Whose calls"), error_messages=_ERRORS)

    def __init__(self, numbers: Sequence[str], whose: Choices, data: Sent) -> None:
        super().__init__(data, auto_id="block-%s")
        _choose(self, "number", [(number, telephone(number)) for number in numbers])
        _choose(self, "whose", [*whose, (EVERYBODY, _("All calls from every facility"))])


class PauseForm(forms.Form):
    """For how long."""

    hours = forms.ChoiceField(label=gettext_lazy("For how long"), choices=PAUSES, error_messages=_ERRORS)


class QuietForm(forms.Form):
    """Days of the week, and the time on each."""

    number = forms.ChoiceField(label=gettext_lazy("Your number"), error_messages=_ERRORS)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On which days"),
        choices=[(str(day), name) for day, name in WEEKDAYS.items()],
        coerce=int,
        initial=[str(day) for day in WEEKDAYS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
    )
    opens = forms.TimeField(
        label=gettext_lazy("From"),
        initial="21:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _TIME, "invalid": _TIME},
    )
    closes = forms.TimeField(
        label=gettext_lazy("Until (the next day, if it is earlier)"),
        initial="07:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _TIME, "invalid": _TIME},
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("On which clock"), choices=ZONES, error_messages=_ERRORS)

    def __init__(self, numbers: Sequence[str], data: Sent, initial: dict[str, Any]) -> None:
        super().__init__(data, auto_id="quiet-%s", initial=initial)
        _choose(self, "number", [(number, telephone(number)) for number in numbers])


class LimitForm(forms.Form):
    """For whom, and how much a day."""

    who = forms.ChoiceField(label=gettext_lazy("On calls of whom"), error_messages=_ERRORS)
    amount = Dollars(
        label=gettext_lazy("At most this much a day, in dollars"),
        error_messages={"required": gettext_lazy("Write the amount, for example 12.50.")},
    )

    def __init__(self, residents: Choices, data: Sent) -> None:
        super().__init__(data, auto_id="limit-%s")
        _choose(self, "who", [(EVERYBODY, _("Everybody together")), *residents])
