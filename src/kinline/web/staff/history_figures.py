"""`/facility/figures/`: calls by hour, reasons by day, minutes of residents, how many attempts connect: as charts."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from kinline.audit.actions import Action
from kinline.calls.history import Figures, figures
from kinline.calls.history.figures import LONGEST
from kinline.web.staff.access import Permission, staff_page, within
from kinline.web.staff.charts import Chart, columns, lying_bars
from kinline.web.staff.history_search import Days, reason_in_words
from kinline.web.trail import write_down

DAYS: Final = 28
"""That are counted when nothing is asked."""
REASONS: Final = 5
"""That have a colour of their own; the others share one."""


@require_safe
@staff_page(Permission.SEE_CALLS)
def figures_page(request: HttpRequest) -> HttpResponse:
    """The settled calls of some days, where this member of staff may see calls."""
    asked = request.GET.dict()
    form = Days(request, Permission.SEE_CALLS, asked)
    zone = (form.zones or ["UTC"])[0]
    today = datetime.fromtimestamp(time.time(), UTC).astimezone(ZoneInfo(zone)).date()
    asked.setdefault("last", today.isoformat())
    asked.setdefault("first", (today - timedelta(days=DAYS - 1)).isoformat())
    context: dict[str, object] = {"search": form, "asked": ""}
    if form.is_valid():
        last = form.cleaned_data["last"]
        first = max(form.cleaned_data["first"], last - timedelta(days=LONGEST - 1))
        places = form.places()
        found = figures(within(request.user, Permission.SEE_CALLS), places, zone, first, last)
        after = {**places, "first": first, "last": last}
        write_down(request, Action.FIGURES_SEEN, "history", form.facility_id, after=after)
        context |= {"figures": found, "charts": _charts(found) if found.attempts else [], "longest": LONGEST}
        context["is_cut"] = first != form.cleaned_data["first"]
    return render(request, "kinline/figures.html", context)


def _charts(found: Figures) -> list[Chart]:
    charts = [_by_hour(found), _completion(found)]
    if found.reasons:
        charts.append(_reasons(found))
    return [*charts, _minutes(found)] if found.talkers else charts


def _by_hour(found: Figures) -> Chart:
    busiest = max(range(24), key=lambda hour: sum(found.by_hour[hour]))
    return columns(
        "by-hour",
        gettext("Calls by hour of the day"),
        gettext("Most attempts began between %(from)s and %(to)s: %(count)s.")
        % {
            "from": f"{busiest:02d}:00",
            "to": f"{(busiest + 1) % 24:02d}:00",
            "count": f"{sum(found.by_hour[busiest]):,}",
        },
        [gettext("Connected"), gettext("Not connected")],
        [(f"{hour:02d}", values) for hour, values in enumerate(found.by_hour)],
        gettext("Hour"),
    )


def _completion(found: Figures) -> Chart:
    share = _percent(found.connected, found.attempts)
    days = [
        (_day(day), (round(100 * connected / attempts) if attempts else 0,))
        for day, attempts, connected in found.by_day
    ]
    rows = tuple(
        (_day(day), f"{attempts:,}", f"{connected:,}", _percent(connected, attempts))
        for day, attempts, connected in found.by_day
    )
    return columns(
        "completion",
        gettext("Attempts that connected, by day"),
        gettext("%(share)s of all attempts connected: %(connected)s of %(attempts)s.")
        % {"share": share, "connected": f"{found.connected:,}", "attempts": f"{found.attempts:,}"},
        [gettext("Share")],
        days,
        gettext("Day"),
        "%",
        ((gettext("Day"), gettext("Attempts"), gettext("Connected"), gettext("Share")), rows),
    )


def _reasons(found: Figures) -> Chart:
    named = found.reasons[:REASONS]
    others = found.reasons[REASONS:]
    series = [reason_in_words(reason) for reason in named] + ([gettext("Other reasons")] if others else [])
    stacks = []
    for day, _, _ in found.by_day:
        counts = found.reasons_by_day.get(day, {})
        values = [counts.get(reason, 0) for reason in named]
        rest = [sum(counts.get(reason, 0) for reason in others)] if others else []
        stacks.append((_day(day), values + rest))
    return columns(
        "reasons",
        gettext("Why attempts did not connect, by day"),
        gettext("Most often: %(reason)s") % {"reason": series[0]},
        series,
        stacks,
        gettext("Day"),
    )


def _minutes(found: Figures) -> Chart:
    values = [(f"{each.name} {each.resident_number}", each.minutes) for each in found.talkers]
    rows = tuple((each.name, each.resident_number, f"{each.calls:,}", f"{each.minutes:,}") for each in found.talkers)
    heads = (gettext("Resident"), gettext("Resident’s number"), gettext("Calls"), gettext("Minutes"))
    first = found.talkers[0]
    return lying_bars(
        "minutes",
        gettext("Minutes of residents"),
        ngettext(
            "%(name)s talked longest: %(count)s minute.", "%(name)s talked longest: %(count)s minutes.", first.minutes
        )
        % {"name": first.name, "count": f"{first.minutes:,}"},
        values,
        (heads, rows),
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "–"


def _day(day: object) -> str:
    return str(date_format(day, gettext("M j")))  # type: ignore[arg-type]
