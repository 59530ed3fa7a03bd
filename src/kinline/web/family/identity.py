"""`/account/identity/`: what a facility asks a family to show, and showing it."""

import time
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.contacts.models import Contact
from kinline.core.identification import REFUSALS, Proof, RefusedBecause, Standing
from kinline.core.identity import Instant
from kinline.documents.errors import UnacceptableUpload
from kinline.enrolment import identity
from kinline.enrolment.errors import AlreadyWaiting, NotKnown, TooManyAnswers
from kinline.enrolment.models import CheckState, IdentityCheck
from kinline.facilities.models import Facility
from kinline.people.models import Customer
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.files.uploads import WORDS, DocumentField
from kinline.web.row_numbers import row_number


class KnowledgeForm(forms.Form):
    resident_number = forms.CharField(
        max_length=20,
        label=gettext_lazy("Their number at the facility"),
        error_messages={"required": gettext_lazy("Write the number that the facility gave them.")},
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Their birth date"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        input_formats=("%Y-%m-%d", "%m/%d/%Y"),
        error_messages={
            "required": gettext_lazy("Write their birth date."),
            "invalid": gettext_lazy("Write the date like 1990-05-31."),
        },
    )


class DocumentForm(forms.Form):
    document = DocumentField(
        label=gettext_lazy("Your identity document"),
        error_messages={"required": gettext_lazy("Choose a photo of your identity document.")},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def identity_page(request: HttpRequest) -> HttpResponse:
    """For one facility: what it asks for, how they stand, and the form for what is lacking."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    facility = _chosen(request, customer)
    stands = identity.standing_of(customer, facility)
    form = _form(request, stands.needed) if stands.standing is Standing.NEEDED else None
    if form is not None and form.is_bound and form.is_valid() and _shown(customer, facility, form):
        if stands.needed is Proof.KNOWLEDGE:
            messages.success(request, _("Thank you, that is right."))
        else:
            messages.success(request, _("Thank you. We write to you when somebody has looked at it."))
        return redirect(f"{reverse('identity')}?facility={facility.pk if facility else ''}")
    return render(
        request,
        "kinline/identity.html",
        {
            "facilities": Facility.objects.order_by("name").only("pk", "name"),
            "facility": facility,
            "stands": stands,
            "form": form,
            "refusal": _last_refusal(customer, facility) if stands.standing is Standing.NEEDED else None,
        },
        status=422 if form is not None and form.errors else 200,
    )


def _chosen(request: HttpRequest, customer: Customer) -> Facility | None:
    """The facility that they ask about; else the one that they are called from."""
    asked = request.POST.get("facility", request.GET.get("facility", ""))
    if pk := row_number(asked):
        return Facility.objects.filter(pk=pk).first()
    numbers = customer.numbers.filter(is_verified=True).values("number")
    contact = Contact.objects.filter(number__in=numbers).select_related("resident__facility").order_by("pk").first()
    return contact.resident.facility if contact else None


def _form(request: HttpRequest, needed: Proof) -> forms.Form:
    is_sent = request.method == "POST"
    if needed is Proof.KNOWLEDGE:
        return KnowledgeForm(request.POST if is_sent else None)
    return DocumentForm(request.POST if is_sent else None, request.FILES if is_sent else None)


def _shown(customer: Customer, facility: Facility | None, form: forms.Form) -> bool:
    typed, at = form.cleaned_data, Instant(time.time_ns() // 1_000_000)
    try:
        if isinstance(form, DocumentForm):
            wanted_by = None if identity.asked_by(None) is Proof.DOCUMENT else facility
            identity.show(customer, wanted_by, typed["document"], at)
        elif facility is not None:
            identity.answer(customer, facility, typed["resident_number"], typed["birth_date"], at)
        else:
            form.add_error(None, _("Choose the facility first."))
            return False
    except UnacceptableUpload as error:
        form.add_error("document", str(WORDS[error.why]))
    except AlreadyWaiting:
        form.add_error("document", _("We have a document of yours already, and somebody will look at it."))
    except NotKnown:
        form.add_error(None, _("Number and birth date do not go together at this facility. Please check both."))
    except TooManyAnswers:
        form.add_error(None, _("There were too many tries today. Please try again tomorrow, or ask customer service."))
    return form.is_valid()


def _last_refusal(customer: Customer, facility: Facility | None) -> Any:
    """Why their last document did not do."""
    found = IdentityCheck.objects.filter(customer=customer, proof=Proof.DOCUMENT.value).exclude(
        state=CheckState.WAITING
    )
    last = found.filter(facility__in=[facility] if facility else []).last() or found.filter(facility=None).last()
    return REFUSALS[RefusedBecause(last.reason)][reader_language()] if last is not None and last.reason else None
