"""`/account/notices/`: what somebody was told, and how they wish to be told."""

import time
import zoneinfo
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kinline.alerts import services as alerts
from kinline.alerts.queries import watch_of
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.telling import QuietHours, Way
from kinline.ledger.services import open_customer_account
from kinline.notices import preferences
from kinline.notices.preferences import NotTheirNumber, Wishes, wishes_of
from kinline.notices.queries import as_read, notices_of
from kinline.notices.subjects import RULES, Subject
from kinline.people.models import Customer, CustomerNumber
from kinline.providers.sms import sms_provider
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.family.cases import local
from kinline.web.family.money_forms import Dollars
from kinline.web.family.payments import zone_of
from kinline.web.templatetags.plain_words import telephone

ON_A_PAGE: Final = 20
MONEY, MINUTES = "money", "minutes"
SUBJECTS: Final = {
    Subject.LOW_BALANCE: (gettext_lazy("My balance is low"), ""),
    Subject.MISSED_CALLS: (gettext_lazy("A call could not reach me"), ""),
    Subject.RELOADS: (
        gettext_lazy("Automatic reload"),
        gettext_lazy("The law requires that we tell you when your card is charged by itself."),
    ),
    Subject.BILLS: (gettext_lazy("Monthly bill"), gettext_lazy("An invoice must reach you, or it cannot be due.")),
    Subject.MONEY_BACK: (
        gettext_lazy("Money that goes back, disputed payments"),
        gettext_lazy("Federal rules require that we tell you before an unused balance goes back."),
    ),
    Subject.CONTACTS: (gettext_lazy("Decisions about contacts"), ""),
    Subject.CASES: (gettext_lazy("Answers of customer service"), ""),
}
"""What each is about, and why a way of telling cannot be switched off."""
WAYS: Final = {
    Way.EMAIL: gettext_lazy("E-mail"),
    Way.SMS: gettext_lazy("Text message"),
    Way.PAGES: gettext_lazy("On these pages"),
}
ZONES: Final = (
    ("America/New_York", gettext_lazy("Eastern time")),
    ("America/Chicago", gettext_lazy("Central time")),
    ("America/Denver", gettext_lazy("Mountain time")),
    ("America/Phoenix", gettext_lazy("Arizona")),
    ("America/Los_Angeles", gettext_lazy("Pacific time")),
    ("America/Anchorage", gettext_lazy("Alaska")),
    ("Pacific/Honolulu", gettext_lazy("Hawaii")),
    ("America/Puerto_Rico", gettext_lazy("Puerto Rico")),
    ("Pacific/Guam", gettext_lazy("Guam")),
)
QUIET_FROM, QUIET_UNTIL = "21:00", "08:00"
"""What the form offers to who set nothing."""


class Settings(forms.Form):
    """Hours and the balance; the boxes for each subject and way are added, named `subject.way`."""

    zone = forms.ChoiceField(label=gettext_lazy("My time zone"), choices=ZONES)
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Write the time with hours and minutes, for example 21:00.")},
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Write the time with hours and minutes, for example 21:00.")},
    )
    low_by = forms.ChoiceField(
        label=gettext_lazy("My balance is low below"),
        choices=((MONEY, gettext_lazy("an amount")), (MINUTES, gettext_lazy("minutes of a call"))),
    )
    low_money = Dollars(label=gettext_lazy("Amount, in dollars"), required=False)
    low_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=alerts.FEWEST_MINUTES, max_value=alerts.MOST_MINUTES, required=False
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        for subject in Subject:
            for way in Way:
                is_required = way in RULES[subject].required
                box = forms.BooleanField(required=False, label=WAYS[way], disabled=is_required, initial=is_required)
                self.fields[f"{subject}.{way}"] = box

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("low_by") == MONEY and not cleaned.get("low_money") and "low_money" not in self.errors:
            self.add_error("low_money", _("Write the amount, for example 12.50."))
        if cleaned.get("low_by") == MINUTES and not cleaned.get("low_minutes") and "low_minutes" not in self.errors:
            self.add_error("low_minutes", _("Write how many minutes, for example 15."))
        return cleaned

    def subjects(self) -> list[dict[str, Any]]:
        return [
            {"label": label, "why": why, "boxes": [self[f"{subject}.{way}"] for way in Way]}
            for subject, (label, why) in SUBJECTS.items()
        ]


