"""The reports: shift, suspensions, contacts, busy hours."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.core.policy import Switch
from kinline.facilities.models import Facility
from kinline.people.authority import is_permitted
from kinline.reports.busy_hours import LONGEST, BusyReport, busy_hours
from kinline.reports.shift import ShiftReport, shift_report
from kinline.reports.suspensions import suspension_report
from kinline.web.clock import now
from kinline.web.staff.access import Permission, staff_page, within
from kinline.web.staff.charts import columns
from kinline.web.staff.history_search import reason_in_words
from kinline.web.staff.reports.choosing import PeriodForm, ShiftForm, asked_of
from kinline.web.staff.reports.showing import Report, Table, answer, clock, count
from kinline.web.staff.reports.words import HAPPENED
from kinline.web.staff.rules import SWITCHES

TITLES = {
    "shift": _("Shift report"),
    "suspensions": _("Suspensions"),
    "busy": _("Busy hours"),
}


@require_safe
@staff_page(Permission.SEE_REPORTS)
def reports(request: HttpRequest) -> HttpResponse:
    """Which reports there are."""
    may_export = is_permitted(request.user, Permission.EXPORT_RECORDS)
    return render(request, "kinline/reports.html", {"may_export": may_export})


@require_safe
@staff_page(Permission.SEE_REPORTS)
def shift(request: HttpRequest) -> HttpResponse:
    """What an officer hands over: calls and refusals, what was done, and which phones failed."""
    form = ShiftForm(request, Permission.SEE_REPORTS, asked_of(request, Permission.SEE_REPORTS))
    report = None
    if form.is_valid() and form.here is not None:
        begins, ends = form.span()
        where = within(request.user, Permission.SEE_REPORTS)
        places = within(request.user, Permission.SEE_REPORTS, unit="pk")
        found = shift_report(form.here, where, places, begins, ends)
        report = _shift(form.here, found, f"{clock(begins, form.here)} – {clock(ends, form.here)}")
    return answer(request, form, report, str(TITLES["shift"]))


@require_safe
@staff_page(Permission.SEE_REPORTS)
def suspensions(request: HttpRequest) -> HttpResponse:
    """Who may not call now, and what was suspended and lifted."""
    form = PeriodForm(request, Permission.SEE_REPORTS, asked_of(request, Permission.SEE_REPORTS, 30))
    report = None
    if form.is_valid() and (here := form.here) is not None:
        since, until = form.span()
        found = suspension_report(here, within(request.user, Permission.SEE_REPORTS), since, until, now())
        who, why = gettext("Who"), gettext("Why")
        report = Report(
            "suspensions",
            str(TITLES["suspensions"]),
            here,
            days_in_words(form),
            (
                Table(
                    "now",
                    gettext("Suspended now"),
                    (gettext("Resident"), gettext("Unit"), gettext("Until"), why),
                    [(each.resident, each.unit, clock(each.until, here), each.reason) for each in found.now],
                    gettext("Nobody is suspended."),
                ),
                Table(
                    "changes",
                    gettext("Suspended and lifted in these days"),
                    (gettext("When"), gettext("Resident"), gettext("What"), why, who),
                    [
                        (
                            clock(each.at, here),
                            each.resident,
                            gettext("until %(time)s") % {"time": clock(each.until, here)}
                            if each.until
                            else gettext("lifted"),
                            each.reason,
                            each.who,
                        )
                        for each in found.changes
                    ],
                    gettext("Nothing in these days."),
                ),
            ),
        )
    return answer(request, form, report, str(TITLES["suspensions"]))


@require_safe
@staff_page(Permission.SEE_REPORTS)
def busy(request: HttpRequest) -> HttpResponse:
    """How busy the phones are, how likely it is that all are, and how many would be enough."""
    form = PeriodForm(request, Permission.SEE_REPORTS, asked_of(request, Permission.SEE_REPORTS, 14), by_unit=True)
    report = None
    if form.is_valid() and (here := form.here) is not None:
        unit = form.cleaned_data.get("unit")
        last = form.cleaned_data["last"]
        first = max(form.cleaned_data["first"], last - timedelta(days=LONGEST - 1))
        where = within(request.user, Permission.SEE_REPORTS)
        found = busy_hours(here, where, unit.pk if unit else None, first, last)
        report = _busy(here, found, f"{days_in_words(form)}{f' · {unit}' if unit else ''}")
    return answer(request, form, report, str(TITLES["busy"]))


def days_in_words(form: PeriodForm) -> str:
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    return f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"


def _shift(here: Facility, found: ShiftReport, period: str) -> Report:
    when, who, why = gettext("When"), gettext("Who"), gettext("Why")
    phone, resident, often = gettext("Phone"), gettext("Resident"), gettext("How often")
    summary = ngettext("%(count)s attempt,", "%(count)s attempts,", found.attempts) % {"count": count(found.attempts)}
    summary += " " + gettext("%(count)s connected.") % {"count": count(found.connected)}
    if found.silent:
        summary += " " + gettext("Nobody called from: %(phones)s. Look whether they work.") % {
            "phones": ", ".join(found.silent)
        }
    tables = (
        Table(
            "units",
            gettext("Calls by unit"),
            (gettext("Unit"), gettext("Attempts"), gettext("Connected"), gettext("Minutes")),
            [
                (each.unit or "–", count(each.attempts), count(each.connected), count(each.minutes))
                for each in found.units
            ],
            gettext("There were no calls."),
            frozenset({1, 2, 3}),
        ),
        Table(
            "refusals",
            gettext("Why attempts did not connect"),
            (gettext("Reason"), often),
            [(reason_in_words(reason), count(n)) for reason, n in found.refusals],
            gettext("All connected, or there were none."),
            frozenset({1}),
        ),
        Table(
            "cut-offs",
            gettext("Calls that were cut off"),
            (when, resident, phone, why, who),
            [
                (clock(each.at, here), each.resident, each.station, reason_in_words(each.reason), each.who)
                for each in found.cut_off
            ],
            gettext("None."),
        ),
        Table(
            "residents",
            gettext("Residents"),
            (when, gettext("What"), resident, why, who),
            [
                (clock(each.at, here), str(HAPPENED[each.action]), each.resident, each.why, each.who)
                for each in found.happenings
            ],
            gettext("Nobody came, went, or was suspended."),
        ),
        Table(
            "switches",
            gettext("Phones turned off and on"),
            (when, gettext("Where"), gettext("What"), why, who),
            [
                (clock(each.at, here), each.place, str(SWITCHES[Switch(each.switch)]), each.why, each.who)
                for each in found.switched
            ],
            gettext("None."),
        ),
        Table(
            "faults",
            gettext("Phones with faults"),
            (phone, gettext("Unit"), gettext("Reason"), often),
            [
                (each.station, each.unit or "–", reason_in_words(each.reason), count(each.calls))
                for each in found.faults
            ],
            gettext("None."),
            frozenset({3}),
        ),
    )
    return Report("shift", str(TITLES["shift"]), here, period, tables, (summary,))


def _busy(here: Facility, found: BusyReport, period: str) -> Report:
    most = found.busiest
    phones = ngettext("%(count)s phone is in use.", "%(count)s phones are in use.", found.phones)
    hour = {"from": f"{most.hour:02d}:00", "to": f"{(most.hour + 1) % 24:02d}:00"}
    summary = [
        phones % {"count": count(found.phones)},
        gettext(
            "Busiest from %(from)s to %(to)s: %(load)s phones are busy on average, all of them %(lost)s of the time."
        )
        % {**hour, "load": f"{most.carried:.2f}", "lost": _share(most.lost)},
        ngettext(
            "So that all are busy at most 1%% of the time in that hour, %(count)s phone is needed.",
            "So that all are busy at most 1%% of the time in that hour, %(count)s phones are needed.",
            found.phones_needed,
        )
        % {"count": count(found.phones_needed)},
    ]
    heads = (
        gettext("Hour"),
        gettext("Busy on average"),
        gettext("Offered load (erlangs)"),
        gettext("All phones busy"),
    )
    rows = tuple(
        (f"{each.hour:02d}:00", f"{each.carried:.2f}", f"{each.offered:.2f}", _share(each.lost)) for each in found.hours
    )
    chart = columns(
        "busy-hours",
        gettext("How likely it is that all phones are busy, by hour"),
        summary[1],
        [gettext("All phones busy")],
        [(f"{each.hour:02d}", (round(100 * each.lost),)) for each in found.hours],
        gettext("Hour"),
        "%",
        (heads, rows),
    )
    table = Table("hours", gettext("By hour of the day"), heads, rows, numbers=frozenset({1, 2, 3}))
    note = gettext(
        "By Erlang’s loss formula (B), from the time that phones were off the hook. Where people wait or come back, it "
        "is worse than this, never better."
    )
    return Report("busy", str(TITLES["busy"]), here, period, (table,), summary, (chart,), (note,))


def _share(part: float) -> str:
    return f"{100 * part:.1f}%"
