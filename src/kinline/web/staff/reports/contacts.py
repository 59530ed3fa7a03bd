"""`/facility/reports/contacts/`: what was decided on contacts, and how long people waited for it."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.core.contacts import DECISION_REASONS, Act, ContactReason, WaitingTime
from kinline.facilities.models import Facility
from kinline.reports.decisions import DecisionReport, decision_report
from kinline.web.explanation import reader_language
from kinline.web.staff.access import Permission, facilities_where, staff_page, within
from kinline.web.staff.reports.choosing import PeriodForm, asked_of
from kinline.web.staff.reports.pages import days_in_words
from kinline.web.staff.reports.showing import Report, Table, answer, clock, count
from kinline.web.staff.reports.words import DECIDED

TITLE = _("Decisions on contacts")


@require_safe
@staff_page(Permission.SEE_REPORTS)
def contacts(request: HttpRequest) -> HttpResponse:
    """Of some days; what waits is as of now."""
    form = PeriodForm(request, Permission.SEE_REPORTS, asked_of(request, Permission.SEE_REPORTS, 30))
    report = None
    if form.is_valid() and (here := form.here) is not None:
        whole = facilities_where(request.user, Permission.SEE_REPORTS).filter(pk=here.pk).exists()
        only = None if whole else within(request.user, Permission.SEE_REPORTS)
        since, until = form.span()
        report = _report(here, decision_report(here, only, since, until), days_in_words(form))
    return answer(request, form, report, str(TITLE))


def _report(here: Facility, found: DecisionReport, period: str) -> Report:
    summary = ngettext("%(count)s request waits now.", "%(count)s requests wait now.", found.waiting_now) % {
        "count": count(found.waiting_now)
    }
    if found.oldest is not None:
        summary += " " + gettext("The oldest has waited since %(time)s.") % {"time": clock(found.oldest, here)}
    if found.waited is not None:
        summary += " " + gettext(
            "Half of those decided had waited no longer than %(median)s, nine of ten %(ninety)s."
        ) % {
            "median": long(found.waited.median),
            "ninety": long(found.waited.ninety),
        }
    what, often = gettext("What"), gettext("How often")
    return Report(
        "contacts",
        str(TITLE),
        here,
        period,
        (
            Table(
                "acts",
                gettext("Decisions and their waiting time"),
                (what, often, gettext("Half within"), gettext("Nine of ten within")),
                [(_act(each.act), count(each.count), *_waits(each.waited)) for each in found.acts],
                gettext("Nothing was decided in these days."),
                frozenset({1, 2, 3}),
            ),
            Table(
                "reasons",
                gettext("Reasons"),
                (what, gettext("Reason"), often),
                [(_act(act), _reason(reason), count(n)) for act, reason, n in found.reasons],
                gettext("None."),
                frozenset({2}),
            ),
            Table(
                "people",
                gettext("Who decided"),
                (gettext("Who"), often),
                [(name or gettext("a rule, or an import"), count(n)) for name, n in found.people],
                gettext("Nobody."),
                frozenset({1}),
            ),
        ),
        (summary,),
    )


def long(milliseconds: int) -> str:
    """`3 d 4 h`, `25 min`: as long as somebody waited."""
    minutes = milliseconds // 60_000
    if minutes >= 1440:
        return gettext("%(days)s d %(hours)s h") % {"days": minutes // 1440, "hours": minutes % 1440 // 60}
    if minutes >= 60:
        return gettext("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return gettext("%(minutes)s min") % {"minutes": minutes}


def _waits(waited: WaitingTime | None) -> tuple[str, str]:
    return ("–", "–") if waited is None else (long(waited.median), long(waited.ninety))


def _act(act: str) -> str:
    return str(DECIDED[Act(act)])


def _reason(reason: str) -> str:
    if reason not in set(ContactReason):
        return reason
    return DECISION_REASONS[ContactReason(reason)].staff.in_language(reader_language())
