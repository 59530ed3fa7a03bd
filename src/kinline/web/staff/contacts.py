"""`/facility/contacts/`: what waits to be decided, the longest waiting first, and many decided at once."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import CharField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kinline.contacts import services
from kinline.contacts.errors import CannotDecide
from kinline.contacts.models import Contact, ContactState, PrivilegedNumber
from kinline.contacts.queries import waiting_times, waits_longer_than_usual
from kinline.contacts.queries.lists import LISTED
from kinline.core.contacts import DAY, Act, ContactReason, NotDecided, WaitingTime, WaitsFor, relationship_in_words
from kinline.core.identity import Instant, Language
from kinline.facilities.models import Facility, HousingUnit, NumberRule
from kinline.people.models import User
from kinline.web.clock import now
from kinline.web.staff.access import Permission, facilities_where, staff_page, within
from kinline.web.staff.contact_words import (
    NOT_DECIDED,
    STATES,
    WAITS_FOR,
    reason_choices,
    relationship_choices,
)
from kinline.web.staff.number_facts import number_facts

ON_A_PAGE: Final = 25
MOST_AT_ONCE: Final = 100
WAITING: Final = "waiting"
USUAL: Final = "usual"
"""Longer than nine of ten requests did at the facility."""
_STATES: Final = (
    ContactState.APPROVED,
    ContactState.REJECTED,
    ContactState.REMOVED,
    ContactState.NO_CONTACT_ORDER,
)
FLAGS = {
    "listed": _("On a list of staff or victims"),
    "shared": _("On other residents’ lists"),
    "privileged": _("Privileged"),
    "renewal": _("Ends within 30 days"),
}


class ContactSearch(forms.Form):
    """What is looked for; without anything, everything that waits."""

    find = forms.CharField(label=_("Name or number"), required=False, max_length=60)
    facility = forms.ModelChoiceField(
        Facility.objects.none(), label=_("Facility"), required=False, empty_label=_("Any")
    )
    unit = forms.ModelChoiceField(HousingUnit.objects.none(), label=_("Unit"), required=False, empty_label=_("Any"))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Everything that waits")),
            *WAITS_FOR.items(),
            *((each.value, STATES[each.value]) for each in _STATES),
        ],
    )
    relationship = forms.ChoiceField(label=_("Relationship"), required=False)
    since = forms.ChoiceField(
        label=_("Waits for"),
        required=False,
        choices=[
            ("", _("Any time")),
            ("1", _("More than a day")),
            ("3", _("More than 3 days")),
            ("7", _("A week")),
            (USUAL, _("Longer than usual")),
        ],
    )
    flag = forms.ChoiceField(label=_("Flag"), required=False, choices=[("", _("Any")), *FLAGS.items()])

    def __init__(self, data: QueryDict, user: User, language: Language) -> None:
        super().__init__(data)
        facilities = facilities_where(user, Permission.DECIDE_CONTACTS, partly=True).order_by("name")
        units = HousingUnit.objects.filter(within(user, Permission.DECIDE_CONTACTS, "facility", "pk"))
        self.fields["facility"].queryset = facilities  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units.order_by("facility__name", "name")  # type: ignore[attr-defined]
        choices = [("", gettext("Any")), *relationship_choices(language)]
        self.fields["relationship"].choices = choices  # type: ignore[attr-defined]


class BulkForm(forms.Form):
    """One decision, and one reason, for every contact that is ticked."""

    prefix = "bulk"
    act = forms.ChoiceField(
        label=_("Decision"),
        choices=[(Act.APPROVE.value, _("Approve")), (Act.REJECT.value, _("Do not approve"))],
    )
    reason = forms.ChoiceField(label=_("Reason, when not approved"), required=False)
    note = forms.CharField(label=_("Note, for staff alone"), required=False, max_length=300)
    agrees_to_sharing = forms.BooleanField(label=_("I agree to numbers that are on other lists too"), required=False)

    def __init__(self, data: QueryDict | None, language: Language) -> None:
        super().__init__(data)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choose")),
            *reason_choices(language, Act.REJECT),
        ]


def deciders(user: User, asked: Permission = Permission.DECIDE_CONTACTS) -> QuerySet[Contact]:
    """The contacts on which this member of staff decides."""
    where = within(user, asked, "resident__facility", "resident__unit")
    return Contact.objects.filter(where).select_related("resident__facility", "resident__unit", "customer")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.DECIDE_CONTACTS)
def contact_queue(request: HttpRequest) -> HttpResponse:
    """The queue. Decided in bulk, each for itself: what cannot be decided stays, and is named."""
    user, language = reader(request), reading_language()
    bulk = BulkForm(request.POST or None, language)
    if request.method == "POST":
        ticked = [int(each) for each in request.POST.getlist("contact") if each.isascii() and each.isdigit()]
        if not ticked:
            bulk.add_error(None, gettext("Tick at least one contact."))
        elif bulk.is_valid():
            _decide(request, ticked[:MOST_AT_ONCE], bulk.cleaned_data)
            return redirect(f"{request.path}?{request.GET.urlencode()}" if request.GET else request.path)
    at = now()
    search = ContactSearch(request.GET, user, language)
    search.is_valid()
    usual = waiting_times(facilities_where(user, Permission.DECIDE_CONTACTS, partly=True), at)
    page = Paginator(_found(user, search.cleaned_data, usual, at), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    facts = number_facts(shown, at)
    asked = request.GET.copy()
    asked.pop("page", None)
    ticks_all = asked.pop("tick", None) is not None
    rows = [
        {
            "contact": contact,
            "facts": facts[contact.pk],
            "state": WAITS_FOR.get(contact.waits_for) or STATES[contact.state],
            "relationship": relationship_in_words(contact.relationship, language),
            "waits_seconds": None if contact.waiting_since is None else (at - contact.waiting_since) // 1000,
            "ticked": ticks_all or str(contact.pk) in request.POST.getlist("contact"),
        }
        for contact in shown
    ]
    context = {"search": search, "bulk": bulk, "page": page, "rows": rows, "asked": asked.urlencode()}
    context["overdue"] = _overdue(user, usual, at)
    return render(request, "kinline/contact_queue.html", context)


def _decide(request: HttpRequest, ticked: list[int], asked: dict[str, Any]) -> None:
    user, at = reader(request), now()
    theirs = list(deciders(user).filter(pk__in=ticked).order_by("waiting_since").values_list("pk", flat=True))
    done, problems = 0, Counter[NotDecided]()
    for contact_id in theirs:
        try:
            services.decide_contact(
                contact_id,
                Act(asked["act"]),
                user,
                at,
                reason=ContactReason(asked["reason"]) if asked["reason"] and asked["act"] == Act.REJECT else None,
                note=asked["note"],
                agrees_to_sharing=asked["agrees_to_sharing"],
            )
            done += 1
        except CannotDecide as refused:
            problems[refused.problem] += 1
    if done:
        told = ngettext("%(count)d decided. The family is told.", "%(count)d decided. The families are told.", done)
        messages.success(request, told % {"count": done})
    for problem, count in problems.items():
        messages.error(request, f"{count} × {NOT_DECIDED[problem]}")


def _overdue(user: User, usual: Mapping[int, WaitingTime], at: Instant) -> list[tuple[str, int, WaitingTime]]:
    """Of each facility where some do: its name, how many wait longer than usual, and what is usual."""
    theirs = deciders(user).filter(waits_longer_than_usual(usual, at))
    counted = theirs.order_by("resident__facility__name").values_list("resident__facility__name", "resident__facility")
    return [(name, count, usual[facility]) for name, facility, count in counted.annotate(count=Count("pk"))]


def _found(user: User, asked: dict[str, Any], usual: Mapping[int, WaitingTime], at: Instant) -> QuerySet[Contact]:
    found = deciders(user)
    state = asked.get("state") or ""
    if state in WAITS_FOR:
        found = found.filter(waits_for=state)
    elif state:
        found = found.filter(state=state)
    if not state or state in WAITS_FOR:
        found = found.filter(waiting_since__isnull=False, frozen_at=None)
    if facility := asked.get("facility"):
        found = found.filter(resident__facility=facility)
    if unit := asked.get("unit"):
        found = found.filter(resident__unit=unit)
    if relationship := asked.get("relationship"):
        found = found.filter(relationship=relationship)
    if asked.get("since") == USUAL:
        found = found.filter(waits_longer_than_usual(usual, at))
    elif days := asked.get("since"):
        found = found.filter(waiting_since__lt=at - int(days) * DAY)
    if text := (asked.get("find") or "").strip():
        digits = "".join(each for each in text if each.isdigit())
        fits = (
            Q(resident__resident_number__startswith=text) | Q(name__icontains=text) | Q(resident__name__icontains=text)
        )
        found = found.filter(fits | Q(number__endswith=digits) if len(digits) >= 4 else fits)
    found = _flagged(found, asked.get("flag") or "", at)
    return found.order_by(F("waiting_since").asc(nulls_last=True), "pk")


def _flagged(found: QuerySet[Contact], flag: str, at: Instant) -> QuerySet[Contact]:
    match flag:
        case "listed":
            rules = NumberRule.objects.annotate(
                asked=ExpressionWrapper(OuterRef("number"), output_field=CharField())
            ).filter(
                Q(number=F("asked")) | Q(is_prefix=True, asked__startswith=F("number")),
                Q(facility=OuterRef("resident__facility"))
                | Q(agency=OuterRef("resident__facility__agency"))
                | Q(facility=None, agency=None),
            )
            return found.filter(Exists(rules))
        case "shared":
            others = Contact.objects.filter(
                number=OuterRef("number"),
                state__in=LISTED,
                frozen_at=None,
                resident__facility__agency=OuterRef("resident__facility__agency"),
            ).exclude(resident=OuterRef("resident"))
            return found.filter(Exists(others))
        case "privileged":
            return found.filter(Exists(PrivilegedNumber.objects.filter(number=OuterRef("number"), revoked_at=None)))
        case "renewal":
            return found.filter(expires_at__gt=at, expires_at__lte=at + 30 * DAY)
    return found


def next_waiting(user: User, after: Contact) -> Contact | None:
    """What waits longest besides this one."""
    return (
        deciders(user)
        .filter(waiting_since__isnull=False, frozen_at=None)
        .exclude(pk=after.pk)
        .exclude(waits_for=WaitsFor.NOTHING.value)
        .order_by("waiting_since", "pk")
        .first()
    )


def reading_language() -> Language:
    return Language.SPANISH if (get_language() or "").startswith("es") else Language.ENGLISH


def reader(request: HttpRequest) -> User:
    """Who is signed in: `staff_page` lets nobody else come as far."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
