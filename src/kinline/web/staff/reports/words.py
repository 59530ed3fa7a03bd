"""The words of what reports list."""

from django.utils.translation import gettext_lazy as _

from kinline.audit.actions import Action
from kinline.core.contacts import Act
from kinline.core.redaction import NameAs, NumberAs
from kinline.reports.records import Column

HAPPENED = {
    Action.RESIDENT_SUSPENDED: _("Suspended"),
    Action.RESIDENT_REINSTATED: _("Suspension lifted"),
    Action.RESIDENT_BOOKED: _("Booked"),
    Action.RESIDENT_MOVED: _("Moved"),
    Action.RESIDENT_RELEASED: _("Released"),
    Action.RESIDENTS_SEPARATED: _("Kept apart"),
    Action.RESIDENTS_REUNITED: _("No longer kept apart"),
    Action.PIN_RESET: _("New PIN"),
}
DECIDED = {
    Act.APPROVE: _("Approved"),
    Act.REJECT: _("Not approved"),
    Act.REMOVE: _("Removed"),
    Act.EXTEND: _("Extended"),
    Act.FORBID: _("Forbidden by a court"),
    Act.WITHDRAW: _("Withdrawn by the family"),
}
COLUMNS = {
    Column.CALL: _("Call"),
    Column.BEGAN: _("Began"),
    Column.ENDED: _("Ended"),
    Column.UNIT: _("Unit"),
    Column.STATION: _("Phone"),
    Column.RESIDENT_NUMBER: _("Resident’s number"),
    Column.RESIDENT: _("Resident"),
    Column.NUMBER: _("Number of the public"),
    Column.CONTACT: _("Name of the called person"),
    Column.RELATIONSHIP: _("Relationship"),
    Column.DISPOSITION: _("Outcome"),
    Column.REASON: _("Reason, as a family reads it"),
    Column.SECONDS: _("Seconds"),
    Column.CHARGE: _("Price"),
}
NUMBERS = {
    NumberAs.HIDDEN: _("hidden"),
    NumberAs.AREA: _("only the area code"),
    NumberAs.WHOLE: _("whole"),
}
NAMES = {
    NameAs.HIDDEN: _("hidden"),
    NameAs.INITIALS: _("only initials"),
    NameAs.WHOLE: _("whole"),
}
