"""A report as a page that prints well, or as a file of its tables; each look at one is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext

from kinline.audit.actions import Action
from kinline.facilities.models import Facility
from kinline.web.spreadsheet import attached, line
from kinline.web.staff.charts import Chart
from kinline.web.staff.history_search import Places
from kinline.web.trail import write_down


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` and rows of texts; without rows, `empty` is said in their place."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = ""
    numbers: frozenset[int] = frozenset()
    """The columns that are numbers."""

    @property
    def cells(self) -> list[list[tuple[str, str, bool]]]:
        """Each row with the heading of each cell, and whether it is a number."""
        return [
            [(self.columns[place], cell, place in self.numbers) for place, cell in enumerate(row)] for row in self.rows
        ]

    @property
    def heads(self) -> list[tuple[str, bool]]:
        return [(head, place in self.numbers) for place, head in enumerate(self.columns)]


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown. `name` is that of its page; `period` is said under the title."""

    name: str
    title: str
    facility: Facility
    period: str
    tables: Sequence[Table]
    summary: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    notes: Sequence[str] = ()


def answer(request: HttpRequest, form: Places, report: Report | None, title: str) -> HttpResponse:
    """The page, or the file when that is asked for."""
    if report is None:
        return render(request, "kinline/report.html", {"search": form, "title": title})
    is_file = request.GET.get("as") == "csv"
    asked = {"report": report.name, "period": report.period, "as": "csv" if is_file else "page"}
    write_down(request, Action.REPORT_SEEN, f"report/{report.name}", report.facility.pk, after=asked)
    if is_file:
        return _file(report)
    typed = urlencode({name: value for name, value in form.data.items() if value and name != "as"})
    return render(request, "kinline/report.html", {"search": form, "report": report, "title": title, "asked": typed})


def _file(report: Report) -> HttpResponse:
    text = "\ufeff" + line([report.title, report.facility.name, report.period])
    for table in report.tables:
        text += "\r\n" + line([table.title]) + line(table.columns)
        text += "".join(line(row) for row in table.rows)
    name = slugify(f"{report.name} {report.facility.name}") or report.name
    return attached(text, f"{name}.csv")


def clock(at: int | None, facility: Facility, *, with_day: bool = True) -> str:
    """An instant on the facility's clock."""
    if at is None:
        return ""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(facility.time_zone)).replace(tzinfo=None)
    return str(date_format(local, gettext("M j, H:i") if with_day else "H:i"))


def count(number: int) -> str:
    return f"{number:,}"
