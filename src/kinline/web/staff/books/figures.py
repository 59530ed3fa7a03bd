"""`/provider/books/figures/`: revenue, taxes, and the figures of the FCC's annual report, by facility."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.audit.actions import Action
from kinline.calls import reports
from kinline.core.caps import FacilityClass
from kinline.core.identity import Instant
from kinline.core.numbering import Jurisdiction
from kinline.reports.annual import annual
from kinline.web.clock import midnight
from kinline.web.rates.words import CLASSES, JURISDICTIONS
from kinline.web.spreadsheet import attached, line
from kinline.web.staff.access import Permission, staff_page
from kinline.web.trail import write_down
from kinline.web.words import PAYERS

_Rows = Callable[[Instant, Instant], Iterator[dict[str, object]]]
REPORTS: Mapping[str, tuple[Any, _Rows]] = {
    "revenue": (_("Revenue"), reports.revenue),
    "taxes": (_("Taxes"), reports.taxes),
    "agencies": (_("Talk that agencies pay"), reports.agencies),
    "annual": (_("Annual report to the FCC"), annual),
}
COLUMNS = {
    "agency": _("Agency"),
    "facility": _("Facility"),
    "jurisdiction": _("Kind of call"),
    "payer": _("Who pays"),
    "calls": _("Calls"),
    "minutes": _("Minutes"),
    "seconds": _("Seconds"),
    "owed_usd": _("Owed by the agency"),
    "charged_usd": _("Charged"),
    "revenue_usd": _("Revenue"),
    "facility_additive_usd": _("Facility’s share"),
    "taxes_usd": _("Taxes"),
    "credited_usd": _("Given back"),
    "credited_later_usd": _("Given back later"),
    "tax": _("Tax"),
    "taxed_usd": _("Taxed amount"),
    "tax_usd": _("Tax charged"),
    "state": _("State"),
    "class_now": _("Class now"),
    "average_daily_population_now": _("Daily population now"),
    "service": _("Service"),
    "lowest_rate_usd": _("Lowest rate a minute"),
    "highest_rate_usd": _("Highest rate a minute"),
    "facility_additive_paid_usd": _("Facility’s share paid"),
    "ancillary_fees_usd": _("Ancillary fees"),
    "disputes": _("Disputes"),
    "complaints": _("Complaints"),
    "accessibility_complaints": _("Complaints of accessibility"),
}
_NUMBERS = {
    *("calls", "minutes", "seconds", "average_daily_population_now"),
    *("disputes", "complaints", "accessibility_complaints"),
}
_CODES: Mapping[str, Mapping[str, Any]] = {
    "jurisdiction": {each.value: JURISDICTIONS[each] for each in Jurisdiction},
    "payer": PAYERS,
    "class_now": {each.value: CLASSES[each] for each in FacilityClass},
    "service": {"audio": _("Phone call")},
}


class Asked(forms.Form):
    report = forms.ChoiceField(label=_("Report"), choices=[(name, title) for name, (title, _rows) in REPORTS.items()])
    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("To, including"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error("until", _("Choose a time that ends after it begins."))
        return asked


@require_safe
@staff_page(Permission.RECONCILE)
def figures(request: HttpRequest) -> HttpResponse:
    """The year so far unless days are named; days are those of UTC, as `kinline report` counts them."""
    today = datetime.now(UTC).date()
    form = Asked({"report": "revenue", "since": date(today.year, 1, 1), "until": today, **request.GET.dict()})
    shown: dict[str, Any] = {"form": form}
    if form.is_valid():
        name, since, until = (form.cleaned_data[field] for field in ("report", "since", "until"))
        title, of = REPORTS[name]
        rows = list(of(midnight(since), midnight(until + timedelta(days=1))))
        days = {"since": str(since), "until": str(until)}
        kind = "csv" if request.GET.get("as") == "csv" else "page"
        write_down(request, Action.REPORT_SEEN, f"report/{name}", after={**days, "as": kind})
        if kind == "csv":
            return _file(rows, f"{name}-{since}-{until}")
        shown |= {
            "title": title,
            "heads": [(COLUMNS[column], _is_number(column)) for column in (rows[0] if rows else ())],
            "rows": [
                [(COLUMNS[column], _cell(column, row[column]), _is_number(column)) for column in row] for row in rows
            ],
            "asked": f"report={name}&since={since}&until={until}",
        }
    return render(request, "kinline/books_figures.html", shown)


def _cell(column: str, value: object) -> object:
    if column.endswith("_usd") and value != "":
        return f"${value}" if not str(value).startswith("-") else f"-${str(value)[1:]}"
    return _CODES.get(column, {}).get(str(value), value) if value != "" else "–"


def _is_number(column: str) -> bool:
    return column.endswith("_usd") or column in _NUMBERS


def _file(rows: list[dict[str, object]], name: str) -> HttpResponse:
    text = "".join([line(rows[0]), *(line(row.values()) for row in rows)]) if rows else ""
    return attached(text, f"{name}.csv")
