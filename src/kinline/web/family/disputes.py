"""`/account/calls/…/dispute/`: say that something was wrong with a call. Three taps: the button on the call, the
reason, and Send; words of one's own are welcome and not asked for."""

import time
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant
from kinline.people.models import Customer
from kinline.support import services
from kinline.support.errors import NotTheirs, TooLong, TooMany
from kinline.support.models import Case
from kinline.support.topics import DISPUTES, Topic
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.family.calls import call_or_refuse
from kinline.web.family.family_call import FamilyCall
from kinline.web.family.money_forms import Reference
from kinline.web.support_words import TOPICS
from kinline.web.trail import refuse

_REASONS: Final = tuple((topic.value, TOPICS[topic]) for topic in DISPUTES)


class Dispute(forms.Form):
    """What was wrong, and if they like, what happened."""

    reference = Reference()
    topic = forms.ChoiceField(
        choices=_REASONS,
        widget=forms.RadioSelect,
        label=gettext_lazy("What was wrong?"),
        error_messages={"required": gettext_lazy("Choose what was wrong.")},
    )
    words = forms.CharField(
        required=False,
        max_length=services.MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": services.MOST_WORDS}),
        label=gettext_lazy("What happened, if you wish to say more"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def dispute(request: HttpRequest, call_id: int) -> HttpResponse:
    """The form, and the case that it opens. A call that goes on has its receipt first."""
    call = call_or_refuse(request, call_id)
    customer = customer_of(request.user)
    if call.is_live or customer is None:
        return redirect("receipt", call_id)
    form = Dispute(request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = _opened(request, customer, call, form)
        if case is not None:
            messages.success(request, _("We have your message, and tell you when there is an answer."))
            return redirect("case", case.pk)
    context: dict[str, Any] = {"form": form, "call": call}
    return render(request, "kinline/dispute.html", context, status=422 if form.errors else 200)


def _opened(request: HttpRequest, customer: Customer, call: FamilyCall, form: Dispute) -> Case | None:
    typed = form.cleaned_data
    try:
        return services.open_case(
            customer,
            Topic(typed["topic"]),
            typed["words"],
            Instant(time.time_ns() // 1_000_000),
            call=call.call_id,
            language=reader_language(),
            reference=typed["reference"],
        )
    except NotTheirs:
        refuse(request, f"call/{call.call_id}")
    except TooMany:
        form.add_error(None, _("You have many open cases. Close one that is done, or write into one of them."))
    except TooLong:
        form.add_error("words", _("Write at most 4000 characters."))
    return None
