"""`/facility/deposits/`: money through the facility: its commissary's files, money that it adds, and its kiosks."""

import time
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kinline.billing import services as billing
from kinline.billing.services import NotYoursToDecide
from kinline.commissary.models import TransferFile
from kinline.commissary.services import FileRefused, Report, take
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import Money
from kinline.facilities.models import Facility
from kinline.kiosks import services as kiosks
from kinline.kiosks.models import Kiosk
from kinline.ledger.services import KeyUsedOtherwise
from kinline.people.models import ResidentStatus, User
from kinline.web.explanation import reader_language
from kinline.web.family.money_forms import Dollars, Reference
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.trail import refuse

MOST_BY_HAND = Money.of_cents(200_00)
"""What one of the staff may add to a resident's account at a time."""

Act = Callable[[Facility, Any, User | AnonymousUser], dict[str, Any]]
"""Does what a form asks; what the page then shows of it, or nothing: the form says why not."""


class FileForm(forms.Form):
    prefix = "file"
    file = forms.FileField(label=_("File (CSV)"))
    is_trial = forms.BooleanField(label=_("Only show what would be booked"), required=False)
    is_strict = forms.BooleanField(label=_("Book nothing if any line is bad"), required=False)


class GiveForm(forms.Form):
    prefix = "give"
    reference = Reference()
    resident_number = forms.CharField(label=_("Resident number"), max_length=20)
    amount = Dollars(label=_("Amount, in dollars"))
    reason = forms.CharField(label=_("Why"), max_length=300)

    def clean_amount(self) -> Money:
        amount: Money = self.cleaned_data["amount"]
        if amount > MOST_BY_HAND:
            raise forms.ValidationError(gettext("You may add at most %(most)s at a time.") % {"most": MOST_BY_HAND})
        return amount


class KioskForm(forms.Form):
    prefix = "kiosk"
    name = forms.CharField(label=_("Name, such as its place"), max_length=60)


@require_safe
@staff_page(Permission.TAKE_DEPOSITS)
def facilities(request: HttpRequest) -> HttpResponse:
    """To the one facility of this reader, or a choice of them."""
    theirs = list(facilities_where(request.user, Permission.TAKE_DEPOSITS).order_by("name"))
    if not theirs:
        refuse(request, "deposits")
    if len(theirs) == 1:
        return redirect("deposits_of_facility", theirs[0].pk)
    return render(request, "kinline/deposits_choice.html", {"facilities": theirs})


@never_cache
@staff_page(Permission.TAKE_DEPOSITS)
@require_http_methods(["GET", "HEAD", "POST"])
def facility(request: HttpRequest, facility_id: int) -> HttpResponse:
    """What came in, and forms for more. A new kiosk's key is shown once, in the answer to making it."""
    shown = facilities_where(request.user, Permission.TAKE_DEPOSITS).filter(pk=facility_id).first()
    if shown is None:
        refuse(request, f"deposits/{facility_id}")
    forms_of = {each.prefix: each for each in (FileForm, GiveForm, KioskForm)}
    what = request.POST.get("what", "")
    filled: dict[str, Any] = {
        name: form(request.POST, request.FILES) if name == what else form() for name, form in forms_of.items()
    }
    context: dict[str, Any] = {}
    if what == "revoke":
        _revoke(shown, request.POST.get("kiosk", ""), request.user)
    elif what in filled and filled[what].is_valid():
        acts: dict[str, Act] = {"file": _taken, "give": _given, "kiosk": _made}
        context = acts[what](shown, filled[what], request.user)
        if context and what != "file":
            filled[what] = forms_of[what]()
    may_give = facilities_where(request.user, Permission.GIVE_MONEY).filter(pk=facility_id).exists()
    return render(request, "kinline/deposits.html", {**_shown(shown), "may_give": may_give, **filled, **context})


def _taken(facility: Facility, form: FileForm, user: User | AnonymousUser) -> dict[str, Any]:
    file = form.cleaned_data["file"]
    try:
        report = take(
            FacilityId(facility.pk),
            file.name,
            file.read(),
            f"user/{user.pk}",
            _now(),
            is_trial=form.cleaned_data["is_trial"],
            is_strict=form.cleaned_data["is_strict"],
        )
    except FileRefused as refused:
        form.add_error("file", refused.problem.remedy.in_language(reader_language()))
        return {}
    return {"report": report, "bad_lines": _bad_lines(report)}


def _bad_lines(report: Report) -> list[dict[str, Any]]:
    return [
        {"number": bad.number, "problem": bad.problem.remedy.in_language(reader_language()), "content": bad.content}
        for bad in report.refused
    ]


def _given(facility: Facility, form: GiveForm, user: User | AnonymousUser) -> dict[str, Any]:
    asked = form.cleaned_data
    resident = facility.residents.filter(resident_number=asked["resident_number"], status=ResidentStatus.ACTIVE).first()
    if resident is None:
        form.add_error("resident_number", gettext("No resident in custody here has this number. Compare it."))
        return {}
    try:
        billing.feed_by_facility(
            resident,
            asked["amount"],
            User.objects.get(email=user.get_username()),
            asked["reason"],
            asked["reference"],
            _now(),
        )
    except NotYoursToDecide:
        form.add_error(None, gettext("Only who administers this facility may add money."))
        return {}
    except KeyUsedOtherwise:
        used = gettext(
            "This form was used before: what it asked for then was added, and nothing now. To add more, open this page "
            "again."
        )
        form.add_error(None, used)
        return {}
    return {"given": {"amount": asked["amount"], "resident": resident.name}}


def _made(facility: Facility, form: KioskForm, user: User | AnonymousUser) -> dict[str, Any]:
    try:
        made = kiosks.make(FacilityId(facility.pk), form.cleaned_data["name"], f"user/{user.pk}", _now())
    except IntegrityError:
        form.add_error("name", gettext("There is a kiosk of this name. Revoke its key first, or choose another name."))
        return {}
    return {"new_kiosk": made}


def _revoke(facility: Facility, kiosk: str, user: User | AnonymousUser) -> None:
    if kiosk.isascii() and kiosk.isdigit() and Kiosk.objects.filter(pk=int(kiosk[:18]), facility=facility).exists():
        kiosks.revoke(int(kiosk), f"user/{user.pk}", _now())


def _shown(facility: Facility) -> dict[str, Any]:
    return {
        "facility": facility,
        "kiosks": Kiosk.objects.filter(facility=facility).order_by("revoked_at", "name"),
        "files": [
            {"file": file, "amount": Money(file.booked_amount), "refused": len(file.refused)}
            for file in TransferFile.objects.filter(facility=facility).order_by("-pk")[:20]
        ],
    }


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
