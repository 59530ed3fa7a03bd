"""`/account/calls/`: every attempt to call a family, also those that never reached them, and the receipt of each."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kinline.calls.models import Call
from kinline.calls.queries import credited_later_of
from kinline.calls.received import MISSED, Wanted, Whose, all_received, first_received, received
from kinline.contacts.models import Contact, ContactState
from kinline.core.callflow.commands import Disposition
from kinline.core.identity import CallId, Instant
from kinline.core.money import ZERO
from kinline.core.windows import month_start
from kinline.people.models import Customer
from kinline.support.queries import case_about_call
from kinline.web.family.account import customer_of
from kinline.web.family.family_call import FamilyCall, as_family_reads_it, call_of
from kinline.web.family.sound_words import HEARD
from kinline.web.local_time import LocalTime
from kinline.web.spreadsheet import attached, line
from kinline.web.templatetags.plain_words import telephone
from kinline.web.trail import refuse

CALLS_ON_A_PAGE: Final = 20
_MONTHS_OFFERED: Final = 36
_OUTCOMES: Final = {
    "talked": (Disposition.COMPLETED,),
    "missed": MISSED,
    "declined": (Disposition.REFUSED,),
}
_OUTCOME_CHOICES: Final = (
    ("", gettext_lazy("All")),
    ("talked", gettext_lazy("Connected")),
    ("missed", gettext_lazy("Did not reach me")),
    ("declined", gettext_lazy("I did not accept")),
)


class Narrowing(forms.Form):
    """What to show of the history."""

    resident = forms.ChoiceField(required=False, label=gettext_lazy("From"))
    number = forms.ChoiceField(required=False, label=gettext_lazy("To my number"))
    outcome = forms.ChoiceField(required=False, label=gettext_lazy("What became of it"), choices=_OUTCOME_CHOICES)
    month = forms.ChoiceField(required=False, label=gettext_lazy("Month"))

    def __init__(self, customer: Customer, whose: Whose, asked: QueryDict) -> None:
        super().__init__(asked or None)
        residents = {
            contact.resident_id: contact.resident
            for contact in Contact.objects.filter(number__in=whose.numbers)
            .exclude(state=ContactState.NO_CONTACT_ORDER)
            .select_related("resident__facility")
            .order_by("resident__name")
        }
        zones = {resident.facility.time_zone for resident in residents.values()}
        self.zone = ZoneInfo(min(zones)) if zones else ZoneInfo("UTC")
        everyone = [("", _("Everybody"))]
        self._choices("resident", [*everyone, *((str(pk), each.name) for pk, each in residents.items())])
        self._choices("number", [("", _("All")), *((each, telephone(each)) for each in whose.numbers)])
        self._choices("month", [("", _("All")), *_months(first_received(whose), self.zone)])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = choices

    @property
    def typed(self) -> dict[str, str]:
        """What is narrowed, by the names of the address."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}

    def wanted(self) -> Wanted:
        """Whatever is not one of the choices narrows nothing."""
        asked = self.typed
        wanted = Wanted(
            resident=int(asked["resident"]) if "resident" in asked else None,
            number=asked.get("number", ""),
            dispositions=tuple(_OUTCOMES.get(asked.get("outcome", ""), ())),
        )
        if "month" not in asked:
            return wanted
        first = date.fromisoformat(f"{asked['month']}-01")
        middle = Instant(int(datetime(first.year, first.month, 15, tzinfo=self.zone).timestamp() * 1000))
        return replace(wanted, since=month_start(self.zone, middle), until=month_start(self.zone, middle, 1))


def _months(first: Instant | None, zone: ZoneInfo) -> list[tuple[str, str]]:
    """From this one back to that of the oldest call."""
    if first is None:
        return []
    oldest = datetime.fromtimestamp(first / 1000, UTC).astimezone(zone)
    month = datetime.now(zone).replace(day=15, hour=12)
    found: list[tuple[str, str]] = []
    while (month.year, month.month) >= (oldest.year, oldest.month) and len(found) < _MONTHS_OFFERED:
        found.append((f"{month:%Y-%m}", LocalTime(month).month))
        month = month.replace(year=month.year - (month.month == 1), month=(month.month - 2) % 12 + 1)
    return found


@login_required
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Newest first, a page at a time. Who has no customer's account is sent to the page that is theirs."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    whose = Whose.of(customer)
    narrowing = Narrowing(customer, whose, request.GET)
    before, after = _cursor(request, "before"), _cursor(request, "after")
    found = received(whose, narrowing.wanted(), CALLS_ON_A_PAGE + 1, before, after)
    is_more = len(found) > CALLS_ON_A_PAGE
    page = found[1:] if is_more and after is not None else found[:CALLS_ON_A_PAGE]
    has_newer = before is not None if after is None else is_more
    has_older = is_more if after is None else True
    typed = narrowing.typed
    return render(
        request,
        "kinline/calls.html",
        {
            "narrowing": narrowing,
            "calls": as_family_reads_them(customer, page),
            "newer": urlencode({**typed, "after": page[0].pk}) if page and has_newer else "",
            "older": urlencode({**typed, "before": page[-1].pk}) if page and has_older else "",
            "asked": urlencode(typed),
        },
    )


def as_family_reads_them(customer: Customer, calls: list[Call]) -> list[FamilyCall]:
    """With what was given back of them later: one query."""
    later = credited_later_of(call.pk for call in calls)
    return [replace(as_family_reads_it(customer, call), credited_later=later.get(call.pk, ZERO)) for call in calls]


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """All that fits, as a file for a spreadsheet."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    whose = Whose.of(customer)
    found = list(all_received(whose, Narrowing(customer, whose, request.GET).wanted()))
    lines = [line(_COLUMNS), *(line(_cells(call)) for call in as_family_reads_them(customer, found))]
    return attached("\ufeff" + "".join(lines), "calls.csv")


_COLUMNS: Final = (
    gettext_lazy("Call"),
    gettext_lazy("When"),
    gettext_lazy("Time zone"),
    gettext_lazy("Facility"),
    gettext_lazy("Resident"),
    gettext_lazy("Number"),
    gettext_lazy("Outcome"),
    gettext_lazy("Why"),
    gettext_lazy("What you can do"),
    gettext_lazy("Seconds"),
    gettext_lazy("Sound"),
    gettext_lazy("Price"),
)


def _cells(call: FamilyCall) -> list[Any]:
    told = call.explanation
    return [
        call.call_id,
        call.at.isoformat(sep=" ", timespec="seconds"),
        call.zone,
        call.facility,
        call.resident,
        call.number,
        _("In progress") if call.is_live else _("Connected") if call.is_completed else _("Not connected"),
        told.text if told else "",
        told.remedy if told else "",
        call.talk_seconds,
        HEARD[call.heard] if call.heard else "",
        call.paid.plain,
    ]


@login_required
@require_safe
def receipt(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call. Another family's is not found, as if there were none, and the attempt is written down."""
    call, customer = call_or_refuse(request, call_id), customer_of(request.user)
    case = None if customer is None else case_about_call(customer, call.call_id)
    return render(request, "kinline/receipt.html", {"call": call, "case": case})


def call_or_refuse(request: HttpRequest, call_id: int) -> FamilyCall:
    """A call of the family that is signed in; another one is refused."""
    customer = customer_of(request.user)
    call = None if customer is None else call_of(customer, CallId(call_id))
    if call is None:
        refuse(request, f"call/{call_id}")
    return call


def _cursor(request: HttpRequest, name: str) -> CallId | None:
    typed = request.GET.get(name, "")
    return CallId(int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None
