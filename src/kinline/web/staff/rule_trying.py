"""`/facility/rules/try/` and `/facility/rules/trials/`: asking before a rule bites."""

import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kinline.calls.simulation import Difference, Otherwise
from kinline.calls.trials import outcome_of
from kinline.calls.trying import NoStation, Tried, dialled, in_words, may
from kinline.core.identity import Instant
from kinline.core.policy import Level, rules_in_words
from kinline.core.reasons import Audience, Reason, explain
from kinline.facilities.calling_rules import calling_rules
from kinline.facilities.models import RuleTrial, Station
from kinline.people.models import Resident
from kinline.web.explanation import reader_language
from kinline.web.row_numbers import row_number
from kinline.web.staff.access import Permission, staff_page, within
from kinline.web.staff.rule_places import name_of, place_where, zone_of
from kinline.web.staff.rules import say
from kinline.web.trail import refuse

OTHERWISE = {
    Otherwise.REFUSED: gettext_lazy("Would be refused"),
    Otherwise.ALLOWED: gettext_lazy("Would be allowed"),
    Otherwise.SHORTER: gettext_lazy("Would end sooner"),
}


class Question(forms.Form):
    """Who calls whom, from where and when."""

    resident = forms.CharField(max_length=20, label=gettext_lazy("Resident’s number"))
    number = forms.CharField(max_length=32, label=gettext_lazy("Number to call"))
    station = forms.ModelChoiceField(
        Station.objects.none(),
        required=False,
        label=gettext_lazy("From"),
        empty_label=gettext_lazy("a phone of their unit"),
    )
    at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        label=gettext_lazy("When (empty: now), on the facility’s clock"),
    )

    def __init__(self, asked: Any, stations: QuerySet[Station]) -> None:
        super().__init__(asked)
        choice = self.fields["station"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = stations


@require_safe
@staff_page(Permission.SEE_RULES)
def rules_try(request: HttpRequest) -> HttpResponse:
    """May this resident call this number at this time? The answer of the code that the switchboard runs."""
    mine = within(request.user, Permission.SEE_RULES)
    stations = Station.objects.filter(mine, is_enabled=True).order_by("facility", "name")
    form = Question(request.GET if "number" in request.GET else None, stations)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        residents = Resident.objects.filter(mine).select_related("facility")
        number = asked["resident"].strip()
        resident = residents.filter(resident_number=number).first()
        if resident is None:
            resident = residents.filter(pk=row_number(number)).first()
        if resident is None:
            form.add_error("resident", _("No resident here has this number."))
        else:
            context |= _answered(resident, asked, form)
    return render(request, "kinline/rules_try.html", context)


def _answered(resident: Resident, asked: dict[str, Any], form: Question) -> dict[str, Any]:
    zone = ZoneInfo(resident.facility.time_zone)
    when = asked["at"]
    at = Instant(int(when.replace(tzinfo=zone).timestamp() * 1000) if when else time.time_ns() // 1_000_000)
    try:
        tried: Tried = may(resident, dialled(asked["number"]), at, asked["station"])
    except NoStation:
        form.add_error("station", _("The facility has no phone yet."))
        return {}
    language = reader_language()
    return {
        "answer": in_words(tried, language),
        "remedy": explain(tried.refusal.reason, Audience.STAFF, language).remedy if tried.refusal else "",
        "resident": resident,
        "number": tried.number or asked["number"],
        "station": Station.objects.get(pk=tried.station),
        "at": datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).replace(tzinfo=None),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_RULES)
def rule_trial(request: HttpRequest, trial_id: int) -> HttpResponse:
    """How far a trial is, then what it found, and saying the rules that were tried."""
    trial = RuleTrial.objects.filter(pk=trial_id).first()
    place = None
    if trial is not None:
        place = place_where(request.user, Permission.SET_RULES, Level(trial.level), trial.place)
    if trial is None or place is None:
        refuse(request, f"trial/{trial_id}")
    if request.method == "POST":
        why = request.POST.get("why", "").strip()[:200]
        if why:
            say(place, trial.says, f"user/{request.user.pk}", why, Instant(time.time_ns() // 1_000_000))
            messages.success(request, _("Said, and written down with your name. New calls are decided by it."))
            return redirect("rules_of_level", trial.level, trial.place)
        messages.error(request, _("Write the reason for the change."))
    language = reader_language()
    outcome = outcome_of(trial)
    context: dict[str, Any] = {
        "trial": trial,
        "name": name_of(place, language),
        "rules": rules_in_words(calling_rules(Level(trial.level), trial.says), language),
        "outcome": outcome,
    }
    if outcome is not None:
        zone = ZoneInfo(zone_of(place))
        numbers = dict(
            Resident.objects.filter(pk__in={each.resident for each in outcome.differences}).values_list(
                "pk", "resident_number"
            )
        )
        context |= {
            "counts": [(OTHERWISE[each], outcome.counts[each]) for each in Otherwise],
            "differences": [_line(each, zone, numbers) for each in outcome.differences],
            "changed": sum(outcome.counts.values()),
        }
    return render(request, "kinline/rule_trial.html", context)


def _line(difference: Difference, zone: ZoneInfo, numbers: dict[int, str]) -> dict[str, Any]:
    why = explain(Reason(difference.reason), Audience.STAFF, reader_language())
    return {
        "call_id": difference.call_id,
        "at": datetime.fromtimestamp(difference.at / 1000, UTC).astimezone(zone).replace(tzinfo=None),
        "resident": numbers.get(difference.resident, ""),
        "number": difference.number,
        "otherwise": OTHERWISE[difference.otherwise],
        "is_refused": difference.otherwise is Otherwise.REFUSED,
        "is_allowed": difference.otherwise is Otherwise.ALLOWED,
        "why": why.text,
        "seconds": difference.seconds,
    }
