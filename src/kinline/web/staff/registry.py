"""`/facility/registry/`: privileged numbers. One person enters, another verifies, either revokes with a reason."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kinline.contacts import services
from kinline.contacts.errors import AlreadyRegistered, NotWaiting, SamePerson
from kinline.contacts.models import PrivilegedNumber, PrivilegeKind, PrivilegeRequest
from kinline.core.numbering import NotANumber, e164
from kinline.facilities.models import Agency
from kinline.people.authority import facilities_where, is_permitted_everywhere
from kinline.people.models import Resident, User
from kinline.web.clock import now
from kinline.web.row_numbers import row_number
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.contact_words import KINDS
from kinline.web.staff.contacts import reader
from kinline.web.trail import refuse

ON_A_PAGE = 50
_NEEDED = Permission.VERIFY_PRIVILEGE


class EntryForm(forms.Form):
    prefix = "enter"
    number = forms.CharField(label=_("Telephone number"), max_length=30, widget=forms.TextInput(attrs={"type": "tel"}))
    kind = forms.ChoiceField(label=_("Whose it is"), choices=list(KINDS.items()))
    holder = forms.CharField(label=_("Name"), max_length=120)
    evidence = forms.CharField(label=_("What shows that the number is theirs"), max_length=300)
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("For"), required=False)
    resident_number = forms.CharField(
        label=_("For one resident alone: their number (empty: for all)"), required=False, max_length=20
    )
    is_free = forms.BooleanField(label=_("Calls to it are free"), required=False, initial=True)

    def __init__(self, data: Any, agencies: QuerySet[Agency], may_everywhere: bool) -> None:
        super().__init__(data)
        agency = self.fields["agency"]
        agency.queryset = agencies  # type: ignore[attr-defined]
        agency.empty_label = gettext("Everywhere") if may_everywhere else None  # type: ignore[attr-defined]
        agency.required = not may_everywhere


class RegistrySearch(forms.Form):
    find = forms.CharField(label=_("Name or number"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *KINDS.items()])


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(_NEEDED)
def registry(request: HttpRequest) -> HttpResponse:
    """What is asked for, what waits for a second person, and what holds."""
    user = reader(request)
    agencies = _agencies(user)
    everywhere = is_permitted_everywhere(user, _NEEDED)
    what = request.POST.get("what", "")
    form = EntryForm(request.POST if what == "enter" else None, agencies, everywhere)
    if what == "enter" and form.is_valid() and _entered(request, user, form):
        return redirect("registry")
    if what and what != "enter":
        _do(request, user, what)
        return redirect("registry")
    search = RegistrySearch(request.GET)
    search.is_valid()
    seen = _seen(user).select_related("agency", "resident", "entered_by", "verified_by")
    valid = _found(seen.filter(verified__isnull=False, revoked_at=None), search.cleaned_data)
    page = Paginator(valid.order_by("holder", "pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    waiting = seen.filter(verified=None, revoked_at=None).order_by("entered_at", "pk")[:ON_A_PAGE]
    requests = PrivilegeRequest.objects.filter(decided_at=None).order_by("at")[:ON_A_PAGE]
    context = {
        "form": form,
        "search": search,
        "page": page,
        "asked": asked.urlencode(),
        "entries": [(each, KINDS.get(each.kind, each.kind)) for each in page],
        "waiting": [
            (each, KINDS.get(each.kind, each.kind), each.entered_by_id == user.pk, _moment(each.entered_at))
            for each in waiting
        ],
        "requests": [(each, KINDS[each.kind], _moment(each.at)) for each in requests],
        "agencies": agencies,
        "everywhere": everywhere,
    }
    return render(request, "kinline/registry.html", context)


def _entered(request: HttpRequest, user: User, form: EntryForm) -> bool:
    asked = form.cleaned_data
    try:
        number = e164(asked["number"])
    except NotANumber:
        form.add_error("number", gettext("Write ten digits, or + and the country code."))
        return False
    resident = None
    if asked["resident_number"]:
        theirs = facilities_where(user, _NEEDED, partly=True)
        residents = Resident.objects.filter(facility__in=theirs, resident_number=asked["resident_number"].strip())
        if asked["agency"]:
            residents = residents.filter(facility__agency=asked["agency"])
        resident = residents.first()
        if resident is None:
            form.add_error("resident_number", gettext("No resident of yours has this number. Compare it."))
            return False
    try:
        services.enter_privileged(
            number,
            PrivilegeKind(asked["kind"]),
            asked["holder"],
            asked["evidence"],
            user,
            now(),
            agency=asked["agency"],
            resident=resident,
            is_free=asked["is_free"],
        )
    except AlreadyRegistered:
        form.add_error("number", gettext("This number is on the registry already."))
        return False
    messages.success(request, gettext("Entered. Somebody else must verify it now; until then no call to it is placed."))
    return True


def _do(request: HttpRequest, user: User, what: str) -> None:
    """Verify or revoke an entry, take or refuse what was asked for: each by the form that names it."""
    pk = request.POST.get("entry") or request.POST.get("request") or ""
    key = row_number(pk)
    why = (request.POST.get("why") or "").strip()[:300]
    try:
        match what:
            case "verify" if _seen(user).filter(pk=key).exists():
                services.verify_privileged(key, user, now())
                told = gettext("Verified. It holds everywhere within reach from now on, also for calls in progress.")
            case "revoke" if _seen(user).filter(pk=key).exists():
                if not why:
                    messages.error(request, gettext("Say why it is revoked."))
                    return
                services.revoke_privileged(key, user, why, now())
                told = gettext("Revoked. Calls to it are recorded again from the next one on.")
            case "take" if PrivilegeRequest.objects.filter(pk=key).exists():
                if not why:
                    messages.error(request, gettext("Say what shows that the number is theirs."))
                    return
                services.take_privilege_request(key, why, user, now(), agency=_chosen(request, user))
                told = gettext("Entered. Somebody else must verify it now; until then no call to it is placed.")
            case "refuse" if PrivilegeRequest.objects.filter(pk=key).exists():
                if not why:
                    messages.error(request, gettext("Say why: who asked reads it in an e-mail."))
                    return
                services.refuse_privilege_request(key, why, user, now())
                told = gettext("Refused, and written down with your name. Who asked is told by e-mail.")
            case _:
                refuse(request, f"privileged_number/{key}")
    except SamePerson:
        messages.error(request, gettext("You entered it yourself. Somebody else must verify it."))
    except NotWaiting:
        messages.error(request, gettext("Somebody else was faster: it was decided already."))
    except AlreadyRegistered:
        messages.error(request, gettext("This number is on the registry already."))
    else:
        messages.success(request, told)


def _chosen(request: HttpRequest, user: User) -> Agency | None:
    """The agency for which a request is taken; none: for all, by who may do that."""
    pk = request.POST.get("agency", "")
    agency = _agencies(user).filter(pk=row_number(pk)).first()
    if agency is None and not is_permitted_everywhere(user, _NEEDED):
        agency = _agencies(user).first()
    return agency


def _agencies(user: User) -> QuerySet[Agency]:
    return Agency.objects.filter(pk__in=facilities_where(user, _NEEDED, partly=True).values("agency")).order_by("name")


def _seen(user: User) -> QuerySet[PrivilegedNumber]:
    """What this member of staff keeps: their agency's entries; those for everywhere, who may do it everywhere."""
    if is_permitted_everywhere(user, _NEEDED):
        return PrivilegedNumber.objects.all()
    return PrivilegedNumber.objects.filter(agency__in=_agencies(user))


def _found(entries: QuerySet[PrivilegedNumber], asked: dict[str, Any]) -> QuerySet[PrivilegedNumber]:
    if asked.get("kind"):
        entries = entries.filter(kind=asked["kind"])
    if text := (asked.get("find") or "").strip():
        digits = "".join(each for each in text if each.isdigit())
        fits = Q(holder__icontains=text)
        entries = entries.filter(fits | Q(number__endswith=digits) if len(digits) >= 4 else fits)
    return entries


def _moment(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC)
