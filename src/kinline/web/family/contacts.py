"""`/account/contacts/`: whose contact a family is, and what the facility decided about it."""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.contacts import services
from kinline.contacts.errors import CannotDecide, NotAppealable, NotAskable, NotTheirNumber
from kinline.contacts.models import Contact, ContactDecision, ContactState
from kinline.contacts.queries import expected_waiting, may_ask_again, may_be_appealed, seen_by_family, settings_of
from kinline.core.contacts import (
    ContactReason,
    FamilyState,
    Source,
    Told,
    explain_decision,
    relationship_in_words,
    shown_as,
)
from kinline.core.identity import Instant, Language
from kinline.core.numbering import E164
from kinline.people.models import Customer
from kinline.web.clock import now
from kinline.web.family.account import customer_of
from kinline.web.family.contact_words import HAPPENED, STANDINGS, cannot_ask
from kinline.web.trail import refuse

LIVES: Final = 3600
SALT: Final = "kinline.found"
KNOWN: Final = (FamilyState.APPROVED, FamilyState.EXPIRED)
"""Who is approved knows the resident's whole name; everybody else what a search shows."""


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("Why should the facility decide otherwise?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


@require_safe
@login_required
def contacts(request: HttpRequest) -> HttpResponse:
    """The people who have a number of theirs on their list, or to whose list they asked to be added."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    at = now()
    people = [_card(contact, at) for contact in theirs(customer).order_by("resident__name", "number")]
    return render(request, "kinline/contacts.html", {"people": people})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """One of them: how it stands, why, and what can be done. Another family's is not found, and written down."""
    customer = customer_of(request.user)
    found = None if customer is None else _one(customer, contact_id)
    if customer is None or found is None:
        refuse(request, f"contact/{contact_id}")
    at, settings = now(), settings_of(found.resident.facility)
    told = [each for each in found.decisions.all() if each.told]
    last = told[0] if told else None
    form = AppealForm(request.POST if request.POST.get("what") == "appeal" else None)
    if request.method == "POST" and _done(request, customer, found, form):
        return redirect("contact", contact_id)
    standing = seen_by_family(found, at)
    card = _card(found, at)
    waits = None if found.waiting_since is None else (at - found.waiting_since) // 1000
    is_asked_for = standing in (FamilyState.WAITING, FamilyState.APPEALED) or bool(found.waits_for)
    refused = standing in (FamilyState.NOT_APPROVED, FamilyState.REMOVED)
    context = {
        **card,
        "contact": found,
        "relationship": relationship_in_words(found.relationship, reading_language()),
        "expires": local_day(found.expires_at, found),
        "waits": waits if is_asked_for else None,
        "expected": expected_waiting(found.resident.facility_id, at) if is_asked_for else None,
        "why": explain_decision(_reason(last), reading_language()) if refused else None,
        "form": form,
        "may_appeal": may_be_appealed(found, last, settings.appeal_days, at),
        "ask_again": _ask_again(customer, found, settings.ask_again_days, at),
        "may_renew": not found.waits_for
        and found.frozen_at is None
        and (found.announced_at is not None or standing is FamilyState.EXPIRED),
        "may_withdraw": _may_withdraw(customer, found, standing),
        "history": [(local_day(each.at, found), HAPPENED[_act(each)]) for each in told],
        "documents": [each.document for each in found.documents.select_related("document").order_by("pk")],
    }
    return render(request, "kinline/contact.html", context)


def _done(request: HttpRequest, customer: Customer, found: Contact, form: AppealForm) -> bool:
    """Whether what was asked for was done, or is told as a message; else the form says what is wrong."""
    actor, at = f"user/{request.user.pk}", now()
    try:
        match request.POST.get("what"):
            case "appeal":
                if not form.is_valid():
                    return False
                services.appeal(found.pk, form.cleaned_data["text"], actor, at)
                messages.success(request, gettext("Your appeal is on its way. Somebody else decides it."))
            case "withdraw" if _may_withdraw(customer, found, seen_by_family(found, at)):
                services.withdraw(found.pk, actor, at)
                messages.success(request, gettext("You withdrew. They cannot call you now."))
            case "renew":
                services.request_contact(
                    found.resident,
                    E164(found.number),
                    found.name,
                    found.relationship,
                    Source.FAMILY,
                    actor,
                    at,
                    customer=customer,
                )
                messages.success(request, gettext("You asked the facility to approve you again."))
            case _:
                refuse(request, f"contact/{found.pk}")
    except NotAskable as refused:
        messages.error(request, cannot_ask(refused, day_in_words(refused.until, found)))
    except (CannotDecide, NotAppealable, NotTheirNumber):
        messages.error(request, gettext("This cannot be done any more: see how it stands now."))
    return True


def _ask_again(customer: Customer, found: Contact, days: int, at: Instant) -> str:
    """The signed address at which they ask again; empty: they may not now."""
    may = may_ask_again(found, days, at) and found.customer_id == customer.pk
    return found_address(customer, found.resident_id) if may and found.frozen_at is None else ""


def found_address(customer: Customer, resident_id: int) -> str:
    """For an address that opens a resident to this customer alone, for `LIVES` seconds."""
    return signing.dumps({"resident": resident_id, "by": customer.pk}, salt=SALT, compress=True)


def theirs(customer: Customer) -> QuerySet[Contact]:
    """What they asked for; and where staff or the resident put one of their numbers on the list, or asked for it."""
    numbers = customer.numbers.filter(is_verified=True).values("number")
    open_to_them = Q(state=ContactState.APPROVED) | Q(
        customer=None, state__in=(ContactState.PENDING, ContactState.SHARED)
    )
    mine = Q(customer=customer) | (Q(number__in=numbers) & open_to_them)
    return Contact.objects.filter(mine).select_related("resident__facility")


def _one(customer: Customer, contact_id: int) -> Contact | None:
    decisions = ContactDecision.objects.select_related("appeal").order_by("-at", "-pk")
    return theirs(customer).prefetch_related(Prefetch("decisions", decisions)).filter(pk=contact_id).first()


def _card(contact: Contact, at: Instant) -> dict[str, Any]:
    standing = seen_by_family(contact, at)
    is_gone = contact.frozen_at is not None and standing in KNOWN
    badge, words = ("none", _("They are not at the facility now")) if is_gone else STANDINGS[standing]
    name = contact.resident.name
    return {
        "pk": contact.pk,
        "name": name if standing in KNOWN else shown_as(name),
        "facility": contact.resident.facility.name,
        "number": contact.number,
        "badge": badge,
        "standing": words,
        "renewal": contact.waits_for == "renewal",
    }


def _reason(last: ContactDecision | None) -> ContactReason:
    """Of the last thing that they were told; where none was given, the facility's plain decision."""
    return ContactReason(last.reason) if last is not None and last.reason else ContactReason.FACILITY_DECISION


def _act(decision: ContactDecision) -> str:
    """What the family was told to have happened: of an order of no contact what it was told instead."""
    return {
        Told.APPROVED.value: "approve",
        Told.EXTENDED.value: "extend",
        Told.REJECTED.value: "reject",
        Told.REMOVED.value: "remove",
        Told.WITHDRAWN.value: "withdraw",
    }[decision.told]


def _may_withdraw(customer: Customer, contact: Contact, standing: FamilyState) -> bool:
    is_theirs = contact.customer_id in (None, customer.pk)
    return is_theirs and standing in (FamilyState.WAITING, FamilyState.APPEALED, FamilyState.APPROVED)


def local_day(at: int | None, contact: Contact) -> datetime | None:
    """The facility's clock then, without zone."""
    if at is None:
        return None
    zone = ZoneInfo(contact.resident.facility.time_zone)
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).replace(tzinfo=None)


def day_in_words(at: int | None, contact: Contact) -> str:
    day = local_day(at, contact)
    return date_format(day, "DATE_FORMAT") if day else ""


def reading_language() -> Language:
    return Language.SPANISH if (get_language() or "").startswith("es") else Language.ENGLISH
