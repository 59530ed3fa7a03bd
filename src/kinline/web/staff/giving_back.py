"""A balance goes back for who asked by telephone, by letter or through the facility, and not on a page of their own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kinline.core.identity import Instant, ResidentId
from kinline.core.money import Money
from kinline.facilities.models import Facility
from kinline.ledger.services import open_customer_account
from kinline.people.models import Customer, Resident
from kinline.refunds import services
from kinline.refunds.errors import RefundError
from kinline.refunds.models import Cause
from kinline.web.family.money_forms import Dollars, Reference
from kinline.web.postal_address import PostalAddress
from kinline.web.refund_words import why_not


class GiveBackForm(PostalAddress):
    """Whose, and where a cheque goes. Of a resident it is always the whole."""

    reference = Reference()
    email = forms.EmailField(required=False, label=gettext_lazy("E-mail of the customer"))
    facility = forms.ModelChoiceField(
        Facility.objects.order_by("name"), required=False, label=gettext_lazy("Or of a resident: the facility")
    )
    resident_number = forms.CharField(max_length=20, required=False, label=gettext_lazy("and the resident number"))
    amount = Dollars(required=False, label=gettext_lazy("How much, in dollars (leave empty for all of it)"))
    field_order = ("reference", "email", "facility", "resident_number", "amount")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        email, facility, number = (cleaned.get(name) for name in ("email", "facility", "resident_number"))
        if email and not number:
            cleaned["customer"] = Customer.objects.filter(user__email=email.lower()).first()
            if cleaned["customer"] is None:
                self.add_error("email", _("No customer has this e-mail address. Compare it."))
        elif number and not email:
            cleaned["resident"] = Resident.objects.filter(facility=facility, resident_number=number).first()
            if cleaned["resident"] is None:
                self.add_error("resident_number", _("No resident of this facility has this number. Compare it."))
            elif cleaned.get("amount"):
                self.add_error("amount", _("A resident’s balance goes back whole: leave the amount empty."))
        elif "email" not in self.errors:
            self.add_error("email", _("Write the e-mail of the customer, or the number of the resident: one of them."))
        return cleaned


def given_back(request: HttpRequest, form: GiveBackForm, at: Instant) -> bool:
    """Do what was typed, and say what came of it; else the form says why not."""
    typed, actor = form.cleaned_data, f"user/{request.user.pk}"
    if resident := typed.get("resident"):
        wound = services.release(ResidentId(resident.pk), form.address, actor, at, cause=Cause.REQUEST)
        if wound is None:
            form.add_error("resident_number", _("There is nothing that can go back now."))
            return False
        text = (
            _("It is on its way back.")
            if wound.done_at
            else _("It goes back as soon as nothing of it is held for a call or disputed.")
        )
        messages.success(request, text)
        return True
    try:
        made = services.refund(
            open_customer_account(typed["customer"].pk),
            Cause.REQUEST,
            actor,
            at,
            amount=typed["amount"],
            address=form.address,
            reference=typed["reference"],
        )
    except RefundError as error:
        form.add_error(*why_not(error))
        return False
    messages.success(request, _("%(amount)s is on its way back.") % {"amount": Money(made.amount)})
    return True
