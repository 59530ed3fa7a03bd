"""Which member of staff may do what, and where."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from kinline.billing.services.applying import DECIDES
from kinline.facilities.models import Facility
from kinline.people.models import PROVIDER_ROLES, Role, StaffRole, User

SEES_CALLS = frozenset(
    {
        Role.OFFICER,
        Role.INVESTIGATOR,
        Role.FACILITY_ADMINISTRATOR,
        Role.SUPPORT,
        Role.COMPLIANCE,
        Role.PLATFORM_ADMINISTRATOR,
    }
)
LISTENS = frozenset({Role.INVESTIGATOR, Role.FACILITY_ADMINISTRATOR})
"""Nobody of the provider: what was said is the facility's to hear."""


SETS_PRICES = frozenset({Role.FACILITY_ADMINISTRATOR, Role.FINANCE, Role.PLATFORM_ADMINISTRATOR})
SEES_PRICES = SETS_PRICES | {Role.COMPLIANCE}
"""Which prices are held to which law; the prices themselves are public."""

TAKES_DEPOSITS = frozenset({Role.FACILITY_ADMINISTRATOR, Role.FINANCE, Role.PLATFORM_ADMINISTRATOR})
"""Sends the commissary's files, and gives kiosks their keys."""
MAKES_VOUCHERS = frozenset({Role.FINANCE, Role.PLATFORM_ADMINISTRATOR})
"""Prints money: the provider's alone."""


def has_role(user: User | AnonymousUser, roles: frozenset[Role]) -> bool:
    """Whether a user has one of `roles` anywhere."""
    return user.is_authenticated and StaffRole.objects.filter(user=user, role__in=roles).exists()


def gives_credit(user: User | AnonymousUser) -> bool:
    """Finance of the provider decides who may pay afterwards."""
    return user.is_authenticated and StaffRole.objects.filter(user=user, role__in=DECIDES).exists()


def facilities_where(user: User | AnonymousUser, roles: frozenset[Role]) -> QuerySet[Facility]:
    """Where a user has one of `roles`: at a facility, at all of an agency, or, for the provider's staff, everywhere."""
    held = StaffRole.objects.filter(user=user, role__in=roles) if user.is_authenticated else StaffRole.objects.none()
    where = Q(pk__in=[])
    for role in held:
        if role.role in PROVIDER_ROLES:
            return Facility.objects.all()
        where |= Q(pk=role.facility_id) if role.facility_id else Q(agency=role.agency_id)
    return Facility.objects.filter(where)
