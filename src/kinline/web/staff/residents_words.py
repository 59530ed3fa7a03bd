"""The words of residents and of the files that bring them, as a page writes them."""

from django.utils.translation import gettext_lazy as _

from kinline.bookings.reading import FileProblem
from kinline.core.custody import Kind, Problem
from kinline.people.models import Accommodation, ResidentStatus

STATUSES = {
    ResidentStatus.ACTIVE.value: _("In custody"),
    ResidentStatus.RELEASED.value: _("Released"),
    ResidentStatus.TRANSFERRED.value: _("Transferred"),
}
LANGUAGES = {"en": "English", "es": "Español"}
ACCOMMODATIONS = {
    Accommodation.TTY.value: _("TTY (text telephone)"),
    Accommodation.RELAY.value: _("Relay service"),
    Accommodation.CAPTIONED.value: _("Captioned telephone"),
}
NOT_BOOKABLE = {
    "resident_number": _("Somebody in custody there has this number, or it is not 1 to 20 letters, digits or hyphens."),
    "name": _("Write the name, at most 120 letters."),
    "birth_date": _("Write the date like 1990-05-31. It must lie in the past."),
    "unit": _("This unit is of another facility."),
    "facility": _("This facility is of another agency. Release here, and book there."),
}
KINDS = {
    Kind.BOOK.value: _("Booked"),
    Kind.RETURN.value: _("Booked again"),
    Kind.MOVE.value: _("Moved"),
    Kind.CORRECT.value: _("Corrected"),
    Kind.RELEASE.value: _("Released"),
}
FILE_PROBLEMS = {
    FileProblem.TOO_LARGE: _("The file is too large. Send it in parts of at most 5 MB and 50,000 lines."),
    FileProblem.NOT_TEXT: _("The file is not UTF-8 text. Export it as CSV (UTF-8) or JSON."),
    FileProblem.NOT_JSON: _("The file is not a JSON list of objects. Export it as a list, or as CSV."),
    FileProblem.HEADER: _("The first line must name the columns, each of them once."),
}
LINE_PROBLEMS = {
    Problem.NUMBER.value: _("The resident number is missing, or is not 1 to 20 letters, digits or hyphens."),
    Problem.NAME.value: _("The name is missing, or is longer than 120 letters."),
    Problem.UNIT.value: _("There is no such unit. Add its word to the mapping, or the unit to the facility."),
    Problem.LANGUAGE.value: _("There is no such language. Add its word to the mapping."),
    Problem.ACT.value: _("What happened cannot be told: add its word to the mapping (a full list has no releases)."),
    Problem.BIRTH_DATE.value: _(
        "The birth date is no day of a lifetime. Write it like 1990-05-31 or 05/31/1990, or leave it empty."
    ),
    Problem.PIN.value: _("A PIN has four to six digits."),
    Problem.TWICE.value: _("This resident stands in the file before. One line for each."),
    Problem.RELEASE_UNKNOWN.value: _("Nobody with this number was ever booked here. Compare it."),
    Problem.FORM.value: _("The line has more or fewer cells than the first one, or is no object of plain values."),
}
