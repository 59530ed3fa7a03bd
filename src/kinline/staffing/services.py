"""Staff come, change and go. Whoever does it can give and take only what lies within their own place, and each is
written down with before and after."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.configuration import configuration
from kinline.core.identity import FacilityId, Instant
from kinline.facilities.models import Agency, Facility, HousingUnit
from kinline.notices.kinds import Kind
from kinline.notices.services import tell
from kinline.people.authority import comes_from_a_network_of_theirs, management_of
from kinline.people.models import PROVIDER_ROLES, Role, StaffNetwork, StaffRole, User

INVITATION_DAYS: Final = 7
_SALT: Final = "kinline.staffing.invitation"


class Fault(StrEnum):
    """Why it was not done."""

    ELSEWHERE = "elsewhere"
    """It lies outside the place of who asked."""
    NO_PLACE = "no_place"
    """A role of a facility without a place, or one of the provider with one."""
    OWN = "own"
    """Nobody takes their own rights: there must be somebody left who can give them back."""
    HAS_PASSWORD = "has_password"  # noqa: S105
    """They can sign in: an invitation would be a way around their password."""
    NO_NETWORK = "no_network"
    LOCKS_OUT = "locks_out"
    """Whoever asked could not come in any more."""
    OVER = "over"
    """The invitation was used, replaced, or is older than a week."""


class NotDone(ValueError):
    """Nothing was changed; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Place:
    """Where a role is held; nothing at all: everywhere, for the provider."""

    agency: Agency | None = None
    facility: Facility | None = None
    unit: HousingUnit | None = None

    @property
    def keys(self) -> tuple[int | None, int | None, int | None]:
        agency, facility, unit = (None if each is None else each.pk for each in (self.agency, self.facility, self.unit))
        return agency, facility, unit

    def __str__(self) -> str:
        return " · ".join(str(each) for each in (self.facility or self.agency, self.unit) if each is not None)


def invite(email: str, name: str, language: str, role: Role, place: Place, by: User, at: Instant) -> User:
    """Give a role to whoever has this address, and write to them: with a link that sets a password if they have none.
    Somebody who is known keeps their name. Raises `NotDone`."""
    with transaction.atomic():
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            user = User.objects.create_user(email, None, name=" ".join(name.split()), language=language)
            _write_down(by, Action.STAFF_MADE, user, at, None, None, {"email": user.email, "name": user.name})
        give_role(user, role, place, by, at)
        _write_to(user, str(place), by, at)
    return user


def appoint(email: str, name: str, language: str, at: Instant) -> str:
    """A platform administrator, appointed by whoever runs the machine: the first one can be invited by nobody. The
    link with which they choose a password; empty where they have one."""
    with transaction.atomic():
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            user = User.objects.create_user(email, None, name=" ".join(name.split()), language=language)
        elif not user.has_usable_password():
            user.set_unusable_password()  # a link before this one ends
            user.save(update_fields=["password"])
        role, is_new = StaffRole.objects.get_or_create(
            user=user, role=Role.PLATFORM_ADMINISTRATOR, agency=None, facility=None, unit=None
        )
        if is_new:
            audit.record("operator", Action.ROLE_GIVEN, f"user/{user.pk}", at, after=_told(role))
    return "" if user.has_usable_password() else _link(user)


def invite_again(user: User, by: User, at: Instant) -> None:
    """Another link in place of the one before. Raises `NotDone`."""
    held = management_of(by).roles.filter(user=user).select_related("agency", "facility", "unit").first()
    if held is None:
        raise NotDone(Fault.ELSEWHERE)
    with transaction.atomic():
        now = User.objects.select_for_update().get(pk=user.pk)
        if now.has_usable_password():
            raise NotDone(Fault.HAS_PASSWORD)
        now.set_unusable_password()
        now.save(update_fields=["password"])
        _write_to(now, str(Place(held.agency, held.facility, held.unit)), by, at)


def give_role(user: User, role: Role, place: Place, by: User, at: Instant) -> StaffRole:
    """Asked again: the same role. Raises `NotDone`."""
    of_provider = role in PROVIDER_ROLES
    if of_provider != (place.agency is None):
        raise NotDone(Fault.NO_PLACE)
    if not management_of(by).covers(*place.keys):
        raise NotDone(Fault.ELSEWHERE)
    with transaction.atomic():
        held, is_new = StaffRole.objects.get_or_create(
            user=user, role=role, agency=place.agency, facility=place.facility, unit=place.unit
        )
        if is_new:
            _write_down(by, Action.ROLE_GIVEN, user, at, held.facility_id, None, _told(held))
    return held


def take_role(role: StaffRole, by: User, at: Instant, reason: str) -> None:
    """From the next page on they may not. Raises `NotDone`."""
    if role.user_id == by.pk:
        raise NotDone(Fault.OWN)
    with transaction.atomic():
        held = management_of(by).roles.select_for_update(of=("self",)).filter(pk=role.pk).first()
        if held is None:
            raise NotDone(Fault.ELSEWHERE)
        before, facility = _told(held), held.facility_id
        held.delete()
        _write_down(by, Action.ROLE_TAKEN, role.user, at, facility, before, None, reason)


