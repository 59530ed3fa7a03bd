"""`/account/refund/` and `/account/close/`: getting an unused balance back, and closing the account."""

import time
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.billing.queries import overpaid
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.refunding import Plan
from kinline.ledger.models import Account, AccountKind
from kinline.payments.models import Payment, RefundState
from kinline.people.models import Customer
from kinline.refunds import services
from kinline.refunds.errors import RefundError
from kinline.refunds.models import Cause, PayOut, PayOutState, Refund
from kinline.refunds.queries import notice_now, refunds_of
from kinline.web.family.account import customer_of
from kinline.web.family.money_forms import Dollars, Reference
from kinline.web.family.payments import card_name, chosen_account, zone_of
from kinline.web.postal_address import PostalAddress
from kinline.web.refund_words import why_not
from kinline.web.row_numbers import row_number
from kinline.web.trail import refuse

CARD_STATES = {
    RefundState.REQUESTED: gettext_lazy("on its way to the bank"),
    RefundState.SENT: gettext_lazy("sent: banks take some days"),
    RefundState.SUCCEEDED: gettext_lazy("sent: banks take some days"),
    RefundState.FAILED: gettext_lazy("the card did not take it"),
}
CHEQUE_STATES = {
    PayOutState.REQUESTED: gettext_lazy("is being prepared"),
    PayOutState.IN_FILE: gettext_lazy("is being printed"),
    PayOutState.SENT: gettext_lazy("sent by mail"),
    PayOutState.RETURNED: gettext_lazy("came back: please tell us your address"),
    PayOutState.TURNED_OVER: gettext_lazy("handed to your state, which keeps it for you"),
}


class RefundForm(PostalAddress):
    reference = Reference()
    amount = Dollars(required=False, label=gettext_lazy("How much, in dollars (leave empty for all of it)"))
    field_order = ("reference", "amount")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: HttpRequest) -> HttpResponse:
    """What can go back, and where it goes; a request; what became of earlier ones."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    account = _account(customer)
    if request.POST.get("what") == "keep":
        services.say_wanted(AccountId(account.pk), f"user/{request.user.pk}", _now())
        messages.success(request, _("Good: your money stays here."))
        return redirect("refund")
    if request.POST.get("what") == "open":
        services.open_again(customer.pk, f"user/{request.user.pk}", _now())
        messages.success(request, _("Your account is open again."))
        return redirect("refund")
    moved = PostalAddress(request.POST if request.POST.get("what") == "address" else None)
    if moved.is_bound and moved.is_valid() and _readdressed(request, account, moved):
        return redirect("refund")
    form = RefundForm(request.POST if request.method == "POST" and not moved.is_bound else None)
    if form.is_bound and form.is_valid() and _asked(request, account, form):
        return redirect("refund")
    plan = _planned(account)
    zone = zone_of(customer)
    told = notice_now(AccountId(account.pk))
    return render(
        request,
        "kinline/refund.html",
        {
            "form": form,
            "free": Money(account.posted - account.held),
            "held": Money(account.held),
            "overpaid": overpaid(customer.pk),
            "is_closed": account.closed_at is not None,
            "is_reviewed": account.review_since is not None,
            "plan": plan,
            "cards": _cards(plan, zone),
            "notice": told and {"at": _day(told.refund_at, zone), "since": _day(told.since, zone)},
            "refunds": [_as_read(each, zone, moved) for each in refunds_of(AccountId(account.pk))],
        },
        status=422 if form.errors or moved.is_bound else 200,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Close the account: asked for twice by nobody, since it can be opened again."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    account = _account(customer)
    form = PostalAddress(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.close_account(customer.pk, form.address, f"user/{request.user.pk}", _now())
        except RefundError as error:
            form.add_error(*why_not(error))
        else:
            messages.success(request, _("Your account is closed. No call is charged to it any more."))
            return redirect("refund")
    plan = _planned(account)
    balance = Money(account.posted) + overpaid(customer.pk)
    context = {"form": form, "balance": balance, "plan": plan, "is_closed": account.closed_at is not None}
    return render(request, "kinline/close_account.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, account: Account, form: RefundForm) -> bool:
    try:
        made = services.refund(
            AccountId(account.pk),
            Cause.REQUEST,
            f"user/{request.user.pk}",
            _now(),
            amount=form.cleaned_data["amount"],
            address=form.address,
            reference=form.cleaned_data["reference"],
        )
    except RefundError as error:
        form.add_error(*why_not(error))
        return False
    messages.success(request, _("%(amount)s is on its way back to you.") % {"amount": Money(made.amount)})
    return True


def _readdressed(request: HttpRequest, account: Account, form: PostalAddress) -> bool:
    """A cheque of theirs that came back goes to where they live now."""
    number = request.POST.get("number", "")
    theirs = PayOut.objects.filter(refund__account=account, standing=PayOutState.RETURNED)
    found = theirs.filter(pk=row_number(number)).first()
    if found is None:
        refuse(request, f"pay_out/{number[:18]}")
    if form.address is None:
        form.add_error("street", _("A cheque needs the whole address."))
        return False
    services.readdress(found.pk, form.address, f"user/{request.user.pk}", _now())
    messages.success(request, _("The cheque waits for the next file."))
    return True


def _account(customer: Customer) -> Account:
    return Account.objects.get(pk=chosen_account(customer, "own"), kind=AccountKind.CUSTOMER_PREPAID)


def _planned(account: Account) -> Plan | None:
    try:
        return services.planned_on_request(account)
    except RefundError:
        return None


def _cards(plan: Plan | None, zone: tzinfo) -> list[tuple[str, datetime, Money]]:
    """The name of each card, when it paid, and what goes back to it."""
    if plan is None:
        return []
    paid = Payment.objects.select_related("card").in_bulk([share.payment_id for share in plan.to_cards])
    return [
        (_named(paid[share.payment_id]), _day(paid[share.payment_id].created_at, zone), share.amount)
        for share in plan.to_cards
    ]


def _as_read(refund: Refund, zone: tzinfo, moved: PostalAddress) -> dict[str, Any]:
    to_cards = [part.card_refund for part in refund.card_parts.all()]
    parts = [(_named(each.payment), Money(each.amount), CARD_STATES[RefundState(each.state)]) for each in to_cards]
    parts += [
        (_("Cheque"), Money(out.amount), CHEQUE_STATES[PayOutState(out.standing)]) for out in refund.pay_outs.all()
    ]
    returned = [
        (out, moved if moved.data.get("number") == str(out.pk) else PostalAddress(auto_id=f"id_{out.pk}_%s"))
        for out in refund.pay_outs.all()
        if out.standing == PayOutState.RETURNED
    ]
    return {"at": _day(refund.at, zone), "amount": Money(refund.amount), "parts": parts, "returned": returned}


def _named(payment: Payment) -> str:
    return card_name(payment.card) if payment.card is not None else _("The card that paid")


def _day(at: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).replace(tzinfo=None)


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
