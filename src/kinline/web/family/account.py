"""`/account/`: what a family has, what a call costs them, and the last calls."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kinline.calls.queries import calls_of
from kinline.people.models import Customer, User
from kinline.web.family.family_call import as_family_reads_it
from kinline.web.family.prices import balance_of, price_lines

CALLS_SHOWN = 5


def customer_of(user: User | AnonymousUser) -> Customer | None:
    """The customer that a signed-in user is, if they are one."""
    return Customer.objects.filter(user=user).first() if user.is_authenticated else None


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Balance, prices and the last calls. Who has no customer's account is sent to the page that is theirs."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    return render(
        request,
        "kinline/account.html",
        {
            "customer": customer,
            "balance": balance_of(customer),
            "price_lines": price_lines(customer),
            "calls": [as_family_reads_it(customer, call) for call in calls_of(customer)[:CALLS_SHOWN]],
        },
    )
