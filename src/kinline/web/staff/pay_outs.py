"""`/provider/refunds/`: cheques and commissary pay-outs of finance, from the request to the letter that comes back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.core.identity import FacilityId
from kinline.core.money import Money
from kinline.ledger.models import Account
from kinline.refunds import queries, services
from kinline.refunds.errors import WrongStanding
from kinline.refunds.models import PayOut, PayOutFile, PayOutState, Way
from kinline.web.clock import now
from kinline.web.postal_address import PostalAddress
from kinline.web.spreadsheet import attached
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.giving_back import GiveBackForm, given_back
from kinline.web.staff.owners_told import GivenForm, ToldForm, form_of, given, to_tell, told
from kinline.web.staff.refund_rules import WAYS, ReleaseForm, ruled

FILES = 20
"""On the page, newest first."""

STANDINGS = {
    PayOutState.REQUESTED: gettext_lazy("Waits for a file"),
    PayOutState.IN_FILE: gettext_lazy("In a file"),
    PayOutState.SENT: gettext_lazy("Sent"),
    PayOutState.RETURNED: gettext_lazy("Came back"),
    PayOutState.TURNED_OVER: gettext_lazy("Turned over to the state"),
}


class ReturnedForm(forms.Form):
    """Which one, and what the envelope says."""

    number = forms.IntegerField(min_value=1, label=gettext_lazy("Number of the cheque"))
    reason = forms.CharField(max_length=200, label=gettext_lazy("Why it came back"))


@never_cache
@staff_page(Permission.PAY_OUT)
@require_http_methods(["GET", "HEAD", "POST"])
def pay_outs(request: HttpRequest) -> HttpResponse:
    """What waits, the files, and what came back. `?file=7` is that file as CSV."""
    if asked := request.GET.get("file", ""):
        file = get_object_or_404(PayOutFile, pk=_number(asked))
        return attached(file.content, f"{file.way}-{file.pk}.csv")
    returned = ReturnedForm(request.POST if request.POST.get("what") == "returned" else None)
    address = PostalAddress(request.POST if request.POST.get("what") == "address" else None)
    has_it = GivenForm(request.POST if request.POST.get("what") == "given" else None)
    knows = ToldForm(request.POST if request.POST.get("what") == "told" else None)
    asked_for = GiveBackForm(request.POST if request.POST.get("what") == "give_back" else None, auto_id="id_back_%s")
    if asked_for.is_bound and asked_for.is_valid() and given_back(request, asked_for, now()):
        return redirect("pay_outs")
    leaves = ReleaseForm(request.POST if request.POST.get("what") == "release" else None, auto_id="id_release_%s")
    if leaves.is_bound and leaves.is_valid():
        ruled(request, leaves, now())
        return redirect("pay_outs")
    if request.method == "POST" and _done(request, returned, address, has_it, knows):
        return redirect("pay_outs")
    waiting = list(queries.pay_outs_waiting())
    if address.is_bound and not address.errors:
        address.add_error("street", _("A cheque needs the whole address."))
    ready = [each for each in waiting if not each.waits_for_address]
    return render(
        request,
        "kinline/pay_outs.html",
        {
            "batches": _batches(ready),
            "without_address": [
                (each, owner(each.refund.account), Money(each.amount), _form_for(each, address), form_of(each, knows))
                for each in waiting
                if each.waits_for_address
            ],
            "to_tell": to_tell(now(), has_it),
            "release_rules": [(rule.facility, WAYS[Way(rule.way)]) for rule in queries.release_rules()],
            "leaves": leaves,
            "returned": returned,
            "asked_for": asked_for,
            "files": [
                (file, Money(file.amount), [(out, STANDINGS[PayOutState(out.standing)]) for out in file.pay_outs.all()])
                for file in queries.files()[:FILES]
            ],
        },
        status=422 if any(form.errors for form in (returned, address, asked_for, has_it, knows, leaves)) else 200,
    )


def owner(account: Account) -> str:
    if account.customer is not None:
        return account.customer.user.name
    return "" if account.resident is None else account.resident.name


def _done(
    request: HttpRequest, returned: ReturnedForm, address: PostalAddress, has_it: GivenForm, knows: ToldForm
) -> bool:
    actor, at, what = f"user/{request.user.pk}", now(), request.POST.get("what")
    try:
        match what:
            case "make":
                facility = _number(request.POST.get("facility", ""))
                way = Way.COMMISSARY if facility else Way.CHEQUE
                made = services.make_file(way, actor, at, FacilityId(facility) if facility else None)
                messages.success(request, _("The file is made.") if made else _("Nothing waits for a file."))
            case "sent":
                file = get_object_or_404(PayOutFile, pk=_number(request.POST.get("file", "")))
                count = services.mark_sent(file.pk, actor, at)
                messages.success(request, _("Marked as sent: %(count)d.") % {"count": count})
            case "returned" if returned.is_valid():
                number = returned.cleaned_data["number"]
                if not PayOut.objects.filter(pk=number).exists():
                    returned.add_error("number", _("No cheque has this number."))
                    return False
                services.mark_returned(number, actor, at, returned.cleaned_data["reason"])
                messages.success(request, _("Written down. The money is owed again, and waits for an address."))
            case "address" if address.is_valid() and address.address is not None:
                out = get_object_or_404(PayOut, pk=_number(request.POST.get("number", "")))
                services.readdress(out.pk, address.address, actor, at)
                messages.success(request, _("The cheque waits for the next file."))
            case "given" if has_it.is_valid():
                given(request, has_it, at)
            case "told" if knows.is_valid():
                get_object_or_404(PayOut, pk=knows.cleaned_data["number"])
                told(request, knows, at)
            case _:
                return False
    except WrongStanding:
        messages.error(request, _("It is not in the state for that. Look at the list."))
    return True


def _batches(ready: list[PayOut]) -> list[dict[str, Any]]:
    """What would be in each file if it were made now."""
    groups: dict[int, list[PayOut]] = {}
    for each in ready:
        groups.setdefault(each.facility_id or 0, []).append(each)
    return [
        {
            "facility": group[0].facility,
            "count": len(group),
            "amount": Money(sum(each.amount for each in group)),
        }
        for _, group in sorted(groups.items())
    ]


def _form_for(out: PayOut, typed: PostalAddress) -> PostalAddress:
    ids = f"id_{out.pk}_%s"
    if typed.is_bound and str(out.pk) == typed.data.get("number"):
        typed.auto_id = ids
        return typed
    known = {"recipient": out.recipient} if out.recipient else {}
    return PostalAddress(initial=known, auto_id=ids)


def _number(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Http404
    return int(text or 0)