@require_safe
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """What they were told, newest first. Having it before them, they have read it."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    zone, language = zone_of(customer), reader_language()
    page = Paginator(notices_of(customer.user), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [
        {"notice": as_read(notice, customer.user, language), "told": local(notice.at, zone)} for notice in list(page)
    ]
    answer = render(request, "kinline/notices.html", {"notices": shown, "page": page})
    preferences.mark_read(customer.user, _now())
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notice_settings(request: HttpRequest) -> HttpResponse:
    """By which way of what, at which hours, below which balance; and text messages."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    wishes = wishes_of(customer.user)
    account = open_customer_account(customer.pk)
    what = request.POST.get("what", "")
    form = Settings(request.POST if what == "save" else None, initial=_initial(customer, wishes, account))
    if what in ("agree", "end"):
        _texts(request, customer, what)
        return redirect("notice_settings")
    if what == "save" and form.is_valid() and _saved(form, customer, account):
        messages.success(request, _("Saved."))
        return redirect("notice_settings")
    numbers = CustomerNumber.objects.filter(customer=customer, is_verified=True).order_by("number")
    return render(
        request,
        "kinline/notice_settings.html",
        {
            "form": form,
            "subjects": form.subjects(),
            "texts_to": wishes.number,
            "may_text": sms_provider() is not None,
            "numbers": [each.number for each in numbers],
            "consent": consent_words(),
        },
        status=422 if form.errors else 200,
    )


def consent_words() -> str:
    """What somebody reads before they agree to text messages, kept as they read it."""
    return _(
        "I agree that Kinline sends text messages about my account to this number: only of what I choose above. Some "
        "are sent automatically. My phone company may charge for them. I need not agree to use the service. I can end "
        "it here, or by answering STOP."
    )


def _texts(request: HttpRequest, customer: Customer, what: str) -> None:
    if what == "end":
        preferences.end_texts(customer.user, _now())
        messages.success(request, _("You get no more text messages."))
        return
    number = request.POST.get("number", "")
    if request.POST.get("agreed") != "on":
        messages.error(request, _("Tick the box to agree to text messages."))
        return
    try:
        preferences.agree_to_texts(customer.user, number, consent_words(), _now())
    except NotTheirNumber:
        messages.error(request, _("Text messages go only to a number of yours that is confirmed."))
    else:
        shown = {"number": telephone(number)}
        messages.success(request, _("Text messages go to %(number)s. Choose above what they are about.") % shown)


def _initial(customer: Customer, wishes: Wishes, account: AccountId) -> dict[str, Any]:
    known = {zone for zone, _label in ZONES}
    here = str(zone_of(customer))
    quiet = wishes.quiet
    watch = watch_of(account)
    threshold = Money(watch.threshold) if watch else alerts.USUAL
    is_money = watch is None or watch.minutes is None
    initial: dict[str, Any] = {
        "zone": quiet.zone if quiet else here if here in known else ZONES[0][0],
        "quiet_from": _clock(quiet.begin) if quiet else QUIET_FROM,
        "quiet_until": _clock(quiet.end) if quiet else QUIET_UNTIL,
        "low_by": MONEY if is_money else MINUTES,
        "low_money": threshold.plain if is_money else "",
        "low_minutes": watch.minutes if watch and watch.minutes else "",
    }
    for subject, rule in RULES.items():
        chosen = wishes.chosen(subject)
        for way in Way:
            initial[f"{subject}.{way}"] = way in rule.required or chosen.get(way, way in rule.ways)
    return initial


def _saved(form: Settings, customer: Customer, account: AccountId) -> bool:
    typed, at = form.cleaned_data, _now()
    begin, end = (each.hour * 60 + each.minute for each in (typed["quiet_from"], typed["quiet_until"]))
    try:
        if typed["low_by"] == MONEY:
            alerts.set_threshold(account, at, money=typed["low_money"])
        else:
            alerts.set_threshold(account, at, minutes=typed["low_minutes"])
    except alerts.NoPrice:
        form.add_error("low_by", _("Nobody calls you for money now, so minutes have no price. Choose an amount."))
        return False
    choices = {(subject, way): bool(typed[f"{subject}.{way}"]) for subject in Subject for way in Way}
    preferences.choose(customer.user, choices, QuietHours(begin, end, zoneinfo.ZoneInfo(typed["zone"]).key), at)
    return True


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
