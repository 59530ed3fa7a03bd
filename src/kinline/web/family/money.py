"""`/account/money/`: adding money, the payments there were, and what became of each."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.money import Money
from kinline.core.reasons import Audience, Explanation, Reason, explain
from kinline.ledger.models import Account
from kinline.payments import queries, services
from kinline.payments.errors import NotTaken, ReferenceUsed
from kinline.payments.models import ARRIVED, UNFINISHED, Payment, PaymentState, Way
from kinline.people.models import Customer
from kinline.providers.cards import ProviderError, card_provider
from kinline.web.clock import now
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.family.card_page import with_the_providers_form
from kinline.web.family.money_forms import CHOICES, NEW_CARD, OTHER, AddMoney, SetUpReload
from kinline.web.family.payments import (
    accounts_of,
    as_family_reads_it,
    card_expiry,
    card_name,
    chosen_account,
    chosen_debt,
    debt_in_words,
    debts_by_choice,
    zone_of,
)
from kinline.web.family.prices import balance_of, minutes_bought
from kinline.web.trail import refuse

PAYMENTS_ON_A_PAGE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def money(request: HttpRequest) -> HttpResponse:
    """Add money, or see what was added. A payment that was begun has a page of its own.

    `?for=debt-...` asks to pay a debt, all of it.
    """
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    if request.method == "POST":
        earlier = queries.payment_of(customer.pk, request.POST.get("reference", ""))
        if earlier is not None and earlier.state in ARRIVED:  # pressed twice; the debt is paid and no choice any more
            return redirect("payment", earlier.reference)
    form = _form(customer, request.GET.get("for", ""), request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            return _begun(request, customer, form.cleaned_data)
        except NotTaken as not_taken:
            values = not_taken.values.items()
            refusal = explain(not_taken.reason, Audience.FAMILY, reader_language(), values)
        except ProviderError:
            refusal = explain(Reason.PAY_PROVIDER_UNREACHABLE, Audience.FAMILY, reader_language())
        except ReferenceUsed:
            messages.error(request, _("This page was used already. Look at the balance, then try again."))
            return redirect("money")
    return page(request, customer, form, refusal)


def _form(customer: Customer, chosen: str = "", typed: QueryDict | None = None) -> AddMoney:
    debts = debts_by_choice(customer)
    debt, provider, start = debts.get(chosen), card_provider(), dict[str, str]()
    if debt is not None and provider is not None:
        owed = Money.of_cents(-(-debt.owed.micros // 10_000))  # a cent that is owed in part is paid whole
        start = {"account": chosen, "amount": OTHER, "other_amount": max(owed, provider.least).plain}
    named = {key: debt_in_words(each) for key, each in debts.items()}
    return AddMoney(accounts_of(customer), named, list(queries.cards_of(customer.pk)), typed, initial=start)


def _begun(request: HttpRequest, customer: Customer, chosen: dict[str, Any]) -> HttpResponse:
    """Charge the saved card, or show the provider's form for a new one. Raises `NotTaken`, `ProviderError`."""
    at = now()
    account = chosen_account(customer, chosen["account"])
    pays = chosen_debt(chosen["account"])
    if chosen["card"] == NEW_CARD:
        payment = services.begin(
            customer.pk,
            account,
            chosen["money"],
            at,
            pays=pays,
            save_card=chosen["save_card"],
            reference=chosen["reference"],
        )
        return redirect("payment_card", payment.reference)
    payment = services.charge(
        customer.pk,
        account,
        chosen["money"],
        int(chosen["card"]),
        at,
        pays=pays,
        reference=chosen["reference"],
        return_url=request.build_absolute_uri(reverse("payment", args=[chosen["reference"]])),
    )
    return redirect("payment", payment.reference)


