"""`/staff/members/`: who is on the staff, inviting, changing and ending roles, and the networks they come from."""

import time
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant
from kinline.facilities.models import Agency
from kinline.people.authority import management_of
from kinline.people.models import PROVIDER_ROLES, Role, StaffNetwork, StaffRole, User
from kinline.staffing import services
from kinline.staffing.queries import people_of, places_for, roles_by_person
from kinline.staffing.services import Fault, NotDone, Place
from kinline.web.row_numbers import row_number
from kinline.web.staff.access import Permission, staff_page
from kinline.web.staff.portal import ROLES
from kinline.web.staff.residents_words import LANGUAGES
from kinline.web.staff.second_step import has_second_step
from kinline.web.trail import refuse

ON_A_PAGE = 50
FAULTS = {
    Fault.ELSEWHERE: _("That lies outside the place whose staff you manage."),
    Fault.NO_PLACE: _("Choose a place for a role of a facility; the provider’s roles hold everywhere."),
    Fault.OWN: _("Nobody takes their own rights. Ask another administrator."),
    Fault.HAS_PASSWORD: _("They have a password already, and can sign in."),
    Fault.NO_NETWORK: _("Write a network that is not listed yet, such as 203.0.113.0/24."),
    Fault.LOCKS_OUT: _("You could not come in any more from where you are. List your own network first."),
    Fault.OVER: _("This invitation was used or is too old. Ask for another."),
}


class RoleForm(forms.Form):
    """A role and where it holds, among those that this reader may give."""

    prefix = "role"
    role = forms.ChoiceField(label=_("Role"))
    place = forms.ChoiceField(label=_("Where"), required=False)

    def __init__(self, by: User, data: Any = None) -> None:
        super().__init__(data)
        managed = management_of(by)
        self.places = places_for(managed)
        of_provider = managed.is_of_provider
        named = [(role.value, name) for role, name in ROLES.items() if of_provider or role not in PROVIDER_ROLES]
        self.fields["role"].choices = named  # type: ignore[attr-defined]
        everywhere = [("", _("Everywhere (the provider’s roles)"))] if of_provider else []
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            *((key, str(place)) for key, place in self.places.items()),
            *everywhere,
        ]

    def chosen(self) -> tuple[Role, Place]:
        return Role(self.cleaned_data["role"]), self.places.get(self.cleaned_data["place"], Place())


class InviteForm(RoleForm):
    prefix = "invite"
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    language = forms.ChoiceField(label=_("Language"), choices=list(LANGUAGES.items()))
    field_order = ("name", "email", "language", "role", "place")


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=300)


class NetworkForm(forms.Form):
    prefix = "network"
    of = forms.ChoiceField(label=_("Whose staff"), required=False)
    network = forms.CharField(label=_("Network, such as 203.0.113.0/24"), max_length=49)
    note = forms.CharField(label=_("Note"), max_length=120, required=False)

    def __init__(self, by: User, data: Any = None) -> None:
        super().__init__(data)
        managed = management_of(by)
        self.agencies = [each for each in Agency.objects.order_by("name") if managed.covers(each.pk)]
        self.fields["of"].choices = [  # type: ignore[attr-defined]
            *((str(each.pk), each.name) for each in self.agencies),
            *([("", _("The provider"))] if managed.is_of_provider else []),
        ]

    def agency(self) -> Agency | None:
        return next((each for each in self.agencies if str(each.pk) == self.cleaned_data["of"]), None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_STAFF)
