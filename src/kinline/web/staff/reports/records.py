"""`/facility/reports/records/`: records for a request of the public, redacted, with a manifest."""

import re
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.audit.actions import Action
from kinline.core.identity import Instant
from kinline.core.reasons import Audience, Reason, explain
from kinline.core.redaction import NameAs, NumberAs
from kinline.facilities.models import Facility
from kinline.people.models import User
from kinline.reports.records import Asked, Column, TooMany, records
from kinline.web.clock import now
from kinline.web.explanation import reader_language
from kinline.web.spreadsheet import line
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.reports.choosing import PeriodForm, asked_of
from kinline.web.staff.reports.words import COLUMNS, NAMES, NUMBERS
from kinline.web.trail import refuse, write_down

FIRST_CHOICE = (Column.BEGAN, Column.UNIT, Column.RESIDENT_NUMBER, Column.DISPOSITION, Column.REASON, Column.SECONDS)


class RecordsForm(PeriodForm):
    """The request, and what of the records is masked."""

    reference = forms.CharField(label=_("Reference of the request"), max_length=80)
    columns = forms.MultipleChoiceField(
        label=_("What each line has"),
        choices=[(column.value, name) for column, name in COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    numbers = forms.ChoiceField(
        label=_("Numbers of the public"), choices=[(how.value, name) for how, name in NUMBERS.items()]
    )
    names = forms.ChoiceField(
        label=_("Names of the public"), choices=[(how.value, name) for how, name in NAMES.items()]
    )
    residents = forms.CharField(
        label=_("Only these residents, by number, one on each line (empty: all)"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    residents_are_named = forms.BooleanField(label=_("With the names of residents"), required=False)
    with_privileged = forms.BooleanField(
        label=_("With privileged calls, without their number and contact"), required=False
    )

    def asked(self) -> Asked:
        typed = self.cleaned_data
        return Asked(
            typed["reference"],
            typed["first"],
            typed["last"],
            tuple(Column(each) for each in typed["columns"]),
            tuple(re.split(r"[\s,;]+", typed["residents"].strip())) if typed["residents"].strip() else (),
            NumberAs(typed["numbers"]),
            NameAs(typed["names"]),
            typed["residents_are_named"],
            typed["with_privileged"],
        )


@require_safe
@staff_page(Permission.EXPORT_RECORDS)
def public_records(request: HttpRequest) -> HttpResponse:
    """The form; with `make`, the file. What was masked and the file's digest are written down."""
    if not facilities_where(request.user, Permission.EXPORT_RECORDS).exists():
        refuse(request, "records")
    asked: Any = _Typed(request, asked_of(request, Permission.EXPORT_RECORDS, 31))
    form = RecordsForm(request, Permission.EXPORT_RECORDS, asked)
    if "make" not in request.GET:
        blank = {**asked, "columns": [column.value for column in FIRST_CHOICE]}
        form = RecordsForm(request, Permission.EXPORT_RECORDS, asked)
        form.is_bound, form.initial = False, blank
    elif form.is_valid() and form.here is not None:
        made = _made(request, form, form.here, now())
        if made is not None:
            return made
    return render(request, "kinline/public_records.html", {"form": form})


class _Typed(dict[str, Any]):
    """What was typed, with the choices of which there may be several."""

    def __init__(self, request: HttpRequest, asked: dict[str, Any]) -> None:
        super().__init__(asked)
        self._lists = request.GET

    def getlist(self, name: str) -> list[str]:
        return self._lists.getlist(name)


def _made(request: HttpRequest, form: RecordsForm, here: Facility, at: Instant) -> HttpResponse | None:
    if not facilities_where(request.user, Permission.EXPORT_RECORDS).filter(pk=here.pk).exists():
        refuse(request, f"records/{here.pk}")
    try:
        found = records(here, form.asked(), line, _as_a_family_reads_it, cast(User, request.user).name, at)
    except TooMany:
        form.add_error("last", gettext("These are more than 200,000 lines. Ask for fewer days at once."))
        return None
    write_down(request, Action.RECORDS_EXPORTED, f"facility/{here.pk}", here.pk, after=found.manifest)
    answer = HttpResponse(found.content, content_type="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="records.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _as_a_family_reads_it(reason: str) -> str:
    if reason not in set(Reason):
        return ""
    return explain(Reason(reason), Audience.FAMILY, reader_language()).text