def page(
    request: HttpRequest,
    customer: Customer,
    form: AddMoney | None = None,
    refusal: Explanation | None = None,
    reload_form: SetUpReload | None = None,
) -> HttpResponse:
    """The page, with what was typed into one of its forms and why that was not taken."""
    cards = list(queries.cards_of(customer.pk))
    zone = zone_of(customer)
    account = chosen_account(customer, "own")
    auto_reload = queries.auto_reload_of(account)
    shown = Paginator(queries.payments_of(customer.pk), PAYMENTS_ON_A_PAGE).get_page(request.GET.get("page"))
    names = {card.pk: card_name(card) for card in cards}
    starting = {"threshold": "5.00", "amount": "20.00", "monthly_ceiling": "60.00"}
    if auto_reload is not None:
        starting = {
            name: str(Money(getattr(auto_reload, name))).removeprefix("$").replace(",", "") for name in starting
        } | {"reload_card": str(auto_reload.card_id)}
    has_errors = refusal is not None or bool(form and form.errors) or bool(reload_form and reload_form.errors)
    return render(
        request,
        "kinline/money.html",
        {
            "is_closed": Account.objects.filter(pk=account, closed_at__isnull=False).exists(),
            "takes_cards": card_provider() is not None,
            "balance": balance_of(customer),
            "form": form or _form(customer),
            "refusal": refusal,
            "amounts": list(zip(CHOICES, minutes_bought(customer, CHOICES), strict=True)),
            "other": OTHER,
            "new_card": NEW_CARD,
            "cards": [(card.pk, names[card.pk], card_expiry(card)) for card in cards],
            "auto_reload": auto_reload,
            "reload_card": card_name(auto_reload.card) if auto_reload else "",
            "reload_added": queries.reloaded_this_month(account, now()),
            "reload_most": Money(auto_reload.monthly_ceiling) if auto_reload else None,
            "reload_waits": auto_reload is not None and queries.waits_for_next_month(auto_reload, now()),
            "reload_reason": _explained(auto_reload.reason if auto_reload else ""),
            "reload_form": reload_form or SetUpReload(cards, names, initial=starting),
            "page": shown,
            "payments": [as_family_reads_it(payment, zone) for payment in shown],
        },
        status=422 if has_errors else 200,
    )


@login_required
@require_safe
def payment(request: HttpRequest, reference: str) -> HttpResponse:
    """One payment: its receipt, or why there is none. Asks the provider while it is under way."""
    customer, found = _theirs(request, reference)
    if found.state in UNFINISHED or (found.state == PaymentState.FAILED and found.way == Way.NEW_CARD):
        found = _up_to_date(found)
    action = ""
    if found.state == PaymentState.REQUIRES_ACTION:
        try:
            action = services.action_url(found)
        except ProviderError:
            action = ""
    return render(
        request,
        "kinline/payment.html",
        {
            "payment": as_family_reads_it(found, zone_of(customer)),
            "action": action,
            "balance": balance_of(customer),
        },
    )


@login_required
@require_safe
def payment_card(request: HttpRequest, reference: str) -> HttpResponse:
    """The provider's form for the card of a payment."""
    customer, found = _theirs(request, reference)
    try:
        secret = services.client_secret(found)
    except (ProviderError, NotTaken):
        secret = ""
    if not secret:
        return redirect("payment", reference)
    context = {"payment": as_family_reads_it(found, zone_of(customer))}
    return with_the_providers_form(request, secret, reverse("payment", args=[reference]), saves=False, context=context)


def _theirs(request: HttpRequest, reference: str) -> tuple[Customer, Payment]:
    """Another family's payment is not found, and the attempt is written down."""
    customer = customer_of(request.user)
    found = None if customer is None else queries.payment_of(customer.pk, reference)
    if customer is None or found is None:
        refuse(request, f"payment/{reference[:32]}")
    return customer, found


def _up_to_date(found: Payment) -> Payment:
    """As the provider has it; as we have it, when it does not answer."""
    try:
        services.keep_card_of(services.observe(found.pk, now()), now())
    except (ProviderError, NotTaken):
        return found
    return queries.payment_of(found.customer_id, found.reference) or found


def _explained(reason: str) -> Explanation | None:
    return explain(Reason(reason), Audience.FAMILY, reader_language()) if reason else None
