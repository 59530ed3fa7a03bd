"""`/account/calls/`: every attempt to call a family, also those that never reached them, and the receipt of each."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kinline.calls.queries import calls_of
from kinline.core.identity import CallId
from kinline.web.family.account import customer_of
from kinline.web.family.family_call import as_family_reads_it, call_of
from kinline.web.trail import refuse

CALLS_ON_A_PAGE = 20


@login_required
def calls(request: HttpRequest) -> HttpResponse:
    """Newest first. Who has no customer's account is sent to the page that is theirs."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    page = Paginator(calls_of(customer), CALLS_ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [as_family_reads_it(customer, call) for call in page]
    return render(request, "kinline/calls.html", {"page": page, "calls": shown})


@login_required
def receipt(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call. Another family's is not found, as if there were none, and the attempt is written down."""
    customer = customer_of(request.user)
    call = None if customer is None else call_of(customer, CallId(call_id))
    if call is None:
        refuse(request, f"call/{call_id}")
    return render(request, "kinline/receipt.html", {"call": call})
