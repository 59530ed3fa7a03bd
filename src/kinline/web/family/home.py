"""`/account/`: can they call now, and if not, what it takes; what the balance buys; what needs attention."""

import time
from datetime import UTC
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kinline.calls.received import Wanted, Whose, received, theirs
from kinline.core.identity import Instant
from kinline.ledger.models import Account, AccountKind
from kinline.web.family.account import customer_of
from kinline.web.family.attention import matters
from kinline.web.family.family_call import as_family_reads_it
from kinline.web.family.prices import balance_in
from kinline.web.family.prospects import prospects
from kinline.web.local_time import LocalTime


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """The answer, at once. Who has no customer's account is sent to the page that is theirs."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    at = Instant(time.time_ns() // 1_000_000)
    accounts = list(Account.objects.filter(customer=customer))
    numbers = theirs(each for each in customer.numbers.all() if each.is_verified)
    balance = balance_in(accounts)
    lines = prospects(customer, list(numbers), balance.available, at)
    zone = ZoneInfo(lines[0].time_zone) if lines else UTC
    last = received(Whose(numbers, tuple(each.pk for each in accounts)), Wanted(), 1)
    return render(
        request,
        "kinline/account.html",
        {
            "balance": balance,
            "is_billed": any(each.kind == AccountKind.DIRECT_BILL for each in accounts),
            "prospects": lines,
            "matters": matters(customer, accounts, numbers, at, LocalTime.of(at, zone).on_the_clock.date()),
            "calls": [as_family_reads_it(customer, each) for each in last],
        },
    )
