"""`/account/contacts/find/`: look for a resident, and ask to be a contact of theirs.

Who is not there, and who is there but not shown, get the same answer. What was found goes on in a signed address that
opens for the searcher alone, within the hour: no number in an address can be counted up.
"""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kinline.audit.actions import Action
from kinline.contacts import services
from kinline.contacts.errors import NotAskable
from kinline.contacts.models import Contact, ContactDocument
from kinline.contacts.queries import expected_waiting, find_resident, search_by, settings_of
from kinline.core.contacts import Relationship, SearchBy, Sought, Source, relationship_in_words, shown_as
from kinline.core.identification import Standing
from kinline.core.numbering import E164
from kinline.documents import services as documents
from kinline.documents.errors import UnacceptableUpload
from kinline.documents.models import Purpose
from kinline.enrolment.identity import standing_of
from kinline.facilities.models import Facility
from kinline.people.models import Customer, Resident, ResidentStatus, User
from kinline.web.clock import now
from kinline.web.family.account import customer_of
from kinline.web.family.contact_words import cannot_ask
from kinline.web.family.contacts import LIVES, SALT, day_in_words, found_address, reading_language
from kinline.web.files.uploads import WORDS, DocumentField
from kinline.web.sign_in import too_many_tries
from kinline.web.templatetags.plain_words import telephone
from kinline.web.trail import refuse, write_down


class FacilityForm(forms.Form):
    facility = forms.ModelChoiceField(
        Facility.objects.filter(is_active=True).select_related("agency").order_by("name"),
        label=_("Which facility are they at?"),
        empty_label=_("Choose"),
    )


class SearchForm(forms.Form):
    """What the facility lets one search by; both names where it lets one search by name."""

    resident_number = forms.CharField(label=_("Their number at the facility"), max_length=20, required=False)
    last_name = forms.CharField(label=_("Their last name"), max_length=60, required=False)
    first_name = forms.CharField(label=_("Their first name"), max_length=60, required=False)

    def __init__(self, data: Any, by: SearchBy) -> None:
        super().__init__(data)
        self.by = by
        if by is not SearchBy.NAME:
            del self.fields["first_name"]
            self.fields["resident_number"].required = True
        if by is SearchBy.NUMBER:
            del self.fields["last_name"]
        else:
            self.fields["last_name"].required = True
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.by is SearchBy.NAME and not typed.get("resident_number") and not typed.get("first_name"):
            self.add_error("first_name", _("Write their first name too, or their number."))
        return typed

    @property
    def sought(self) -> Sought:
        typed = self.cleaned_data
        return Sought(typed.get("resident_number", ""), typed.get("first_name", ""), typed.get("last_name", ""))


class AskForm(forms.Form):
    number = forms.ChoiceField(label=_("Which of your numbers should they call?"))
    relationship = forms.ChoiceField(label=_("What are you to them?"))
    message = forms.CharField(
        label=_("What should the facility know? (optional)"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document = DocumentField(label=_("A document that shows who you are or how you are related"))

    def __init__(self, data: Any, files: Any, customer: Customer, asks_document: bool) -> None:
        super().__init__(data, files)
        numbers = customer.numbers.filter(is_verified=True).order_by("pk").values_list("number", flat=True)
        language = reading_language()
        self.fields["number"].choices = [(each, telephone(each)) for each in numbers]  # type: ignore[attr-defined]
        self.fields["relationship"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choose")),
            *((each.value, relationship_in_words(each.value, language)) for each in Relationship),
        ]
        if not asks_document:
            del self.fields["document"]


@sensitive_post_parameters("resident_number", "last_name", "first_name")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """First the facility, then what it asks for. Each search is counted and written down, without what was typed."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    facilities = FacilityForm(request.GET if "facility" in request.GET else None)
    context: dict[str, Any] = {"facilities": facilities}
    if facilities.is_valid():
        facility: Facility = facilities.cleaned_data["facility"]
        by = search_by(facility)
        form = SearchForm(request.POST or None, by)
        context |= {"facility": facility, "form": form, "by": by.value}
        if form.is_valid():
            if not ratelimit.consume(request, action="find_resident", user=request.user):
                return too_many_tries(request)
            found = find_resident(facility, form.sought)
            how = {"by": "number" if form.sought.number else "name", "shown": len(found)}
            write_down(request, Action.RESIDENT_SOUGHT, f"facility/{facility.pk}", facility.pk, after=how)
            context["found"] = [(shown_as(person.name), found_address(customer, person.id)) for person in found]
            context["searched"] = True
    return render(request, "kinline/find_resident.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask(request: HttpRequest, found: str) -> HttpResponse:
    """Ask to be a contact of who was found."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    resident = _resident(customer, found)
    if resident is None:
        refuse(request, "resident/found")
    if standing_of(customer, resident.facility).standing is not Standing.ENOUGH:
        return redirect(f"{reverse('identity')}?{urlencode({'facility': resident.facility_id})}")
    settings = settings_of(resident.facility)
    form = AskForm(request.POST or None, request.FILES or None, customer, settings.asks_document)
    if form.is_valid():
        asked = _asked(request, customer, resident, form)
        if asked is not None:
            messages.success(request, gettext("You asked. We write to you as soon as the facility decides."))
            return redirect("contact", asked.pk)
    context = {
        "form": form,
        "name": shown_as(resident.name),
        "facility": resident.facility,
        "has_number": bool(form.fields["number"].choices),  # type: ignore[attr-defined]
        "takes_requests": settings.takes_requests,
        "expected": expected_waiting(resident.facility_id, now()),
    }
    return render(request, "kinline/ask_contact.html", context)


def _asked(request: HttpRequest, customer: Customer, resident: Resident, form: AskForm) -> Contact | None:
    """The contact that was asked for; None: the form says what is wrong. A document is kept before anything is asked,
    since drawing it anew takes its time."""
    asked, at, user = form.cleaned_data, now(), request.user
    if not isinstance(user, User):
        return None
    document = None
    if upload := asked.get("document"):
        try:
            document = documents.keep(user, Purpose.RELATIONSHIP, upload, at, facility=resident.facility)
        except UnacceptableUpload as refused:
            form.add_error("document", str(WORDS[refused.why]))
            return None
    try:
        contact = services.request_contact(
            resident,
            E164(asked["number"]),
            user.name,
            asked["relationship"],
            Source.FAMILY,
            f"user/{user.pk}",
            at,
            customer=customer,
            message=asked["message"],
            language=user.language,
        )
    except NotAskable as refused:
        if document is not None:
            documents.delete(document, at, f"user/{user.pk}")
        form.add_error(None, cannot_ask(refused, day_in_words(refused.until, Contact(resident=resident))))
        return None
    if document is not None:
        ContactDocument.objects.create(contact=contact, document=document)
    return contact


def _resident(customer: Customer, found: str) -> Resident | None:
    """Whom the address names; None: it is no address of ours, another's, too old, or they are there no more."""
    try:
        named = signing.loads(found, salt=SALT, max_age=LIVES)
    except signing.BadSignature:
        return None
    if named["by"] != customer.pk:
        return None
    residents = Resident.objects.filter(status=ResidentStatus.ACTIVE).select_related("facility__agency")
    return residents.filter(pk=named["resident"]).first()
