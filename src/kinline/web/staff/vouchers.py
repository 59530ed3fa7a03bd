"""`/facility/vouchers/`: batches of prepaid cards, for the provider's finance."""

import time
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.vouchers import services
from kinline.vouchers.models import Batch, VoucherState
from kinline.vouchers.services.making import MOST_CARDS, MOST_WORTH
from kinline.web.documents.paper import NoPdf, attachment
from kinline.web.documents.voucher_cards import square, voucher_cards_pdf
from kinline.web.explanation import reader_language
from kinline.web.family.money_forms import Dollars
from kinline.web.staff.access import Permission, staff_page

BATCHES = 50
"""On the page, newest first."""


class MakeForm(forms.Form):
    prefix = "make"
    amount = Dollars(label=_("Value of each card, in dollars"))
    count = forms.IntegerField(label=_("How many cards"), min_value=1, max_value=MOST_CARDS)

    def clean_amount(self) -> Money:
        amount: Money = self.cleaned_data["amount"]
        if amount > MOST_WORTH:
            raise forms.ValidationError(gettext("A card is worth at most %(most)s.") % {"most": MOST_WORTH})
        return amount


class CardsForm(forms.Form):
    """Which cards of which batch."""

    prefix = "cards"
    batch = forms.IntegerField(label=_("Batch"), min_value=1)
    first = forms.IntegerField(label=_("First card"), min_value=1)
    last = forms.IntegerField(label=_("Last card"), min_value=1)
    reason = forms.CharField(label=_("Why (only to void them)"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.data.get("what") == "void" and not cleaned.get("reason", "").strip():
            self.add_error("reason", gettext("Say why: it is written down with your name."))
        return cleaned


@never_cache
@staff_page(Permission.MAKE_VOUCHERS)
@require_http_methods(["GET", "HEAD", "POST"])
def vouchers(request: HttpRequest) -> HttpResponse:
    """Make, activate and void cards. The codes of a new batch are shown once: the answer is the page or PDF."""
    what, actor, at = request.POST.get("what"), f"user/{request.user.pk}", Instant(time.time_ns() // 1_000_000)
    make = MakeForm(request.POST if what == "make" else None)
    cards = CardsForm(request.POST if what in ("activate", "void") else None)
    if what == "make" and make.is_valid():
        made = services.make(make.cleaned_data["amount"], make.cleaned_data["count"], actor, at)
        no_pdf = False
        if "pdf" in request.POST:
            try:
                return attachment(voucher_cards_pdf(made, reader_language()), f"prepaid-cards-{made.batch_id}.pdf")
            except NoPdf:
                no_pdf = True
        printed = [(card, square(card.code)) for card in made.cards]
        return render(request, "kinline/voucher_cards.html", {"made": made, "cards": printed, "no_pdf": no_pdf})
    if cards.is_bound and cards.is_valid():
        batch, first, last = (cards.cleaned_data[name] for name in ("batch", "first", "last"))
        try:
            if what == "activate":
                changed = services.activate(batch, first, last, actor, at)
            else:
                changed = services.void(batch, first, last, actor, cards.cleaned_data["reason"], at)
        except services.NoSuchVouchers:
            cards.add_error("batch", gettext("This batch has no such cards. Look at the list below."))
        else:
            return redirect(f"{request.path}?changed={changed}")
    return render(
        request,
        "kinline/vouchers.html",
        {"make": make, "cards": cards, "batches": _batches(), "changed": request.GET.get("changed", "")[:6]},
    )


def _batches() -> list[dict[str, Any]]:
    counted = Batch.objects.annotate(
        **{state.value: Count("vouchers", filter=Q(vouchers__state=state)) for state in VoucherState}
    )
    return [
        {
            "id": batch.pk,
            "amount": Money(batch.amount),
            "count": batch.count,
            **{state.value: getattr(batch, state.value) for state in VoucherState},
        }
        for batch in counted.order_by("-pk")[:BATCHES]
    ]
