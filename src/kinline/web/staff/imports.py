"""`/facility/imports/`: residents from the jail management system: try a file, take it, and what became of it."""

import csv
import json
import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kinline.bookings import services
from kinline.bookings.models import Feed, Import, Outcome
from kinline.bookings.reading import FileRefused
from kinline.core.custody import FIELDS, Mode
from kinline.core.identity import Instant
from kinline.facilities.models import Facility
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.residents_words import FILE_PROBLEMS, KINDS, LINE_PROBLEMS
from kinline.web.trail import refuse

IMPORTS = 20
CHANGES = 500
"""Shown of one file."""

MODES = {
    Mode.CHANGES.value: _("Only what changed"),
    Mode.FULL.value: _("Everybody in custody: who is missing was released"),
}
OUTCOMES = {
    Outcome.TRIAL.value: _("Only shown"),
    Outcome.APPLIED.value: _("Done"),
    Outcome.REFUSED.value: _("Refused: too many releases"),
}
WORDS = ("units", "languages", "acts")


class FileForm(forms.Form):
    prefix = "file"
    file = forms.FileField(label=_("File (CSV or JSON)"))
    mode = forms.ChoiceField(label=_("The file lists"), choices=list(MODES.items()))
    releases_at_most = forms.IntegerField(label=_("Releases at most"), min_value=0, max_value=100_000)
    is_trial = forms.BooleanField(label=_("Only show what would change"), required=False, initial=True)


class Pairs(forms.CharField):
    """Lines such as `Pod 7 = B`, as a mapping; the left side in lower case when it is a word of the file."""

    def __init__(self, label: Any, *, lower: bool) -> None:
        widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
        super().__init__(label=label, required=False, max_length=10_000, widget=widget)
        self.lower = lower

    def clean(self, value: str) -> dict[str, str]:
        pairs = {}
        for line in (super().clean(value) or "").splitlines():
            left, equals, right = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not equals or not left or not right:
                raise forms.ValidationError(gettext("Write one pair on each line, such as Pod 7 = B."))
            pairs[left.lower() if self.lower else left] = right
        return pairs


class MappingForm(forms.Form):
    prefix = "mapping"
    mode = forms.ChoiceField(label=_("Files in the folder list"), choices=list(MODES.items()))
    releases_at_most = forms.IntegerField(label=_("Releases that one file may cause"), min_value=0, max_value=100_000)
    columns = Pairs(_("Our field = your column"), lower=False)
    units = Pairs(_("Your word for a unit = our unit"), lower=True)
    languages = Pairs(_("Your word for a language = en or es"), lower=True)
    acts = Pairs(_("Your word for what happened = present or release"), lower=True)

    def clean_columns(self) -> dict[str, str]:
        columns: dict[str, str] = self.cleaned_data["columns"]
        unknown = [name for name in columns if name not in FIELDS]
        if unknown:
            fields = ", ".join(FIELDS)
            raise forms.ValidationError(gettext("Our fields are %(fields)s.") % {"fields": fields})
        return columns


@require_safe
@staff_page(Permission.IMPORT_RESIDENTS)
def facilities(request: HttpRequest) -> HttpResponse:
    """To the one facility of this reader, or a choice of them."""
    theirs = list(facilities_where(request.user, Permission.IMPORT_RESIDENTS).order_by("name"))
    if len(theirs) == 1:
        return redirect("imports_of_facility", theirs[0].pk)
    return render(request, "kinline/imports_choice.html", {"facilities": theirs})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.IMPORT_RESIDENTS)
