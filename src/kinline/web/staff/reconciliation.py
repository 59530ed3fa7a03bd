"""`/provider/reconciliation/`: the card provider's own books beside ours, difference by difference."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.core.identity import Instant
from kinline.ledger.models import AccountKind
from kinline.ledger.queries import balance, house_account
from kinline.ledger.reconciliation import Difference, Fault
from kinline.payments.models import BooksCheck, InboxMessage, InboxOutcome
from kinline.payments.queries import messages_not_booked
from kinline.payments.services import books_differ
from kinline.payments.services.comparing import GRACE
from kinline.web.clock import in_utc, midnight
from kinline.web.staff.access import Permission, staff_page

FAULTS = {
    Fault.MISSING_HERE: _("The provider has it, we do not"),
    Fault.MISSING_THERE: _("We have it, the provider does not"),
    Fault.OTHER_AMOUNT: _("Another amount"),
    Fault.OTHER_CURRENCY: _("Another currency"),
    Fault.FEE_NOT_BOOKED: _("A cost of ours is not booked"),
}
MESSAGES = {
    InboxOutcome.UNKNOWN.value: _(
        "We asked for no such payment. If other systems use the provider’s account, there is nothing to do; else "
        "compare the key with it."
    ),
    InboxOutcome.REFUSED.value: _(
        "The amount or the currency is not what we asked for, so nothing was booked. Look it up in the provider’s "
        "dashboard and give the money back there, or tell support."
    ),
    "": _("The provider has not answered what it is about. It is asked again by itself."),
}
CHECKS = 31
MESSAGES_SHOWN = 50
LONGEST = timedelta(days=366)


class Period(forms.Form):
    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("To, including"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if since and until and not timedelta() <= until - since <= LONGEST:
            self.add_error("until", _("Choose a time of at most a year that ends after it begins."))
        return asked


@require_safe
@staff_page(Permission.RECONCILE)
def reconciliation(request: HttpRequest) -> HttpResponse:
    """What was fetched from the provider, compared now. The worker fetches and compares once a day."""
    today = datetime.now(UTC).date()
    asked = {"since": today - timedelta(days=31), "until": today}
    period = Period({**asked, **{name: request.GET[name] for name in asked if name in request.GET}})
    found: list[Difference] = []
    messages: list[InboxMessage] = []
    if period.is_valid():
        first, last = period.cleaned_data["since"], period.cleaned_data["until"]
        since, until = midnight(first), midnight(last + timedelta(days=1))
        found = books_differ(since, min(until, Instant(time.time_ns() // 1_000_000 - GRACE)))
        messages = list(messages_not_booked(since, until)[:MESSAGES_SHOWN])
    return render(
        request,
        "kinline/reconciliation.html",
        {
            "period": period,
            "differences": [(each, FAULTS[each.fault], _amount(each)) for each in found],
            "messages": [(each, in_utc(each.received_at), MESSAGES[each.outcome]) for each in messages],
            "checks": [(each, in_utc(each.at)) for each in BooksCheck.objects.order_by("-day")[:CHECKS]],
            "cost": -balance(house_account(AccountKind.PROVIDER_FEE)),
        },
    )


def _amount(found: Difference) -> str:
    """Theirs, in their currency."""
    return f"{str(found.theirs).replace('$', '')} {found.currency.upper()}"
