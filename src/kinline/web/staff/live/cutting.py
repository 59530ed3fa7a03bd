"""`/facility/calls/.../cut-off/`: ending one call that is going on."""

import time
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kinline.calls import services
from kinline.calls.models import Call, CallState
from kinline.calls.services import CallIsOver
from kinline.core.identity import CallId, Instant
from kinline.core.reasons import Reason
from kinline.people.models import User
from kinline.web.staff.access import Permission, staff_page, within
from kinline.web.staff.calls import calls_where
from kinline.web.trail import refuse

REASONS = {
    "disturbance": gettext_lazy("Disturbance"),
    "threat": gettext_lazy("Threat or harassment"),
    "third_party": gettext_lazy("Somebody else was brought into the call"),
    "against_rules": gettext_lazy("Against the rules"),
    "emergency": gettext_lazy("Emergency"),
    "other": gettext_lazy("Something else"),
}
_TOLD, _SILENT = "told", "silent"
HOW = {
    _TOLD: gettext_lazy("At once, and both are told that it ends"),
    _SILENT: gettext_lazy("At once, without a word"),
    "15": gettext_lazy("15 seconds after a time signal"),
    "30": gettext_lazy("30 seconds after a time signal"),
    "60": gettext_lazy("1 minute after a time signal"),
}


class CutOffForm(forms.Form):
    """Why, and how."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=list(REASONS.items()))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    how = forms.ChoiceField(label=gettext_lazy("How"), choices=list(HOW.items()))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("reason") == "other" and not said.get("note"):
            self.add_error("note", _("Please say in a few words why."))
        return said


def form_for(request: HttpRequest, call: Call) -> CutOffForm | None:
    """The empty form, for who may end this call while it goes on."""
    if call.state == CallState.SETTLED:
        return None
    theirs = Call.objects.filter(within(request.user, Permission.CUT_OFF_CALLS), pk=call.pk)
    return CutOffForm() if theirs.exists() else None


@staff_page(Permission.CUT_OFF_CALLS)
@require_POST
def cut_off(request: HttpRequest, call_id: int) -> HttpResponse:
    """End it, and go back to the board; with what is missing, back to the call."""
    call = calls_where(within(request.user, Permission.CUT_OFF_CALLS)).filter(pk=call_id).first()
    if call is None:
        refuse(request, f"call/{call_id}")
    form = CutOffForm(request.POST)
    if not form.is_valid():
        name, faults = next(iter(form.errors.items()))
        messages.error(request, f"{form.fields[name].label}: {faults[0]}")
        return redirect("facility_call", call_id)
    said = form.cleaned_data
    why, how = ": ".join(filter(None, (said["reason"], said["note"]))), said["how"]
    try:
        services.cut_off(
            CallId(call_id),
            Reason.TALK_CUTOFF,
            f"user/{cast(User, request.user).pk}",
            why,
            Instant(time.time_ns() // 1_000_000),
            signal_seconds=int(how) if how.isascii() and how.isdigit() else 0,
            is_silent=how == _SILENT,
        )
    except CallIsOver:
        messages.error(request, _("The call was over already."))
        return redirect("facility_call", call_id)
    messages.success(request, _("The call ends. That is written down with your name."))
    return redirect(f"{reverse('live')}?facility={call.facility_id}")
