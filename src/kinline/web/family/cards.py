"""`/account/money/cards/`, `/account/money/reload/`: saved cards, and what they are charged by themselves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kinline.core.reasons import Audience, Reason, explain
from kinline.payments import queries, services
from kinline.payments.errors import NotTaken, NotTheirs
from kinline.payments.models import CardSetUp, new_reference
from kinline.people.models import Customer
from kinline.providers.cards import ProviderError
from kinline.web.clock import now
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.family.card_page import with_the_providers_form
from kinline.web.family.money import page
from kinline.web.family.money_forms import SetUpReload
from kinline.web.family.payments import card_name, chosen_account
from kinline.web.trail import refuse


@login_required
@require_POST
def save_card(request: HttpRequest) -> HttpResponse:
    """Begin to save a card without a payment."""
    customer = _customer(request, "cards")
    try:
        saving, _answer = services.begin_saving(customer.pk, now(), new_reference())
    except NotTaken as refusal:
        return page(request, customer, refusal=explain(refusal.reason, Audience.FAMILY, reader_language()))
    except ProviderError:
        unreachable = explain(Reason.PAY_PROVIDER_UNREACHABLE, Audience.FAMILY, reader_language())
        return page(request, customer, refusal=unreachable)
    return redirect("card_form", saving.reference)


@login_required
@require_safe
def card_form(request: HttpRequest, reference: str) -> HttpResponse:
    """The provider's form for a card that is to be saved."""
    saving = _saving(request, reference)
    try:
        _row, answer = services.begin_saving(saving.customer_id, now(), reference)
    except (NotTaken, ProviderError):
        return redirect("money")
    address = reverse("card_saved", args=[reference])
    return with_the_providers_form(request, answer.client_secret, address, saves=True, context={})


@login_required
@require_safe
def card_saved(request: HttpRequest, reference: str) -> HttpResponse:
    """Where the provider's form sends the browser back to."""
    saving = _saving(request, reference)
    try:
        saving = services.observe_saving(saving.pk, now())
    except (NotTaken, ProviderError):
        messages.info(request, _("The card appears here as soon as the bank has confirmed it."))
        return redirect("money")
    if saving.card is not None:
        messages.success(request, _("%(card)s was saved.") % {"card": card_name(saving.card)})
    elif saving.reason:
        told = explain(Reason(saving.reason), Audience.FAMILY, reader_language())
        messages.error(request, f"{told.text} {told.remedy}")
    else:
        messages.info(request, _("No card was saved."))
    return redirect("money")


@login_required
@require_POST
def remove_card(request: HttpRequest, card_id: int) -> HttpResponse:
    """Another family's card is not found, and the attempt is written down."""
    customer = _customer(request, f"card/{card_id}")
    try:
        services.remove_card(customer.pk, card_id, now())
    except NotTheirs:
        refuse(request, f"card/{card_id}")
    except NotTaken:
        pass  # removed here; there is no provider to tell
    messages.success(request, _("The card was removed. It cannot be charged any more."))
    return redirect("money")


@login_required
@require_POST
def reload_settings(request: HttpRequest) -> HttpResponse:
    """Begin, change or turn off automatic reload of their own account."""
    customer = _customer(request, "reload")
    account = chosen_account(customer, "own")
    if "turn_off" in request.POST:
        services.turn_off_auto_reload(customer.pk, account, now())
        messages.success(request, _("Automatic reload is off."))
        return redirect("money")
    cards = list(queries.cards_of(customer.pk))
    form = SetUpReload(cards, {card.pk: card_name(card) for card in cards}, request.POST)
    if not form.is_valid():
        return page(request, customer, reload_form=form)
    typed = form.cleaned_data
    amounts = typed["threshold"], typed["amount"], typed["monthly_ceiling"]
    try:
        services.set_auto_reload(customer.pk, account, int(typed["reload_card"]), *amounts, now())
    except NotTaken as refusal:
        why = explain(refusal.reason, Audience.FAMILY, reader_language(), refusal.values.items())
        form.add_error("amount", f"{why.text} {why.remedy}")
        return page(request, customer, reload_form=form)
    messages.success(request, _("Automatic reload is on."))
    return redirect("money")


def _customer(request: HttpRequest, subject: str) -> Customer:
    customer = customer_of(request.user)
    if customer is None:
        refuse(request, subject)
    return customer


def _saving(request: HttpRequest, reference: str) -> CardSetUp:
    customer = _customer(request, "card_set_up")
    saving = CardSetUp.objects.filter(customer=customer, reference=reference).first()
    if saving is None:
        refuse(request, "card_set_up")
    return saving
