"""`/attorneys/`: who must not be overheard asks to be put on the registry of privileged numbers, without an account."""

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kinline.contacts.models import PrivilegeKind
from kinline.contacts.services import ask_for_privilege
from kinline.core.numbering import E164, NotANumber, e164
from kinline.web.clock import now
from kinline.web.family.contacts import reading_language
from kinline.web.sign_in import too_many_tries
from kinline.web.staff.contact_words import KINDS


class PrivilegeForm(forms.Form):
    kind = forms.ChoiceField(label=_("You are"), choices=list(KINDS.items()))
    holder = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    organisation = forms.CharField(
        label=_("Office or organization (optional)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    licence = forms.CharField(label=_("Bar number with its state, or where you are on a roll"), max_length=60)
    number = forms.CharField(
        label=_("Telephone number that residents call"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def clean_number(self) -> E164:
        try:
            return e164(self.cleaned_data["number"])
        except NotANumber as error:
            raise forms.ValidationError(_("Write ten digits, or + and the country code.")) from error


@require_http_methods(["GET", "HEAD", "POST"])
def ask_privilege(request: HttpRequest) -> HttpResponse:
    """The same thanks whatever stands on the registry already."""
    form = PrivilegeForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="ask_for_privilege"):
            return too_many_tries(request)
        asked = form.cleaned_data
        ask_for_privilege(
            asked["number"],
            PrivilegeKind(asked["kind"]),
            asked["holder"],
            asked["organisation"],
            asked["licence"],
            asked["email"].lower(),
            reading_language().value,
            now(),
        )
        return redirect(f"{request.path}?thanks=1")
    return render(request, "kinline/ask_privilege.html", {"form": form, "thanks": "thanks" in request.GET})
