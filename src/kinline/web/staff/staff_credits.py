"""`/provider/credits/`: credits that staff give a family or a resident, alone or as two."""

import time
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.calls.models import Call
from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import Money
from kinline.ledger.models import SPENDABLE
from kinline.ledger.services import open_customer_account
from kinline.people.models import Customer, User
from kinline.refunds import queries, services
from kinline.refunds.errors import MoreThanTheCall, NotYourRole, OtherRequest, WrongStanding
from kinline.refunds.models import CreditReason, CreditState, StaffCredit
from kinline.web.family.money_forms import Dollars, Reference
from kinline.web.refund_words import CREDIT_REASONS
from kinline.web.row_numbers import row_number
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.pay_outs import owner

DECIDED = 30
STATES = {
    CreditState.WAITING: gettext_lazy("Waits for a second person"),
    CreditState.GRANTED: gettext_lazy("Given"),
    CreditState.REFUSED: gettext_lazy("Refused"),
}


class CreditForm(forms.Form):
    """For a call, whoever paid it; or for a customer's account."""

    reference = Reference()
    call = forms.CharField(max_length=20, required=False, label=gettext_lazy("Call number, if it is for a call"))
    email = forms.EmailField(required=False, label=gettext_lazy("E-mail of the customer, if it is for no call"))
    amount = Dollars(label=gettext_lazy("Amount, in dollars"))
    reason = forms.ChoiceField(label=gettext_lazy("Reason, which the family reads"), choices=CREDIT_REASONS.items)
    text = forms.CharField(max_length=300, label=gettext_lazy("What happened, for staff and auditors"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        number, email = cleaned.get("call", "").strip(), cleaned.get("email", "")
        if number:
            call = Call.objects.filter(pk=row_number(number)).select_related("account").first()
            if call is None or call.account is None or call.account.kind not in SPENDABLE:
                self.add_error("call", _("No call of this number was paid from an account. Compare it."))
            else:
                cleaned["call_id"], cleaned["account"] = CallId(call.pk), AccountId(call.account.pk)
        elif email:
            customer = Customer.objects.filter(user__email=email.lower()).first()
            if customer is None:
                self.add_error("email", _("No customer has this e-mail address. Compare it."))
            else:
                cleaned["account"] = open_customer_account(customer.pk)
        elif not self.errors:
            self.add_error("call", _("Write the number of the call, or the e-mail of the customer."))
        return cleaned


@never_cache
@staff_page(Permission.GIVE_STAFF_CREDITS)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_credits(request: HttpRequest) -> HttpResponse:
    """Give or propose one, decide on what others propose, and what was decided."""
    user = cast(User, request.user)
    at = Instant(time.time_ns() // 1_000_000)
    form = CreditForm(request.POST if request.POST.get("what") == "give" else None)
    if form.is_bound and form.is_valid() and _given(request, form, user, at):
        return redirect("staff_credits")
    if request.POST.get("what") in ("grant", "refuse"):
        _decided(request, user, at)
        return redirect("staff_credits")
    limits = services.limits_of(user)
    waiting = [
        {**_shown(each), "may_decide": each.proposed_by_id != user.pk and Money(each.amount) <= limits.confirms}
        for each in queries.credits_waiting()
    ]
    return render(
        request,
        "kinline/staff_credits.html",
        {
            "form": form,
            "limits": limits,
            "waiting": waiting,
            "decided": [_shown(each) for each in queries.credits_decided()[:DECIDED]],
        },
        status=422 if form.errors else 200,
    )


def _given(request: HttpRequest, form: CreditForm, user: User, at: Instant) -> bool:
    typed = form.cleaned_data
    try:
        made = services.give(
            typed["account"],
            typed["amount"],
            CreditReason(typed["reason"]),
            typed["text"],
            user,
            at,
            call_id=typed.get("call_id"),
            reference=typed["reference"],
        )
    except MoreThanTheCall as more:
        form.add_error("amount", _("Only %(left)s of this call's charge is left to give back.") % {"left": more.left})
        return False
    except NotYourRole:
        most = services.limits_of(user).proposes
        form.add_error("amount", _("You may give at most %(most)s, with a second person.") % {"most": most})
        return False
    except OtherRequest:
        form.add_error(None, _("This form was used before. Look below at what became of it."))
        return False
    is_given = made.state == CreditState.GRANTED
    messages.success(
        request,
        _("The credit is given, and written down with your name.")
        if is_given
        else _("It needs a second person: it waits below until somebody else decides."),
    )
    return True


def _decided(request: HttpRequest, user: User, at: Instant) -> None:
    number = request.POST.get("credit", "")
    found = get_object_or_404(StaffCredit, pk=row_number(number))
    try:
        services.decide(found.pk, user, at, is_granted=request.POST.get("what") == "grant")
    except NotYourRole:
        messages.error(request, _("Another person with the right to so much must decide."))
    except WrongStanding:
        messages.error(request, _("Somebody decided this before."))
    except MoreThanTheCall as more:
        messages.error(request, _("Only %(left)s of this call's charge is left to give back.") % {"left": more.left})
    else:
        messages.success(request, _("Decided, and written down with your name."))


def _shown(credit: StaffCredit) -> dict[str, Any]:
    return {
        "credit": credit,
        "owner": owner(credit.account),
        "amount": Money(credit.amount),
        "reason": CREDIT_REASONS[CreditReason(credit.reason)],
        "state": STATES[CreditState(credit.state)],
    }
