"""`/account/plans/`: the alternate pricing plans that a family can have, and the one it has (47 CFR 64.6140)."""

import time
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import AccountId, FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.numbering import Jurisdiction
from kinline.core.tariff import Plan, Service, Tariff
from kinline.facilities.models import Facility
from kinline.facilities.queries import Rulebook, price_list, rulebook, stamp
from kinline.ledger.services import open_customer_account
from kinline.people.models import Customer
from kinline.plans import services
from kinline.plans.queries import Held, held_by
from kinline.web.family.account import customer_of
from kinline.web.rates.words import PERIODS


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan at a facility. `held`: it is theirs; `other`: they have another one there."""

    id: int
    facility: str
    plan: Plan
    period: str
    breakeven: int
    """The minutes of a period from which on it saves money."""
    held: Held | None
    has_other: bool


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plans(request: HttpRequest) -> HttpResponse:
    """What is offered where their people are. Subscribing and cancelling count from the next call on."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    at = Instant(time.time_ns() // 1_000_000)
    account = open_customer_account(customer.pk)
    lines = _lines(customer, account, at)
    if request.method == "POST":
        return _changed(request, lines, account, at)
    return render(request, "kinline/plans.html", {"lines": lines})


def _changed(request: HttpRequest, lines: list[PlanLine], account: AccountId, at: Instant) -> HttpResponse:
    asked = next((line for line in lines if str(line.id) == request.POST.get("plan")), None)
    if asked is None:
        raise Http404
    actor = f"user/{request.user.pk}"
    try:
        if request.POST.get("what") == "cancel":
            services.cancel(account, asked.id, actor, at)
        else:
            services.subscribe(account, asked.id, actor, at)
    except services.PlanError:  # the page that follows shows how things stand
        pass
    return redirect("plans")


def _lines(customer: Customer, account: AccountId, at: Instant) -> list[PlanLine]:
    numbers = customer.numbers.filter(is_verified=True).values("number")
    contacts = Contact.objects.filter(number__in=numbers, state=ContactState.APPROVED)
    here = contacts.values("resident__facility")
    lines = []
    as_of = stamp()
    for facility in Facility.objects.filter(pk__in=here).order_by("name"):
        rules = rulebook(FacilityId(facility.pk), as_of)
        held, per_minute = held_by(account, rules, at), _per_minute(rules, rules.local_day(at))
        lines += [
            PlanLine(
                offer.id,
                facility.name,
                offer.plan,
                str(PERIODS[offer.plan.period]),
                offer.plan.breakeven(per_minute),
                held if held and held.plan_id == offer.id else None,
                held is not None,
            )
            for offer in rules.plans
            if _is_open(rules, offer.first_day, offer.last_day, at) or (held and held.plan_id == offer.id)
        ]
    return lines


def _is_open(rules: Rulebook, first: date, last: date | None, at: Instant) -> bool:
    today = rules.local_day(at)
    return first <= today and (last is None or today <= last)


def _per_minute(rules: Rulebook, today: date) -> Money:
    """The highest price of a minute of talk within the country."""
    prices = [
        line.tariff.per_unit
        for line in price_list(rules, today).lines
        if isinstance(line.tariff, Tariff)
        and line.rate.service is Service.AUDIO
        and line.rate.jurisdiction is not Jurisdiction.INTERNATIONAL
    ]
    return max(prices, default=ZERO)
