"""`/facility/contacts/import/<id>/`: take the lists of contacts that a facility kept before, from a file."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kinline.bookings.reading import FileRefused, read
from kinline.contacts.services.importing import COLUMNS, MOST_LINES, LineProblem, import_contacts
from kinline.core.contacts import AskProblem
from kinline.web.clock import now
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.staff.contact_words import ASK_PROBLEMS
from kinline.web.staff.contacts import reader
from kinline.web.staff.residents_words import FILE_PROBLEMS
from kinline.web.trail import refuse

PROBLEMS: dict[str, Any] = {
    LineProblem.FORM: _("The line has more or fewer cells than the first one, or is no object of plain values."),
    LineProblem.RESIDENT: _("No resident of this facility has this number. Compare it."),
    LineProblem.NUMBER: _("Write ten digits, or + and the country code."),
    LineProblem.NAME: _("The name is missing, or is longer than 120 letters."),
    AskProblem.KEPT_BY_STAFF: _("This facility’s lists are not filled so."),
    **ASK_PROBLEMS,
}


class FileForm(forms.Form):
    file = forms.FileField(label=_("File (CSV or JSON)"))
    is_trial = forms.BooleanField(label=_("Only show what would come of it"), required=False, initial=True)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.DECIDE_CONTACTS)
def contact_import(request: HttpRequest, facility_id: int) -> HttpResponse:
    """Each line that is right is a contact, approved; each that is not is named with what to do."""
    user = reader(request)
    facility = facilities_where(user, Permission.DECIDE_CONTACTS).filter(pk=facility_id).first()
    if facility is None:
        refuse(request, f"facility/{facility_id}")
    form = FileForm(request.POST or None, request.FILES or None)
    context = {"facility": facility, "form": form, "columns": ", ".join(COLUMNS), "most": MOST_LINES}
    if form.is_valid():
        upload, is_trial = form.cleaned_data["file"], form.cleaned_data["is_trial"]
        try:
            rows = read(upload.name, upload.read())
        except FileRefused as refused:
            form.add_error("file", str(FILE_PROBLEMS[refused.problem]))
        else:
            if len(rows) > MOST_LINES:
                form.add_error("file", gettext("Send at most %(most)d lines at once.") % {"most": MOST_LINES})
            else:
                lines = [(row.number, row.cells) for row in rows]
                answers = import_contacts(facility, lines, user, now(), is_trial=is_trial)
                context |= {
                    "answers": [(each, PROBLEMS[each.problem]) for each in answers if each.problem is not None],
                    "taken": sum(each.problem is None for each in answers),
                    "was_trial": is_trial,
                }
    return render(request, "kinline/contact_import.html", context)
