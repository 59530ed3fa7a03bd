"""`/account/voucher/`: redeem a prepaid card."""

import time
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant
from kinline.core.reasons import Audience, explain
from kinline.vouchers.services import Redeemed, redeem
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.family.payments import accounts_of, chosen_account


class VoucherForm(forms.Form):
    """The code as it stands on the card, and whose account."""

    account = forms.ChoiceField(label=_("For whom"))
    code = forms.CharField(
        label=_("The 16 digits on the card"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the 16 digits on the card.")},
    )

    def __init__(self, accounts: Mapping[str, str], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        chosen = self.fields["account"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 (for the type checker)
        chosen.choices = list(accounts.items())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def voucher(request: HttpRequest) -> HttpResponse:
    """Redeem a card onto their own account, or that of a resident who has them as a contact. Codes are never shown
    again and stand in no address."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    form = VoucherForm(accounts_of(customer), request.POST or None)
    answer = None
    if request.method == "POST" and form.is_valid():
        account = chosen_account(customer, form.cleaned_data["account"])
        answer = redeem(form.cleaned_data["code"], account, (f"account/{account}", *_place(request)), _now())
        if not isinstance(answer, Redeemed):
            why = explain(answer.reason, Audience.FAMILY, reader_language(), answer.values.items())
            form.add_error("code", f"{why.text} {why.remedy}")
    redeemed = answer if isinstance(answer, Redeemed) else None
    if redeemed:
        form = VoucherForm(accounts_of(customer))
    own = chosen_account(customer, next(iter(accounts_of(customer))))
    return render(
        request,
        "kinline/voucher.html",
        {"form": form, "redeemed": redeemed, "account_number": own},
        status=422 if form.errors else 200,
    )


def _place(request: HttpRequest) -> tuple[str, ...]:
    """The reader's address; none behind a proxy of our own, where it would be everybody's."""
    address = request.META.get("REMOTE_ADDR", "")
    return () if not address or address in ("127.0.0.1", "::1") else (f"address/{address}",)


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
