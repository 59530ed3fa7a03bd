"""`/staff/`: where one lands, and the table of who may do what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.people.authority import permissions_of, roles_of
from kinline.people.models import PROVIDER_ROLES, Role
from kinline.people.permissions import Permission, may
from kinline.web.staff.access import staff_page
from kinline.web.staff.navigation import landing

ROLES = {
    Role.OFFICER: _("Officer"),
    Role.APPROVER: _("Approver"),
    Role.INVESTIGATOR: _("Investigator"),
    Role.FACILITY_ADMINISTRATOR: _("Facility administrator"),
    Role.SUPPORT: _("Support"),
    Role.FINANCE: _("Finance"),
    Role.COMPLIANCE: _("Compliance"),
    Role.PLATFORM_ADMINISTRATOR: _("Platform administrator"),
}
PERMISSIONS = {
    Permission.USE_PORTAL: _("Use the portal"),
    Permission.SEE_CALLS: _("See calls and attempts"),
    Permission.EXPORT_CALLS: _("Save calls and attempts as a file"),
    Permission.SEE_REPORTS: _("See reports of shifts, suspensions, contacts and busy hours"),
    Permission.EXPORT_RECORDS: _("Export redacted records for requests of the public"),
    Permission.HEAR_RECORDINGS: _("Hear recordings (never of privileged calls)"),
    Permission.WATCH_CALLS: _("Watch calls in progress, and how phones and carriers are"),
    Permission.SEE_LIVE_NUMBERS: _("See whole telephone numbers on the live board"),
    Permission.ANNOUNCE: _("Announce something on the phones"),
    Permission.CUT_OFF_CALLS: _("Cut off a call in progress"),
    Permission.SWITCH_PHONES: _("Switch phones off and on"),
    Permission.SEE_RULES: _("See the calling rules"),
    Permission.SET_RULES: _("Set the calling rules"),
    Permission.SEE_RESIDENTS: _("See residents"),
    Permission.BOOK_RESIDENTS: _("Book, move and release residents"),
    Permission.RESET_PINS: _("Reset PINs"),
    Permission.CARE_FOR_RESIDENTS: _("Set language, spoken name and accommodations"),
    Permission.SUSPEND_RESIDENTS: _("Suspend calling, and lift it"),
    Permission.SEPARATE_RESIDENTS: _("Keep residents apart"),
    Permission.GIVE_FREE_CALLS: _("Give free calls"),
    Permission.IMPORT_RESIDENTS: _("Import residents from the jail management system"),
    Permission.DECIDE_CONTACTS: _("Decide on contacts"),
    Permission.VERIFY_PRIVILEGE: _("Enter and verify privileged numbers"),
    Permission.LIST_NUMBERS: _("Keep the lists of staff, former staff and victims"),
    Permission.REVIEW_IDENTITY: _("See and decide how families prove who they are"),
    Permission.SET_IDENTITY_RULE: _("Set what families must show to prove who they are"),
    Permission.SEE_PRICES: _("See prices beside the law"),
    Permission.SET_PRICES: _("Set prices"),
    Permission.TAKE_DEPOSITS: _("Take commissary files, manage kiosks, read residents’ statements"),
    Permission.GIVE_MONEY: _("Add money to a resident’s account"),
    Permission.MAKE_VOUCHERS: _("Make prepaid cards"),
    Permission.GIVE_CREDIT: _("Decide who pays monthly"),
    Permission.BILL_CUSTOMERS: _(
        "Record payments of monthly bills, suspend and restore them, lift reviews, settle with agencies"
    ),
    Permission.MANAGE_NUMBERS: _("Give dedicated numbers, order who pays for a number"),
    Permission.RECONCILE: _("See the books and any account’s statement, and the card provider’s books"),
    Permission.PAY_OUT: _("Send refunds by cheque, and report unclaimed property"),
    Permission.GIVE_STAFF_CREDITS: _("Give credits, within limits"),
    Permission.SET_UP_FACILITIES: _("Set up facilities, units and phones"),
    Permission.ANSWER_CASES: _("Answer families’ questions and disputes"),
    Permission.SEE_AUDIT: _("See who did what"),
    Permission.MANAGE_STAFF: _("Manage staff and their roles"),
}


@require_safe
@staff_page(Permission.USE_PORTAL)
def home(request: HttpRequest) -> HttpResponse:
    """To the first page that is theirs."""
    return redirect(landing(permissions_of(request.user)))


@require_safe
@staff_page(Permission.USE_PORTAL)
def who_may_do_what(request: HttpRequest) -> HttpResponse:
    """The whole table, for anybody of the staff to check, and one's own roles."""
    rows = [(PERMISSIONS[each], [may(role, each) for role in ROLES]) for each in Permission]
    own = [
        (ROLES[Role(role.role)], role.unit or role.facility or role.agency)
        for role in roles_of(request.user).select_related("agency", "facility", "unit")
    ]
    return render(
        request,
        "kinline/permissions.html",
        {"roles": [(ROLES[role], role in PROVIDER_ROLES) for role in ROLES], "rows": rows, "own": own},
    )
