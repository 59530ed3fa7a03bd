"""A postal address as somebody types it, for a cheque."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kinline.core.numbering import area_codes
from kinline.refunds.services import Address

_STATES: Final = frozenset(area_codes.PLACES) | {"AA", "AE", "AP"}
"""With those of the armed forces' post."""
_FIELDS: Final = ("recipient", "street", "city", "state", "postal_code")


class PostalAddress(forms.Form):
    """All of it, or nothing."""

    recipient = forms.CharField(max_length=120, required=False, label=_("Name on the cheque"))
    street = forms.CharField(max_length=200, required=False, label=_("Street and number"))
    city = forms.CharField(max_length=80, required=False, label=_("City"))
    state = forms.RegexField(
        r"\A[A-Za-z]{2}\Z",
        required=False,
        label=_("State, two letters"),
        error_messages={"invalid": _("Write the state with two letters, such as LA.")},
    )
    postal_code = forms.RegexField(
        r"\A[0-9]{5}(-[0-9]{4})?\Z",
        required=False,
        label=_("ZIP code"),
        error_messages={"invalid": _("Write the ZIP code with five digits, such as 70112.")},
    )

    def clean_state(self) -> str:
        state = str(self.cleaned_data["state"]).upper()
        if state and state not in _STATES:
            raise forms.ValidationError(self.fields["state"].error_messages["invalid"])
        return state

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if any(cleaned.get(name) for name in _FIELDS):
            for name in _FIELDS:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("A cheque needs the whole address."))
        return cleaned

    @property
    def address(self) -> Address | None:
        """What was typed; None: nothing was."""
        typed = {name: str(self.cleaned_data.get(name, "")).strip() for name in _FIELDS}
        return Address(**typed) if typed["street"] else None
