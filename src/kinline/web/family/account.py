"""`/account/`: what a family has, what a call costs them, and which calls there were."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kinline.calls.queries import calls_of
from kinline.core.identity import CallId
from kinline.people.models import Customer, User
from kinline.web.family.calls import as_family_reads_it, call_of
from kinline.web.family.prices import balance_of, price_lines
from kinline.web.trail import refuse

CALLS_ON_A_PAGE = 20


def customer_of(user: User | AnonymousUser) -> Customer | None:
    """The customer that a signed-in user is, if they are one."""
    return Customer.objects.filter(user=user).first() if user.is_authenticated else None


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Balance, prices and calls. Who has no customer's account is sent to the page that is theirs."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    page = Paginator(calls_of(customer), CALLS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "kinline/account.html",
        {
            "customer": customer,
            "balance": balance_of(customer),
            "price_lines": price_lines(customer),
            "page": page,
            "calls": [as_family_reads_it(customer, call) for call in page],
        },
    )


@login_required
def receipt(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call. Another family's is not found, as if there were none, and the attempt is written down."""
    customer = customer_of(request.user)
    call = None if customer is None else call_of(customer, CallId(call_id))
    if call is None:
        refuse(request, f"call/{call_id}")
    return render(request, "kinline/receipt.html", {"call": call})
