"""`/provider/numbers/`: dedicated numbers, and which of several customers is asked first to pay for a number."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.billing import services
from kinline.contacts.models import DedicatedNumber
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.numbering import E164, NotANumber, e164
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.services import NotEnough
from kinline.people.models import CustomerNumber, Resident, User
from kinline.people.services import NotThePayers
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.asking import Act, Refused, act, done

SHOWN = 200


class Telephone(forms.CharField):
    """A number of the North American plan, however it is written."""

    def __init__(self, label: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
        super().__init__(max_length=20, label=label, widget=widget)

    def clean(self, value: Any) -> E164:
        try:
            return e164(super().clean(value))
        except NotANumber:
            raise forms.ValidationError(_("Write ten digits, such as 504 555 0123.")) from None


class Supply(forms.Form):
    number = Telephone(gettext_lazy("Number of ours"))


class Assign(forms.Form):
    forwards_to = Telephone(gettext_lazy("The customer’s verified number, which will ring"))
    resident_number = forms.CharField(max_length=20, label=gettext_lazy("Resident number"))
    reason = forms.CharField(max_length=200, label=gettext_lazy("Reason"))


class TakeBack(forms.Form):
    number = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=200, label=gettext_lazy("Reason"))


class First(forms.Form):
    number = Telephone(gettext_lazy("Number"))
    customer = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=200, label=gettext_lazy("Reason"))


class Collect(forms.Form):
    number = Telephone(gettext_lazy("Number"))
    is_allowed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=200, label=gettext_lazy("Reason"))


class Find(forms.Form):
    number = Telephone(gettext_lazy("Number that is called"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_NUMBERS)
def numbers(request: HttpRequest) -> HttpResponse:
    """The inventory; and the payers of one number, in the order in which they are asked."""
    if request.method == "POST":
        act(request, _ACTS)
        looked_for = request.POST.get("number", "") if request.POST.get("what") in ("first", "collect") else ""
        return redirect(f"{request.path}?number={looked_for.lstrip('+')}#payers" if looked_for else request.path)
    find = Find(request.GET if "number" in request.GET else None)
    found = find.cleaned_data["number"] if find.is_bound and find.is_valid() else None
    paying = CustomerNumber.objects.filter(number=found or "").select_related("customer__user").order_by("order")
    inventory = DedicatedNumber.objects.select_related("customer__user", "resident__facility").order_by("number")
    return render(
        request,
        "kinline/numbers.html",
        {
            "free": services.free_numbers().count(),
            "given": [
                (each, _set_aside(each), TakeBack(auto_id=f"id_{each.pk}_%s"))
                for each in inventory.exclude(customer=None)[:SHOWN]
            ],
            "supply": Supply(auto_id="id_supply_%s"),
            "assign": Assign(auto_id="id_assign_%s"),
            "find": find,
            "found": found,
            "collect": Account.objects.filter(kind=AccountKind.COLLECT_RECEIVABLE, number=found or "-").first(),
            "collect_form": Collect(auto_id="id_collect_%s"),
            "paying": [(each, First(auto_id=f"id_first{each.pk}_%s")) for each in paying],
        },
    )


def _set_aside(number: DedicatedNumber) -> Money:
    account = Account.objects.filter(kind=AccountKind.DEDICATED, number=number.number).first()
    return Money(account.posted if account else 0)


def _supply(typed: dict[str, Any], user: User, at: Instant) -> str:
    try:
        services.supply_number(typed["number"], user, at)
    except services.WasGiven as refused:
        raise Refused(_("A customer had this number. It is kept for them, and nobody else can have it.")) from refused
    except ValueError as refused:
        raise Refused(_("Only an ordinary number can be called from a facility, no toll-free one.")) from refused
    return done()


def _assign(typed: dict[str, Any], user: User, at: Instant) -> str:
    theirs = CustomerNumber.objects.filter(number=typed["forwards_to"], is_verified=True).order_by("order").first()
    residents = Resident.objects.filter(resident_number=typed["resident_number"])
    known = residents.filter(contacts__number=typed["forwards_to"]).distinct()
    try:
        if theirs is None or len(known) != 1:
            raise services.NotAContact(0)
        given = services.assign_number(theirs.customer_id, known[0], typed["forwards_to"], user, at, typed["reason"])
    except services.NotAContact as refused:
        raise Refused(
            _("This resident has no approved contact with this number, or no customer has verified it.")
        ) from refused
    except services.NoNumberLeft as refused:
        raise Refused(_("No number is free. Add one first.")) from refused
    return _("%(number)s rings %(phone)s from now on.") % {"number": given.number, "phone": given.forwards_to}


def _take_back(typed: dict[str, Any], user: User, at: Instant) -> str:
    number = DedicatedNumber.objects.filter(pk=typed["number"]).first()
    if number is None:
        raise Refused(_("Nobody has this number any more."))
    try:
        services.take_back_number(number, user, at, typed["reason"])
    except NotEnough as refused:
        raise Refused(_("A call to this number is in progress. Try again when it is over.")) from refused
    except services.NumberRefused as refused:
        raise Refused(_("Nobody has this number any more.")) from refused
    return done()


def _first(typed: dict[str, Any], user: User, at: Instant) -> str:
    paying = CustomerNumber.objects.filter(number=typed["number"]).order_by("order")
    order = list(paying.values_list("customer_id", flat=True))
    chosen = cast(int, typed["customer"])
    try:
        if chosen not in order:
            raise NotThePayers(typed["number"])
        order.remove(chosen)
        services.order_payers(typed["number"], [chosen, *order], user, at, typed["reason"])
    except NotThePayers as refused:
        raise Refused(_("Who pays for this number has changed. Look again.")) from refused
    return done()


def _collect(typed: dict[str, Any], user: User, at: Instant) -> str:
    services.set_collect(typed["number"], typed["is_allowed"], user, at, typed["reason"])
    return done()


_ACTS: dict[str, tuple[type[forms.Form], Act]] = {
    "supply": (Supply, _supply),
    "assign": (Assign, _assign),
    "take_back": (TakeBack, _take_back),
    "first": (First, _first),
    "collect": (Collect, _collect),
}