def facility(request: HttpRequest, facility_id: int) -> HttpResponse:
    """Send a file, say what the files mean, and the files before. A new key of the API is shown once."""
    shown = facilities_where(request.user, Permission.IMPORT_RESIDENTS).filter(pk=facility_id).first()
    if shown is None:
        refuse(request, f"imports/{facility_id}")
    feed, what, actor = services.feed_of(shown), request.POST.get("what", ""), f"user/{request.user.pk}"
    start = {"mode": feed.mode, "releases_at_most": feed.releases_at_most, "is_trial": True}
    sent = FileForm(request.POST, request.FILES) if what == "file" else FileForm(initial=start)
    meaning = MappingForm(request.POST) if what == "mapping" else MappingForm(initial=_as_text(feed))
    context: dict[str, Any] = {}
    if what == "file" and sent.is_valid():
        taken = _taken(shown, sent, actor)
        if taken is not None:
            return redirect("import", facility_id, taken.pk)
    elif what == "mapping" and meaning.is_valid():
        asked = meaning.cleaned_data
        mapping = {name: asked[name] for name in ("columns", *WORDS)}
        services.set_feed(feed, Mode(asked["mode"]), mapping, asked["releases_at_most"], actor, _now())
        messages.success(request, gettext("Done, and written down with your name."))
        return redirect("imports_of_facility", facility_id)
    elif what == "key":
        context = {"key": services.give_key(feed, actor, _now())}
    before = [
        (each, OUTCOMES[each.outcome]) for each in Import.objects.filter(facility=shown).order_by("-at")[:IMPORTS]
    ]
    return render(
        request,
        "kinline/imports.html",
        {"facility": shown, "feed": feed, "file": sent, "mapping": meaning, "imports": before, **context},
    )


@require_safe
@staff_page(Permission.IMPORT_RESIDENTS)
def one(request: HttpRequest, facility_id: int, import_id: int) -> HttpResponse:
    """What a file changed, or would change, and its bad lines."""
    shown = _import_where(request, facility_id, import_id)
    return render(
        request,
        "kinline/import.html",
        {
            "import": shown,
            "outcome": OUTCOMES[shown.outcome],
            "mode": MODES[shown.mode],
            "counts": [(KINDS[kind], shown.counts.get(kind, 0)) for kind in KINDS],
            "changes": [(KINDS[each["kind"]], each) for each in shown.changes[:CHANGES]],
            "more": max(len(shown.changes) - CHANGES, 0),
            "bad_lines": [(each, LINE_PROBLEMS[each["problem"]], _content(each)) for each in shown.bad_lines[:CHANGES]],
        },
    )


@require_safe
@staff_page(Permission.IMPORT_RESIDENTS)
def bad_lines(request: HttpRequest, facility_id: int, import_id: int) -> HttpResponse:
    """The bad lines as they came, as a file to correct and send again."""
    shown = _import_where(request, facility_id, import_id)
    columns = list(dict.fromkeys(name for each in shown.bad_lines for name, _value in each["content"]))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="bad-lines-{shown.pk}.csv"'
    writer = csv.writer(answer)
    writer.writerow([*columns, "line", "problem"])
    for each in shown.bad_lines:
        content = dict(each["content"])
        cells = [content.get(name, "") for name in columns]
        writer.writerow([*map(_harmless, cells), each["line"], str(LINE_PROBLEMS[each["problem"]])])
    return answer


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would calculate is shown as text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _taken(facility: Facility, form: FileForm, actor: str) -> Import | None:
    asked = form.cleaned_data
    try:
        return services.take(
            facility,
            asked["file"].name,
            asked["file"].read(),
            "upload",
            Mode(asked["mode"]),
            actor,
            _now(),
            is_trial=asked["is_trial"],
            releases_at_most=asked["releases_at_most"],
        )
    except FileRefused as refused:
        form.add_error("file", str(FILE_PROBLEMS[refused.problem]))
        return None


def _as_text(feed: Feed) -> dict[str, Any]:
    pairs = {
        name: "\n".join(f"{left} = {right}" for left, right in feed.mapping.get(name, {}).items())
        for name in ("columns", *WORDS)
    }
    return {"mode": feed.mode, "releases_at_most": feed.releases_at_most, **pairs}


def _content(bad: dict[str, Any]) -> str:
    return json.dumps(dict(bad["content"]), ensure_ascii=False)[:200] if bad["content"] else ""


def _import_where(request: HttpRequest, facility_id: int, import_id: int) -> Import:
    where = facilities_where(request.user, Permission.IMPORT_RESIDENTS)
    found = Import.objects.filter(facility__in=where, facility_id=facility_id, pk=import_id).first()
    if found is None:
        refuse(request, f"import/{import_id}")
    return found


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
