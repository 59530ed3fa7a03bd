"""`/facility/identity/`: what families sent in to prove who they are, to decide; and what is asked of them."""

import time
from typing import cast

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.configuration import configuration
from kinline.core.identification import Proof, RefusedBecause
from kinline.core.identity import Instant
from kinline.enrolment import identity
from kinline.enrolment.errors import AlreadyDecided
from kinline.enrolment.models import CheckState, IdentityCheck, IdentityRule
from kinline.facilities.models import Facility
from kinline.people.authority import is_permitted_everywhere
from kinline.people.models import User
from kinline.web.middleware import CONTENT_SECURITY
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.trail import refuse

REASONS = {
    RefusedBecause.UNREADABLE: gettext_lazy("Cannot be read"),
    RefusedBecause.PARTLY_SHOWN: gettext_lazy("Only a part of it is shown"),
    RefusedBecause.NOT_AN_IDENTITY_DOCUMENT: gettext_lazy("Not an identity document with a photo"),
    RefusedBecause.EXPIRED: gettext_lazy("No longer valid"),
    RefusedBecause.NAME_DIFFERS: gettext_lazy("Another name than the account’s"),
    RefusedBecause.NOT_CONFIRMED: gettext_lazy("I doubt that it is genuine or theirs (the family is not told so)"),
}
PROOFS = {
    Proof.NONE: gettext_lazy("Nothing"),
    Proof.KNOWLEDGE: gettext_lazy("The resident’s number and birth date"),
    Proof.DOCUMENT: gettext_lazy("A photo of an identity document"),
}


class DecisionForm(forms.Form):
    reason = forms.ChoiceField(
        required=False,
        label=gettext_lazy("If you refuse: why"),
        choices=[("", "…"), *((each.value, words) for each, words in REASONS.items())],
    )
    note = forms.CharField(required=False, max_length=300, label=gettext_lazy("Note for staff"))


class RuleForm(forms.Form):
    proof = forms.ChoiceField(
        label=gettext_lazy("What families must show"), choices=[(each.value, words) for each, words in PROOFS.items()]
    )
    why = forms.CharField(
        max_length=300,
        label=gettext_lazy("Why"),
        error_messages={"required": gettext_lazy("Write why: it is kept with the change.")},
    )


@require_http_methods(["GET", "HEAD"])
@staff_page(Permission.REVIEW_IDENTITY)
def checks(request: HttpRequest) -> HttpResponse:
    """What waits, the longest waiting first."""
    waiting = _theirs(request).filter(state=CheckState.WAITING).select_related("customer__user", "facility")
    return render(request, "kinline/identity_checks.html", {"checks": waiting.order_by("asked_at")[:200]})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.REVIEW_IDENTITY)
def check(request: HttpRequest, check_id: int) -> HttpResponse:
    """One document beside name and address. Each opening of a page is written down; with the decision it goes."""
    found = _theirs(request).select_related("customer__user", "facility", "document").filter(pk=check_id).first()
    if found is None:
        refuse(request, f"identity_check/{check_id}")
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        is_refusal = request.POST.get("what") == "refuse"
        if is_refusal and not reason:
            form.add_error("reason", _("Choose why: the family reads it with what they can do."))
        else:
            because = RefusedBecause(reason) if is_refusal else None
            try:
                at = Instant(time.time_ns() // 1_000_000)
                identity.decide(found, cast(User, request.user), at, because, form.cleaned_data["note"])
                messages.success(request, _("Decided. The document is deleted and the family is told."))
            except AlreadyDecided:
                messages.error(request, _("Somebody else has decided this already."))
            return redirect("identity_checks")
    response = render(
        request,
        "kinline/identity_check.html",
        {
            "check": found,
            "person": found.customer,
            "pages": range(1, found.document.pages + 1) if found.document and found.document.is_there else (),
            "form": form,
            "is_waiting": found.state == CheckState.WAITING,
        },
        status=422 if form.errors else 200,
    )
    pictures = f"img-src 'self' {configuration().files_site}"
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY.replace("img-src 'self'", pictures)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_IDENTITY_RULE)
def rule(request: HttpRequest) -> HttpResponse:
    """What is asked for at each facility of theirs; for the provider's staff, everywhere."""
    is_provider = is_permitted_everywhere(request.user, Permission.SET_IDENTITY_RULE)
    facilities = list(facilities_where(request.user, Permission.SET_IDENTITY_RULE).order_by("name"))
    form = RuleForm(request.POST or None)
    if request.method == "POST":
        facility = _named(request, facilities, is_provider=is_provider)
        if form.is_valid():
            at, by = Instant(time.time_ns() // 1_000_000), cast(User, request.user)
            identity.ask_for(facility, Proof(form.cleaned_data["proof"]), by, at, form.cleaned_data["why"])
            messages.success(request, _("Saved, and written down with your name."))
            return redirect("identity_rule")
    asked: dict[int | None, str] = dict(IdentityRule.objects.values_list("facility_id", "proof"))
    rows = [(each, PROOFS[Proof(asked.get(each.pk, Proof.NONE))]) for each in facilities]
    context = {
        "form": form,
        "rows": rows,
        "provider": PROOFS[Proof(asked.get(None, Proof.NONE))],
        "is_provider": is_provider,
    }
    return render(request, "kinline/identity_rule.html", context, status=422 if form.errors else 200)


def _theirs(request: HttpRequest) -> QuerySet[IdentityCheck]:
    """Documents at the facilities where they decide; the provider's too, for its own staff."""
    where = Q(facility__in=facilities_where(request.user, Permission.REVIEW_IDENTITY, partly=True))
    if is_permitted_everywhere(request.user, Permission.REVIEW_IDENTITY):
        where |= Q(facility=None)
    return IdentityCheck.objects.filter(where, proof=Proof.DOCUMENT.value)


def _named(request: HttpRequest, facilities: list[Facility], *, is_provider: bool) -> Facility | None:
    """The facility that the form is about; None: the provider."""
    asked = request.POST.get("facility", "")
    if not asked and is_provider:
        return None
    found = next((each for each in facilities if str(each.pk) == asked), None)
    if found is None:
        refuse(request, f"facility/{asked[:18]}")
    return found