def members(request: HttpRequest) -> HttpResponse:
    """Everybody with a role within this reader's place."""
    by = cast(User, request.user)
    invitation, network = InviteForm(by), NetworkForm(by)
    networks = _networks(by)
    if request.method == "POST":
        what, at = request.POST.get("what", ""), _now()
        if what == "invite":
            invitation = InviteForm(by, request.POST)
            if invitation.is_valid() and (user := _done(invitation, lambda: _invited(invitation, by, at))):
                messages.success(request, gettext("The invitation is on its way to %(email)s.") % {"email": user.email})
                return redirect("staff_member", user.pk)
        elif what == "network":
            network = NetworkForm(by, request.POST)
            if network.is_valid() and _done(network, lambda: _allowed(request, network, by, at)):
                messages.success(request, gettext("Done, and written down with your name."))
                return redirect("staff_members")
        elif what == "forbid":
            row = networks.filter(pk=row_number(request.POST.get("network", ""))).first()
            if row is None:
                refuse(request, "staff/network")
            try:
                services.forbid_network(row, by, request.META.get("REMOTE_ADDR", ""), at)
                messages.success(request, gettext("Done, and written down with your name."))
            except NotDone as refused:
                messages.error(request, str(FAULTS[refused.fault]))
            return redirect("staff_members")
        else:
            refuse(request, "staff/members")
    managed = management_of(by)
    page = Paginator(people_of(managed), ON_A_PAGE).get_page(request.GET.get("page"))
    roles = roles_by_person(managed, page)
    shown = [(person, [(ROLES[Role(held.role)], _place(held)) for held in roles[person.pk]]) for person in page]
    context = {"page": page, "people": shown, "invite": invitation, "network": network, "networks": networks}
    return render(request, "kinline/members.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_STAFF)
def member(request: HttpRequest, user_id: int) -> HttpResponse:
    """One of the staff: their roles here, and what can be done about them."""
    by = cast(User, request.user)
    theirs = management_of(by).roles.filter(user=user_id)
    roles = theirs.select_related("agency", "facility", "unit", "user").order_by("pk")
    shown = User.objects.filter(pk=user_id, pk__in=roles.values("user")).first()
    if shown is None:
        refuse(request, f"user/{user_id}")
    given, why = RoleForm(by), WhyForm()
    if request.method == "POST":
        what = request.POST.get("what", "")
        form: forms.Form = RoleForm(by, request.POST) if what == "give" else WhyForm(request.POST)
        if what == "again":
            form = forms.Form(request.POST)
        if form.is_valid() and _done(form, lambda: _act(what, shown, form, request, by)):
            messages.success(request, gettext("Done, and written down with your name."))
            return redirect("staff_member", user_id) if roles.exists() else redirect("staff_members")
        if isinstance(form, RoleForm):
            given = form
        else:
            why = form if isinstance(form, WhyForm) else why
            for fault in form.non_field_errors():
                messages.error(request, str(fault))
    return render(
        request,
        "kinline/member.html",
        {
            "member": shown,
            "roles": [(each, ROLES[Role(each.role)], _place(each)) for each in roles],
            "give": given,
            "why": why,
            "has_password": shown.has_usable_password(),
            "has_second_step": has_second_step(shown),
            "is_self": shown.pk == by.pk,
        },
    )


def _act(what: str, of: User, form: forms.Form, request: HttpRequest, by: User) -> bool:
    at, why = _now(), form.cleaned_data.get("why", "")
    match what:
        case "give" if isinstance(form, RoleForm):
            services.give_role(of, *form.chosen(), by, at)
        case "again":
            services.invite_again(of, by, at)
        case "take":
            role = management_of(by).roles.filter(user=of, pk=row_number(request.POST.get("role", ""))).first()
            if role is None:
                refuse(request, f"user/{of.pk}")
            services.take_role(role, by, at, why)
        case "end":
            services.end(of, by, at, why)
        case "second_step":
            services.reset_second_step(of, by, at, why)
        case _:
            refuse(request, f"user/{of.pk}")
    return True


def _invited(form: InviteForm, by: User, at: Instant) -> User:
    asked = form.cleaned_data
    return services.invite(asked["email"], asked["name"], asked["language"], *form.chosen(), by, at)


def _allowed(request: HttpRequest, form: NetworkForm, by: User, at: Instant) -> StaffNetwork:
    address = request.META.get("REMOTE_ADDR", "")
    return services.allow_network(
        form.agency(), form.cleaned_data["network"], form.cleaned_data["note"], by, address, at
    )


def _done(form: forms.Form, act: Callable[[], Any]) -> Any:
    """What the act gave; nothing when it was refused, and then the form says why."""
    try:
        return act()
    except NotDone as refused:
        form.add_error("network" if "network" in form.fields else None, str(FAULTS[refused.fault]))
        return None


def _networks(by: User) -> QuerySet[StaffNetwork]:
    managed = management_of(by)
    agencies = {agency for agency, facility, _unit in managed.held if facility is None}
    listed = StaffNetwork.objects.all() if managed.is_of_provider else StaffNetwork.objects.filter(agency__in=agencies)
    return listed.select_related("agency").order_by("agency__name", "network")


def _place(role: StaffRole) -> str:
    return str(Place(role.agency, role.facility, role.unit)) or gettext("everywhere")


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
