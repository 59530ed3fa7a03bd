"""`/help/call-back/`: customer service calls, at once or in hours that suit."""

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.configuration import configuration
from kinline.core.identity import Instant
from kinline.core.numbering import E164
from kinline.core.servicecall.course import Stage
from kinline.people.models import Customer
from kinline.servicecalls.errors import NotOrdered
from kinline.servicecalls.models import ServiceCall
from kinline.servicecalls.queries import call_backs_of, stage_of
from kinline.servicecalls.services import order_call_back
from kinline.support.calling_back import NotThen, Wish, wish_call_back
from kinline.support.errors import NotTheirs, TooLong, TooMany
from kinline.support.services import MOST_WORDS
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.family.cases import local
from kinline.web.family.money_forms import Reference
from kinline.web.family.payments import zone_of
from kinline.web.service_call_words import OUTCOMES, REMEDIES, STAGES, why_not
from kinline.web.templatetags.plain_words import telephone
from kinline.web.trail import refuse

DAYS: Final = 6
PARTS: Final = {
    "morning": (gettext_lazy("Morning, 8 to 12"), 8, 12),
    "afternoon": (gettext_lazy("Afternoon, 12 to 5"), 12, 17),
    "evening": (gettext_lazy("Evening, 5 to 8"), 17, 20),
}
"""Hours of the day on the family's clock."""
_SHOWN: Final = 3


class Now(forms.Form):
    number = forms.ChoiceField(label=gettext_lazy("Which phone?"))

    def __init__(self, *args: Any, numbers: list[str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        choose(self, "number", [(number, telephone(number)) for number in numbers])


class Later(Now):
    reference = Reference()
    day = forms.ChoiceField(label=gettext_lazy("Which day?"))
    part = forms.ChoiceField(label=gettext_lazy("When?"), choices=[(key, each[0]) for key, each in PARTS.items()])
    words = forms.CharField(
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MOST_WORDS}),
        label=gettext_lazy("What is it about? You may leave this out"),
    )

    def __init__(self, *args: Any, today: date, **settings: Any) -> None:
        super().__init__(*args, **settings)
        days = [today + timedelta(days=each) for each in range(DAYS)]
        choose(self, "day", [(day.isoformat(), date_format(day, "l, j F")) for day in days])


def choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
    field.choices = choices


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def call_back(request: HttpRequest) -> HttpResponse:
    """Be called at once, where somebody answers for customer service; or say when."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    zone, at = zone_of(customer), Instant(time.time_ns() // 1_000_000)
    numbers = list(customer.numbers.filter(is_verified=True).order_by("number").values_list("number", flat=True))
    what = request.POST.get("what", "")
    now = Now(request.POST if what == "now" else None, numbers=numbers)
    today = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date()
    later = Later(request.POST if what == "later" else None, auto_id="later_%s", numbers=numbers, today=today)
    if what == "now" and now.is_valid() and _ordered(request, customer, now, at):
        return redirect("call_back")
    if what == "later" and later.is_valid():
        case_id = _wished(request, customer, later, at)
        if case_id is not None:
            return redirect("case", case_id)
    return render(
        request,
        "kinline/call_back.html",
        {
            "now": now,
            "later": later,
            "numbers": numbers,
            "is_answered": bool(configuration().support_number),
            "calls": [_told(each, at, zone) for each in call_backs_of(customer.pk)[:_SHOWN]],
            "zone": datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).strftime("%Z"),
        },
        status=422 if now.errors or later.errors else 200,
    )


def _ordered(request: HttpRequest, customer: Customer, form: Now, at: Instant) -> bool:
    number = E164(form.cleaned_data["number"])
    try:
        order_call_back(customer, number, reader_language(), at, address=request.META.get("REMOTE_ADDR", "")[:45])
    except NotOrdered as refused:
        form.add_error("number", why_not(refused))
        return False
    messages.success(request, _("We are calling you. Answer, and press the key that you are told."))
    return True


def _wished(request: HttpRequest, customer: Customer, form: Later, at: Instant) -> int | None:
    typed, zone = form.cleaned_data, zone_of(customer)
    _label, begin, end = PARTS[typed["part"]]
    day = date.fromisoformat(typed["day"])
    begins, ends = (int(datetime.combine(day, clock(hour), zone).timestamp() * 1000) for hour in (begin, end))
    wish = Wish(typed["number"], begins, ends)
    language, reference = reader_language(), typed["reference"]
    try:
        case = wish_call_back(customer, wish, typed["words"], at, language=language, reference=reference)
    except NotThen:
        form.add_error("part", _("These hours are over. Choose later ones."))
    except NotTheirs:
        refuse(request, "number")
    except TooMany:
        form.add_error(None, _("You have many open cases. Close one that is done, or write into one of them."))
    except TooLong:
        form.add_error("words", _("Write at most 4000 characters."))
    else:
        messages.success(request, _("We call you then. Here you can write more, or close it if you need no call."))
        return case.pk
    return None


def _told(call: ServiceCall, at: Instant, zone: Any) -> dict[str, Any]:
    stage, outcome = stage_of(call, at)
    is_over = stage is Stage.OVER and outcome is not None
    return {
        "what": OUTCOMES[outcome] if is_over and outcome else STAGES[stage],
        "remedy": REMEDIES.get(outcome, "") if is_over and outcome else "",
        "number": call.number,
        "told": local(call.ordered_at, zone),
    }
