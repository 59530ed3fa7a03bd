"""On the page Refunds: owners without e-mail, whom staff tell, and write down how."""

from datetime import datetime
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.refunds import services
from kinline.refunds.models import PayOut, Way
from kinline.refunds.services.winding_up import way_of
from kinline.web.clock import in_utc

NOTICES = 20
"""On the page; who has theirs makes room for the next."""


class GivenForm(forms.Form):
    """By whom a resident has the notice."""

    account = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    how = forms.CharField(max_length=200, label=gettext_lazy("Who gave it to them, and when"))


class ToldForm(forms.Form):
    """How the owner of a pay-out knows of it."""

    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    how = forms.CharField(max_length=200, label=gettext_lazy("How they were told, or what was tried to find them"))


def to_tell(at: Instant, typed: GivenForm) -> list[dict[str, Any]]:
    """Each resident who must have a notice, what it says, and the form to write down that they have it."""
    return [
        {
            "resident": resting.account.resident,
            "amount": Money(resting.account.posted),
            "since": _day(resting.since),
            "at": _day(notice.refund_at),
            "goes_to_commissary": way_of(resting.account) == Way.COMMISSARY,
            "form": _own(typed, "account", resting.account.pk, GivenForm),
        }
        for resting, notice in islice(services.residents_to_tell(at), NOTICES)
    ]


def form_of(out: PayOut, typed: ToldForm) -> forms.Form | None:
    """None: its owner was told, or is a customer, to whom the worker writes."""
    is_staffs = out.told_at is None and out.refund.account.customer_id is None
    return _own(typed, "number", out.pk, ToldForm) if is_staffs else None


def given(request: HttpRequest, form: GivenForm, at: Instant) -> None:
    """Raises `refunds.errors.WrongStanding`."""
    account = AccountId(form.cleaned_data["account"])
    services.say_given(account, f"user/{request.user.pk}", form.cleaned_data["how"], at)
    messages.success(request, _("Written down with your name: they have the notice."))


def told(request: HttpRequest, form: ToldForm, at: Instant) -> None:
    """Raises `refunds.errors.WrongStanding`."""
    services.say_owner_told(form.cleaned_data["number"], f"user/{request.user.pk}", form.cleaned_data["how"], at)
    messages.success(request, _("Written down with your name."))


def _own(typed: forms.Form, name: str, number: int, kind: type[forms.Form]) -> forms.Form:
    ids = f"id_{name}_{number}_%s"
    if typed.is_bound and str(number) == typed.data.get(name):
        typed.auto_id = ids
        return typed
    return kind(initial={name: number}, auto_id=ids)


def _day(at: int) -> datetime:
    return in_utc(at).replace(tzinfo=None)
