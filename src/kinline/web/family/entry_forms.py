"""Forms with which families come in: who they are, a code, a password."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kinline.core.numbering import E164, NotANumber, e164
from kinline.enrolment.codes import DIGITS
from kinline.people.models import User

PASSWORD, PASSKEY = "password", "passkey"
_OFTEN = ("US", "MX", "GT", "HN", "SV", "CA")


def countries() -> list[tuple[str, str]]:
    """Every country with its name in the reader's language; those most asked for first."""
    return list(_countries(get_language() or "en"))


@lru_cache(maxsize=4)
def _countries(language: str) -> Iterable[tuple[str, str]]:
    names = {code: name for code, name in Locale(language[:2]).territories.items() if len(code) == 2 and code.isalpha()}
    often = [(code, names.pop(code)) for code in _OFTEN]
    for no_country in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"):
        names.pop(no_country, None)
    return tuple(often + sorted(names.items(), key=lambda each: each[1]))


class EmailInput(forms.EmailField):
    """An address, in lower case, as it is stored."""

    def __init__(self, **how: Any) -> None:
        how.setdefault("label", _("E-mail address"))
        how.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "email"}))
        how.setdefault("error_messages", {"required": _("Write your e-mail address."), "invalid": _BAD_EMAIL})
        super().__init__(max_length=254, **how)

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).lower()


_BAD_EMAIL = _("That is no e-mail address. Write it like name@example.com.")


class NumberInput(forms.CharField):
    """A telephone number, as `E164`."""

    def __init__(self, **how: Any) -> None:
        how.setdefault("label", _("Telephone number"))
        how.setdefault(
            "help_text", _("The one that you want to be called at. Outside the US, with + and country code.")
        )
        how.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}))
        how.setdefault("error_messages", {"required": _("Write your telephone number.")})
        super().__init__(max_length=30, **how)

    def clean(self, value: Any) -> E164:
        typed = super().clean(value)
        try:
            return e164(typed)
        except NotANumber as error:
            raise ValidationError(
                gettext("That is no telephone number. Write ten digits, or + and the country code."), code="invalid"
            ) from error


class AddressFields(forms.Form):
    """Name and postal address."""

    name = forms.CharField(
        max_length=120,
        label=_("Your full name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name as it is on your identification.")},
    )
    street = forms.CharField(
        max_length=200,
        label=_("Street, number and apartment"),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Write your street and number.")},
    )
    city = forms.CharField(
        max_length=80,
        label=_("City"),
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        error_messages={"required": _("Write your city.")},
    )
    state = forms.CharField(
        max_length=80,
        label=_("State"),
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
        error_messages={"required": _("Write your state.")},
    )
    postal_code = forms.CharField(
        max_length=16,
        label=_("ZIP code"),
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "text"}),
        error_messages={"required": _("Write your ZIP code.")},
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=countries, initial="US", widget=forms.Select(attrs={"autocomplete": "country"})
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("country") != "US":
            return typed
        if "state" in typed:
            typed["state"] = typed["state"].strip().upper()
            if not re.fullmatch("[A-Z]{2}", typed["state"]):
                self.add_error("state", gettext("Write the state with two letters, such as LA."))
        if "postal_code" in typed and not re.fullmatch("[0-9]{5}(-[0-9]{4})?", typed["postal_code"].strip()):
            self.add_error("postal_code", gettext("Write the ZIP code with five digits, such as 70112."))
        return typed


class NewPassword(forms.Form):
    """A password that is not easily guessed. `of`: whose it will be."""

    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 10 characters. A few words in a row are good."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )

    def check_password(self, of: User) -> None:
        """Add what speaks against it to the field."""
        typed = self.cleaned_data.get("password")
        if typed:
            try:
                validate_password(typed, of)
            except ValidationError as error:
                self.add_error("password", error)


class SignUpForm(AddressFields, NewPassword):
    """All that is asked, on one page."""

    email = EmailInput()
    number = NumberInput()
    way = forms.ChoiceField(
        label=_("How do you want to sign in?"),
        choices=(
            (PASSWORD, _("With a password")),
            (PASSKEY, _("With a passkey: my fingerprint, my face, or the lock of my phone")),
        ),
        initial=PASSWORD,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a way to sign in.")},
    )
    terms = forms.BooleanField(error_messages={"required": _("Read the terms and tick the box if you agree.")})
    recording = forms.BooleanField(
        error_messages={"required": _("Read about recording and tick the box if you agree.")}
    )
    field_order = ("name", "email", "number", "street", "city", "state", "postal_code", "country", "way", "password")

    def __init__(self, *given: Any, **how: Any) -> None:
        super().__init__(*given, **how)
        self.fields["password"].required = False

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("way") == PASSWORD:
            if not typed.get("password"):
                self.add_error("password", gettext("Choose a password."))
            self.check_password(User(email=typed.get("email", ""), name=typed.get("name", "")))
        return typed


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Code, six digits"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Type the code that we sent you.")},
    )

    def clean_code(self) -> str:
        code = "".join(each for each in self.cleaned_data["code"] if each.isdigit())
        if len(code) != DIGITS:
            raise ValidationError(gettext("The code has six digits."))
        return code


class NumberForm(forms.Form):
    number = NumberInput()


class EmailForm(forms.Form):
    email = EmailInput(label=_("New e-mail address"))


class ForgottenForm(forms.Form):
    email = EmailInput()


class CodeAndPassword(CodeForm, NewPassword):
    """The code, and the password from now on."""

    field_order = ("code", "password")