def end(user: User, by: User, at: Instant, reason: str) -> int:
    """Take every role of theirs that lies within the place of who asks; how many. Raises `NotDone`."""
    if user.pk == by.pk:
        raise NotDone(Fault.OWN)
    roles = list(management_of(by).roles.filter(user=user).select_related("user"))
    if not roles:
        raise NotDone(Fault.ELSEWHERE)
    with transaction.atomic():
        for role in roles:
            take_role(role, by, at, reason)
    return len(roles)


def reset_second_step(user: User, by: User, at: Instant, reason: str) -> None:
    """They lost their phone: they set the second step up anew when they sign in next, and are told by e-mail. Only who
    manages all their roles can. Raises `NotDone`."""
    if user.pk == by.pk:
        raise NotDone(Fault.OWN)
    roles = StaffRole.objects.filter(user=user)
    if not roles.exists() or roles.exclude(pk__in=management_of(by).roles.values("pk")).exists():
        raise NotDone(Fault.ELSEWHERE)
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        _write_down(by, Action.SECOND_STEP_RESET, user, at, None, None, None, reason)
        tell(user, Kind.SECOND_STEP_RESET, f"second_step/{user.pk}/{at}", at, by=by.name)


def invited(token: str) -> User:
    """Who an invitation is for. Raises `NotDone` when it is over."""
    try:
        pk, mark = signing.loads(token, salt=_SALT, max_age=INVITATION_DAYS * 86_400)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotDone(Fault.OVER) from error
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or mark != _mark(user) or user.has_usable_password() or not user.roles.exists():
        raise NotDone(Fault.OVER)
    return user


def accept(token: str, password: str) -> User:
    """Set the password of who was invited; the link is used up. Raises `NotDone`."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=invited(token).pk)
        if user.has_usable_password():
            raise NotDone(Fault.OVER)
        user.set_password(password)
        user.save(update_fields=["password"])
    return user


def allow_network(agency: Agency | None, network: str, note: str, by: User, address: str, at: Instant) -> StaffNetwork:
    """From now on staff of the agency (without one: the provider's) come in from the networks that are listed, and
    from no other. Raises `NotDone` for what is no network or would lock out who asks, from `address`."""
    _manages_agency(by, agency)
    try:
        written = str(ip_network(network.strip()))
    except ValueError as error:
        raise NotDone(Fault.NO_NETWORK) from error
    try:
        with transaction.atomic():
            row = StaffNetwork.objects.create(agency=agency, network=written, note=note[:120])
            _stays_in(by, address)
            after = {"network": written, "note": note}
            audit.record(f"user/{by.pk}", Action.NETWORK_ALLOWED, _agency(agency), at, after=after)
    except IntegrityError as error:
        raise NotDone(Fault.NO_NETWORK) from error
    return row


def forbid_network(row: StaffNetwork, by: User, address: str, at: Instant) -> None:
    """Without any, staff come in from everywhere. Raises `NotDone`."""
    _manages_agency(by, row.agency)
    with transaction.atomic():
        before = {"network": row.network, "note": row.note}
        StaffNetwork.objects.filter(pk=row.pk).delete()
        _stays_in(by, address)
        audit.record(f"user/{by.pk}", Action.NETWORK_FORBIDDEN, _agency(row.agency), at, before=before)


def _manages_agency(by: User, agency: Agency | None) -> None:
    if not management_of(by).covers(agency.pk if agency else None):
        raise NotDone(Fault.ELSEWHERE)


def _stays_in(by: User, address: str) -> None:
    if not comes_from_a_network_of_theirs(by, address):
        raise NotDone(Fault.LOCKS_OUT)


def _write_to(user: User, place: str, by: User, at: Instant) -> None:
    where = place or "Kinline"
    key = f"staff/{user.pk}/{at}"
    if user.has_usable_password():
        tell(user, Kind.STAFF_ROLE_GIVEN, key, at, by=by.name, place=where)
        return
    tell(user, Kind.STAFF_INVITED, key, at, by=by.name, place=where, link=_link(user), days=INVITATION_DAYS)


def _link(user: User) -> str:
    return f"{configuration().site}/staff/invitation/{signing.dumps([user.pk, _mark(user)], salt=_SALT)}/"


def _mark(user: User) -> str:
    """Another one as soon as a password is set, or somebody is invited again."""
    return salted_hmac(_SALT, user.password).hexdigest()[:16]


def _told(role: StaffRole) -> dict[str, Any]:
    return {"role": role.role, "agency": role.agency_id, "facility": role.facility_id, "unit": role.unit_id}


def _agency(agency: Agency | None) -> str:
    return f"agency/{agency.pk}" if agency else "provider"


def _write_down(
    by: User,
    action: Action,
    of: User,
    at: Instant,
    facility: int | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str = "",
) -> None:
    where = None if facility is None else FacilityId(facility)
    audit.record(
        f"user/{by.pk}", action, f"user/{of.pk}", at, facility=where, before=before, after=after, reason=reason[:300]
    )
