"""`/facility/contacts/<id>/`: one contact with all that a decision needs, and the decision; and a new one entered."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kinline.audit.actions import Action
from kinline.contacts import services
from kinline.contacts.errors import CannotDecide, NotAskable
from kinline.contacts.models import Contact, ContactDecision
from kinline.contacts.queries import expected_waiting
from kinline.contacts.queries.lists import LISTED, list_rules
from kinline.core.contacts import (
    Act,
    Case,
    ContactReason,
    NotDecided,
    Source,
    State,
    WaitsFor,
    decide,
    relationship_in_words,
)
from kinline.core.identity import Instant, Language
from kinline.core.numbering import NotANumber, e164
from kinline.people.models import Resident
from kinline.web.clock import now
from kinline.web.staff.access import Permission, staff_page, within
from kinline.web.staff.contact_words import (
    ACTS,
    ASK_PROBLEMS,
    NOT_DECIDED,
    SOURCES,
    STATES,
    TOLD,
    WAITS_FOR,
    reason_choices,
    reason_words,
    relationship_choices,
)
from kinline.web.staff.contacts import deciders, next_waiting, reader, reading_language
from kinline.web.staff.number_facts import number_facts
from kinline.web.trail import refuse, write_down

_OFFERED = (Act.APPROVE, Act.EXTEND, Act.REJECT, Act.REMOVE, Act.FORBID)


class DecisionForm(forms.Form):
    act = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Reason, unless you approve"), required=False)
    note = forms.CharField(
        label=_("Note, for staff alone"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    agrees_to_sharing = forms.BooleanField(label=_("I agree that the number is on other lists too"), required=False)

    def __init__(self, data: Any, possible: Iterable[Act], language: Language, is_shared: bool) -> None:
        super().__init__(data)
        acts = list(possible)
        self.fields["act"].choices = [(each.value, ACTS[each.value]) for each in acts]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choose")),
            *reason_choices(language, *acts),
        ]
        if not is_shared:
            del self.fields["agrees_to_sharing"]


class EnterForm(forms.Form):
    number = forms.CharField(label=_("Telephone number"), max_length=30, widget=forms.TextInput(attrs={"type": "tel"}))
    name = forms.CharField(label=_("Name of the contact"), max_length=120)
    relationship = forms.ChoiceField(label=_("Relationship"))
    agrees_to_sharing = forms.BooleanField(label=_("I agree that the number is on other lists too"), required=False)

    def __init__(self, data: Any, language: Language) -> None:
        super().__init__(data)
        self.fields["relationship"].choices = relationship_choices(language)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.DECIDE_CONTACTS)
def contact_case(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Decide, and go on to what waits longest next."""
    user, language, at = reader(request), reading_language(), now()
    contact = deciders(user).select_related("customer__user", "decided_by").filter(pk=contact_id).first()
    if contact is None:
        refuse(request, f"contact/{contact_id}")
    facts = number_facts([contact], at)[contact.pk]
    decisions = list(contact.decisions.select_related("by", "appeal").order_by("-at", "-pk"))
    form = DecisionForm(request.POST or None, _possible(contact, at), language, bool(facts.sharing))
    if form.is_valid():
        asked = form.cleaned_data
        try:
            services.decide_contact(
                contact.pk,
                Act(asked["act"]),
                user,
                at,
                reason=ContactReason(asked["reason"]) if asked["reason"] else None,
                note=asked["note"],
                agrees_to_sharing=asked.get("agrees_to_sharing", False),
            )
        except CannotDecide as refused:
            field = "reason" if refused.problem in (NotDecided.REASON_NEEDED, NotDecided.WRONG_REASON) else None
            form.add_error(field, str(NOT_DECIDED[refused.problem]))
        else:
            messages.success(request, gettext("Decided, and written down with your name."))
            following = next_waiting(user, contact) if "next" in request.POST else None
            # Past the anchor of the form: what was done is said at the top.
            return redirect(f"{reverse('contact_case', args=[(following or contact).pk])}#content")
    if request.method == "GET":
        write_down(request, Action.CONTACT_SEEN, f"contact/{contact.pk}", contact.resident.facility_id)
    rules = list_rules(contact.resident.facility, at)
    context = {
        "contact": contact,
        "form": form,
        "facts": facts,
        "state": STATES[contact.state],
        "waits_for": WAITS_FOR.get(contact.waits_for, ""),
        "waiting_since": local(contact.waiting_since, contact),
        "expires_at": local(contact.expires_at, contact),
        "reason": reason_words(contact.reason, language),
        "relationship": relationship_in_words(contact.relationship, language),
        "asked_by": SOURCES[contact.asked_by],
        "listed": contact.resident.contacts.filter(state__in=LISTED).count(),
        "at_most": rules.at_most,
        "decisions": [_decision(each, contact, language) for each in decisions],
        "documents": [
            {"pk": shown.pk, "name": shown.name, "is_there": shown.is_there, "page_numbers": range(1, shown.pages + 1)}
            for shown in (each.document for each in contact.documents.select_related("document").order_by("pk"))
        ],
        "expected": expected_waiting(contact.resident.facility_id, at),
        "others": list(
            Contact.objects.filter(
                within(user, Permission.DECIDE_CONTACTS, "resident__facility", "resident__unit"),
                number=contact.number,
            )
            .exclude(pk=contact.pk)
            .select_related("resident")
            .order_by("resident__name")[:10]
        ),
    }
    return render(request, "kinline/contact_case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.DECIDE_CONTACTS)
def enter_contact(request: HttpRequest, resident_id: int) -> HttpResponse:
    """Staff put somebody on a resident's list."""
    user, language = reader(request), reading_language()
    residents = Resident.objects.filter(within(user, Permission.DECIDE_CONTACTS))
    resident = residents.select_related("facility").filter(pk=resident_id).first()
    if resident is None:
        refuse(request, f"resident/{resident_id}")
    form = EnterForm(request.POST or None, language)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            entered = services.request_contact(
                resident,
                e164(asked["number"]),
                asked["name"],
                asked["relationship"],
                Source.STAFF,
                f"user/{user.pk}",
                now(),
                user=user,
                agrees_to_sharing=asked["agrees_to_sharing"],
            )
        except NotANumber:
            form.add_error("number", gettext("Write ten digits, or + and the country code."))
        except NotAskable as refused:
            form.add_error("number", str(ASK_PROBLEMS[refused.problem]))
        else:
            messages.success(request, gettext("The contact is on the list."))
            return redirect("contact_case", entered.pk)
    return render(request, "kinline/enter_contact.html", {"resident": resident, "form": form})


def _possible(contact: Contact, at: Instant) -> list[Act]:
    """What can be decided about a contact that stands so, whatever the reason."""
    case = Case(State(contact.state), WaitsFor(contact.waits_for), contact.frozen_at is not None)
    never = (NotDecided.NOT_POSSIBLE, NotDecided.FROZEN)
    possible = [act for act in _OFFERED if decide(case, act, None, at) not in never]
    waits_for_renewal = contact.waits_for == WaitsFor.RENEWAL
    return [act for act in possible if act is not Act.EXTEND or not waits_for_renewal]


def _decision(decision: ContactDecision, contact: Contact, language: Language) -> dict[str, Any]:
    appeal = getattr(decision, "appeal", None)
    return {
        "at": local(decision.at, contact),
        "by": decision.by.name if decision.by else "",
        "act": ACTS[decision.act],
        "reason": reason_words(decision.reason, language),
        "note": decision.note,
        "told": TOLD[decision.told],
        "waited": None if decision.waited is None else decision.waited // 1000,
        "appeal": appeal,
        "appealed_at": local(appeal.at, contact) if appeal else None,
    }


def local(at: int | None, contact: Contact) -> datetime | None:
    """The facility's clock then, without zone."""
    if at is None:
        return None
    zone = ZoneInfo(contact.resident.facility.time_zone)
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).replace(tzinfo=None)
