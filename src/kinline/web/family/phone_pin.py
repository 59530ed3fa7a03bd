"""`/account/phone-pin/`: set the PIN that opens the account by telephone."""

import time
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kinline.calls.account_visits import Deed, visits_of
from kinline.configuration import configuration
from kinline.core.identity import Instant
from kinline.people.models import Customer, User
from kinline.people.phone_pins import DIGITS, WeakPin, set_phone_pin
from kinline.web.family.account import customer_of
from kinline.web.family.payments import zone_of

_WEAK = _("Choose six digits, not all the same and not in a row.")
_DEEDS = {
    Deed.BALANCE_HEARD: _("balance heard"),
    Deed.CALLS_HEARD: _("last calls heard"),
    Deed.BLOCKS_HEARD: _("blocks heard"),
    Deed.BLOCK_LIFTED: _("block lifted"),
    Deed.CARD_REDEEMED: _("prepaid card redeemed"),
    Deed.CARD_CHARGED: _("money added with the saved card"),
    Deed.PERSON_REACHED: _("spoke with a person"),
}


class PhonePinForm(forms.Form):
    """The PIN, twice."""

    pin = forms.CharField(
        label=_("New phone PIN, six digits"),
        max_length=DIGITS,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _WEAK},
    )
    again = forms.CharField(
        label=_("The same PIN again"),
        max_length=DIGITS,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("The two PINs are not the same.")},
    )

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        if given.get("pin") and given.get("again") and given["pin"] != given["again"]:
            self.add_error("again", _("The two PINs are not the same."))
        return given


@sensitive_post_parameters("pin", "again")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def phone_pin(request: HttpRequest) -> HttpResponse:
    """Set it, for the signed-in customer's own account. It is never shown again."""
    customer = customer_of(request.user)
    if customer is None or not isinstance(request.user, User):
        return redirect("welcome")
    form = PhonePinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            now = Instant(time.time_ns() // 1_000_000)
            set_phone_pin(customer.pk, form.cleaned_data["pin"], f"user/{request.user.pk}", now)
        except WeakPin:
            form.add_error("pin", _WEAK)
        else:
            messages.success(request, _("Your phone PIN is set."))
            return redirect("phone_pin")
    return render(
        request,
        "kinline/phone_pin.html",
        {
            "form": form,
            "is_set": bool(customer.phone_pin_hash),
            "number": configuration().account_number,
            "visits": _visits(customer),
        },
    )


def _visits(customer: Customer) -> list[dict[str, Any]]:
    """As the family reads them: local time without zone, and words."""
    zone = zone_of(customer)
    return [
        {
            "at": datetime.fromtimestamp(visit.at / 1000, UTC).astimezone(zone).replace(tzinfo=None),
            "caller": visit.caller.removeprefix("..."),
            "was_locked": visit.was_locked,
            "deeds": [_DEEDS[deed] for deed in visit.deeds],
        }
        for visit in visits_of(customer.pk)
    ]
