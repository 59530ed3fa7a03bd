"""Where a member of staff may do what: their roles, each held at a unit, a facility, an agency, or everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from kinline.facilities.models import Facility
from kinline.people.models import PROVIDER_ROLES, Role, StaffNetwork, StaffRole, User
from kinline.people.permissions import GRANTS, Permission

Asked = Permission | frozenset[Role]
NOWHERE = Q(pk__in=[])


def roles_of(user: User | AnonymousUser) -> QuerySet[StaffRole]:
    if not user.is_authenticated or not user.is_active:
        return StaffRole.objects.none()
    return StaffRole.objects.filter(user_id=user.pk)


def permissions_of(user: User | AnonymousUser) -> frozenset[Permission]:
    """What they may do somewhere."""
    held = {Role(role) for role in roles_of(user).values_list("role", flat=True)}
    return frozenset(permission for permission, roles in GRANTS.items() if held & roles)


def is_permitted(user: User | AnonymousUser, asked: Asked) -> bool:
    """Whether they may do it anywhere."""
    return roles_of(user).filter(role__in=_roles(asked)).exists()


def is_permitted_everywhere(user: User | AnonymousUser, asked: Asked) -> bool:
    """Whether they may do it in a role of the provider."""
    return roles_of(user).filter(role__in=_roles(asked), agency=None).exists()


def facilities_where(user: User | AnonymousUser, asked: Asked, *, partly: bool = False) -> QuerySet[Facility]:
    """The facilities in the whole of which they may do it; `partly`: in the whole or in one unit."""
    where = NOWHERE
    for role in _held(user, asked):
        if role.role in PROVIDER_ROLES:
            return Facility.objects.all()
        if role.unit_id and not partly:
            continue
        where |= Q(pk=role.facility_id) if role.facility_id else Q(agency=role.agency_id)
    return Facility.objects.filter(where)


@dataclass(frozen=True, slots=True)
class Part:
    """Of a facility: the whole, or some of its units; false: nothing."""

    is_whole: bool
    units: frozenset[int]

    def __bool__(self) -> bool:
        return self.is_whole or bool(self.units)

    def covers(self, unit: int | None) -> bool:
        """Whether it holds what belongs to a unit, or (None) to no unit of the facility."""
        return self.is_whole or unit in self.units


def part_where(user: User | AnonymousUser, asked: Asked, facility: Facility) -> Part:
    """The part of a facility in which they may do it."""
    units = set()
    for role in _held(user, asked):
        if role.role not in PROVIDER_ROLES and role.agency_id != facility.agency_id:
            continue
        if role.facility_id not in (None, facility.pk):
            continue
        if role.unit_id is None:
            return Part(True, frozenset())
        units.add(role.unit_id)
    return Part(False, frozenset(units))


def within(user: User | AnonymousUser, asked: Asked, facility: str = "facility", unit: str = "unit") -> Q:
    """For rows that belong to a facility and a unit, by the names of those fields: the rows where they may do it."""
    where = NOWHERE
    for role in _held(user, asked):
        if role.role in PROVIDER_ROLES:
            return Q()
        if role.unit_id:
            where |= Q(**{facility: role.facility_id, unit: role.unit_id})
        elif role.facility_id:
            where |= Q(**{facility: role.facility_id})
        else:
            where |= Q(**{f"{facility}__agency": role.agency_id})
    return where


def comes_from_a_network_of_theirs(user: User | AnonymousUser, address: str) -> bool:
    """Whether every place of their roles lets staff in from this address; a place that lists no network does."""
    held = roles_of(user)
    allowed: dict[int | None, list[str]] = {}
    agencies = {role.agency_id for role in held}
    listed = Q(agency__in=[agency for agency in agencies if agency])
    if None in agencies:
        listed |= Q(agency=None)
    for network in StaffNetwork.objects.filter(listed):
        allowed.setdefault(network.agency_id, []).append(network.network)
    return all(_is_in(address, networks) for networks in allowed.values())


def _is_in(address: str, networks: Iterable[str]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in ip_network(network) for network in networks)


def _held(user: User | AnonymousUser, asked: Asked) -> Iterable[StaffRole]:
    return roles_of(user).filter(role__in=_roles(asked))


def _roles(asked: Asked) -> frozenset[Role]:
    return GRANTS[asked] if isinstance(asked, Permission) else asked


@dataclass(frozen=True, slots=True)
class Management:
    """Whose staff somebody manages: of the places in `held` (agency, facility, unit) and all that is in them."""

    is_of_provider: bool
    held: tuple[tuple[int | None, int | None, int | None], ...]

    def covers(self, agency: int | None, facility: int | None = None, unit: int | None = None) -> bool:
        """Whether they manage the whole of a place; of no agency: of the provider."""
        asked = (agency, facility, unit)
        return self.is_of_provider or any(
            all(mine is None or mine == theirs for mine, theirs in zip(held, asked, strict=True)) for held in self.held
        )

    @property
    def roles(self) -> QuerySet[StaffRole]:
        """The roles, of others and their own, that lie within these places."""
        if self.is_of_provider:
            return StaffRole.objects.all()
        where = NOWHERE
        for agency, facility, unit in self.held:
            where |= Q(unit=unit) if unit else Q(facility=facility) if facility else Q(agency=agency)
        return StaffRole.objects.filter(where)


def management_of(user: User | AnonymousUser) -> Management:
    roles = list(_held(user, Permission.MANAGE_STAFF))
    return Management(
        any(role.role in PROVIDER_ROLES for role in roles),
        tuple((r.agency_id, r.facility_id, r.unit_id) for r in roles if r.role not in PROVIDER_ROLES),
    )
