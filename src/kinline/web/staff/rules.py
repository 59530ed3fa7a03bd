"""`/facility/rules/`: what each level says about calling, saying it anew, and turning phones off and on."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kinline.calls import trials
from kinline.core.identity import Instant, Language
from kinline.core.policy import Level, Rules, Switch, rules_in_words
from kinline.facilities.calling_rules import WrongCallingRules, calling_rules
from kinline.facilities.models import Facility, RuleRow
from kinline.facilities.models.places import Ruled
from kinline.facilities.models.places import Switch as Stored
from kinline.facilities.services import say_rules, switch_phones
from kinline.people.models import Resident, User
from kinline.people.resident_rules import say_rules_of
from kinline.web.explanation import reader_language
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.rule_form import RuleForm, typed
from kinline.web.staff.rule_places import (
    Place,
    course_of_place,
    facility_id_of,
    level_of_place,
    name_of,
    overview,
    place_where,
    rows_of,
    seen_place,
    zone_of,
)
from kinline.web.trail import refuse

LEVELS = {
    Level.AGENCY: gettext_lazy("Agency"),
    Level.FACILITY: gettext_lazy("Facility"),
    Level.UNIT: gettext_lazy("Unit"),
    Level.STATION_GROUP: gettext_lazy("Group of phones"),
    Level.STATION: gettext_lazy("Phone"),
    Level.RESIDENT: gettext_lazy("Resident"),
}
SWITCHES = {
    Switch.ON: gettext_lazy("Turned on"),
    Switch.CUT_OFF: gettext_lazy("Turned off"),
    Switch.LOCKDOWN: gettext_lazy("Lockdown"),
}
_LONGEST_SIGNAL = 600


class SwitchForm(forms.Form):
    """Turning phones off or on; calls in progress end at once, or so many seconds after a time signal."""

    switch = forms.ChoiceField(
        label=gettext_lazy("Phones"), choices=[(each.value, name) for each, name in SWITCHES.items()]
    )
    signal_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds that calls go on after a time signal (0: they end at once)"),
        initial=0,
        min_value=0,
        max_value=_LONGEST_SIGNAL,
        required=False,
    )
    why = forms.CharField(max_length=200, label=gettext_lazy("Reason"))


@require_safe
@staff_page(Permission.SEE_RULES)
def rules(request: HttpRequest) -> HttpResponse:
    """A facility's levels, one under the other."""
    mine = facilities_where(request.user, Permission.SEE_RULES, partly=True).select_related("agency").order_by("name")
    wanted = request.GET.get("facility", "")
    shown = mine.filter(pk=int(wanted)).first() if wanted.isascii() and wanted.isdigit() else mine.first()
    if shown is None:
        refuse(request, "rules")
    language = reader_language()
    lines = [
        (line, LEVELS[line.level], SWITCHES[Switch(line.switch)])
        for line in overview(shown, request.user, _now(), language)
    ]
    context = {"facility": shown, "facilities": mine, "lines": lines}
    return render(request, "kinline/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SEE_RULES)
def rules_of_level(request: HttpRequest, level: str, place: int) -> HttpResponse:
    """One level: what it says, what it will say, what it said; and forms for who may change it."""
    shown = seen_place(request.user, Level(level), place) if level in set(LEVELS) else None
    if shown is None:
        refuse(request, f"rules/{level}/{place}"[:80])
    may_set = place_where(request.user, Permission.SET_RULES, Level(level), place) is not None
    may_switch = not isinstance(shown, Resident) and (
        place_where(request.user, Permission.SWITCH_PHONES, Level(level), place) is not None
    )
    at = _now()
    current = course_of_place(shown).at(at)
    form = RuleForm(initial=typed(current))
    switching = None if isinstance(shown, Resident) else SwitchForm(prefix="switch", initial={"switch": shown.switch})
    if request.method == "POST":
        what = request.POST.get("what", "")
        if not (may_switch if what == "switch" else may_set):
            refuse(request, f"rules/{level}/{place}")
        if what == "switch" and isinstance(shown, Ruled):
            switching = SwitchForm(request.POST, prefix="switch")
            if switching.is_valid():
                _switch(shown, switching.cleaned_data, _actor(request), at)
                messages.success(request, _("Done, and written down with your name."))
                return redirect("rules_of_level", level, place)
        else:
            form = RuleForm(request.POST)
            answer = _said(request, shown, form, at) if form.is_valid() else None
            if answer is not None:
                return answer
    language = reader_language()
    zone = ZoneInfo(zone_of(shown))
    return render(
        request,
        "kinline/rules_of_level.html",
        {
            "place": shown,
            "level": level,
            "name": name_of(shown, language),
            "kind": LEVELS[Level(level)],
            "facility": _facility_of(request, shown),
            "says": rules_in_words(_plain(current), language),
            "rows": [_row(row, at, zone, language) for row in rows_of(shown)],
            "form": form,
            "switching": switching,
            "switch": None if isinstance(shown, Resident) else Switch(shown.switch),
            "switch_name": None if isinstance(shown, Resident) else SWITCHES[Switch(shown.switch)],
            "may_set": may_set,
            "may_switch": may_switch,
        },
    )


def _said(request: HttpRequest, place: Place, form: RuleForm, at: Instant) -> HttpResponse | None:
    """Say what was typed, or try it first; None when it cannot be, and then the form says why."""
    says, level, actor = form.says(), level_of_place(place), _actor(request)
    try:
        if request.POST.get("what") == "try":
            trial = trials.ask(level, place.pk, says, actor, at, facility_id_of(place))
            return redirect("rule_trial", trial.pk)
        effective = form.effective_at(zone_of(place))
        say(place, says, actor, form.cleaned_data["why"], at, effective)
    except WrongCallingRules as wrong:
        form.add_error(None, str(wrong))
        return None
    messages.success(request, _("Said, and written down with your name. New calls are decided by it."))
    return redirect("rules_of_level", level, place.pk)


def say(
    place: Place, says: dict[str, Any], actor: str, why: str, at: Instant, effective: Instant | None = None
) -> None:
    """Say rules at any level."""
    if isinstance(place, Resident):
        say_rules_of(place, says, actor, why, at, effective)
    else:
        say_rules(place, says, actor, why, at, effective)


def _switch(place: Ruled, wanted: dict[str, Any], actor: str, at: Instant) -> None:
    switch_phones(place, Stored(wanted["switch"]), actor, wanted["why"], at, wanted["signal_seconds"] or 0)


def _row(row: RuleRow, at: Instant, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    """A row of the history. `begins` is local."""
    return {
        "begins": datetime.fromtimestamp(row.effective / 1000, UTC).astimezone(zone).replace(tzinfo=None),
        "is_coming": row.effective > at,
        "rules": rules_in_words(calling_rules(Level(row.level), row.says), language),
        "who": _who(row.actor),
        "why": row.why,
    }


def _who(actor: str) -> str:
    kind, _slash, pk = actor.partition("/")
    if kind != "user" or not pk.isdigit():
        return actor
    return User.objects.filter(pk=int(pk)).values_list("name", flat=True).first() or actor


def _facility_of(request: HttpRequest, place: Place) -> Facility | None:
    pk = facility_id_of(place)
    seen = facilities_where(request.user, Permission.SEE_RULES, partly=True)
    return seen.filter(pk=pk).first() if pk is not None else seen.filter(agency=place.pk).first()


def _plain(rules: Rules) -> Rules:
    """Without the switch, which the page shows apart."""
    return replace(rules, switch=Switch.ON)


def _actor(request: HttpRequest) -> str:
    return f"user/{cast(User, request.user).pk}"


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
