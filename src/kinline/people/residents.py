"""What staff do for one resident: PIN, language, accommodations, suspension, and whom they are kept apart from.

Who comes and goes is in `bookings`.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.people.models import Accommodation, Resident, Separation
from kinline.people.pins import hash_pin

PIN_DIGITS: Final = 4
_GUESSED_FIRST: Final = frozenset({"1234", "4321", *(digit * 4 for digit in "0123456789")})


class NotAsked(ValueError):
    """What was asked makes no sense: a suspension that is over, a resident apart from themselves."""


@dataclass(frozen=True, slots=True)
class NewPin:
    """The only time that it is seen."""

    resident: Resident
    pin: str = field(repr=False)


def reset_pin(resident: Resident, actor: str, at: Instant, pin: str = "") -> NewPin:
    """A new PIN, by chance unless given, unlocked at once."""
    pin = pin or _by_chance()
    with transaction.atomic():
        had = bool(resident.pin_hash)
        Resident.objects.filter(pk=resident.pk).update(pin_hash=hash_pin(pin), pin_failures=0, pin_locked_until=None)
        _write_down(actor, Action.PIN_RESET, resident, at, {"pin": had}, {"pin": True})
    return NewPin(resident, pin)


def set_care(
    resident: Resident, language: str, accommodations: Iterable[str], name_again: bool, actor: str, at: Instant
) -> None:
    """The language that the resident hears, and how they make calls; `name_again`: their next call records their
    spoken name anew."""
    wanted = {
        "language": language,
        "accommodations": sorted(Accommodation(each) for each in accommodations),
        "name_recording": "" if name_again else resident.name_recording,
    }
    _set(resident, wanted, Action.RESIDENT_CARED_FOR, actor, at)


def suspend(resident: Resident, until: Instant, reason: str, actor: str, at: Instant) -> None:
    """No calls before `until`. Raises `NotAsked` when that is past, or without a reason."""
    if until <= at or not reason.strip():
        raise NotAsked("until")
    wanted = {"suspended_until": until, "suspension_reason": reason.strip()[:200]}
    _set(resident, wanted, Action.RESIDENT_SUSPENDED, actor, at, reason)


def reinstate(resident: Resident, reason: str, actor: str, at: Instant) -> None:
    """The suspension ends now."""
    wanted = {"suspended_until": None, "suspension_reason": ""}
    _set(resident, wanted, Action.RESIDENT_REINSTATED, actor, at, reason)


def keep_apart(one: Resident, other: Resident, reason: str, actor: str, at: Instant) -> Separation:
    """Never in one call or visit. Asked again: the same separation. Raises `NotAsked`."""
    if one.pk == other.pk or not reason.strip() or one.facility.agency_id != other.facility.agency_id:
        raise NotAsked("other")
    first, second = sorted((one, other), key=lambda resident: resident.pk)
    with transaction.atomic():
        separation, is_new = Separation.objects.get_or_create(
            first=first, second=second, ended_at=None, defaults={"reason": reason.strip()[:300], "since": at}
        )
        if is_new:
            for resident, apart_from in ((one, other), (other, one)):
                after = {"apart_from": f"resident/{apart_from.pk}"}
                _write_down(actor, Action.RESIDENTS_SEPARATED, resident, at, None, after, reason)
    return separation


def end_separation(separation: Separation, reason: str, actor: str, at: Instant) -> None:
    """They may meet again. Asked again: nothing more."""
    with transaction.atomic():
        if not Separation.objects.filter(pk=separation.pk, ended_at=None).update(ended_at=at):
            return
        for resident, other in (
            (separation.first, separation.second),
            (separation.second, separation.first),
        ):
            before = {"apart_from": f"resident/{other.pk}", "reason": separation.reason}
            _write_down(actor, Action.RESIDENTS_REUNITED, resident, at, before, None, reason)


def separations_of(resident: Resident) -> QuerySet[Separation]:
    """Those in force."""
    of = Separation.objects.filter(Q(first=resident) | Q(second=resident), ended_at=None)
    return of.select_related("first__facility", "second__facility").order_by("-since")


def _set(resident: Resident, wanted: dict[str, Any], action: Action, actor: str, at: Instant, reason: str = "") -> None:
    with transaction.atomic():
        now = Resident.objects.select_for_update().get(pk=resident.pk)
        changed = {name: value for name, value in wanted.items() if getattr(now, name) != value}
        if not changed:
            return
        before = {name: getattr(now, name) for name in changed}
        Resident.objects.filter(pk=resident.pk).update(**changed)
        _write_down(actor, action, resident, at, before, changed, reason)


def _write_down(
    actor: str,
    action: Action,
    resident: Resident,
    at: Instant,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str = "",
) -> None:
    where = FacilityId(resident.facility_id)
    subject = f"resident/{resident.pk}"
    audit.record(actor, action, subject, at, facility=where, before=before, after=after, reason=reason[:300])


def _by_chance() -> str:
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
        if pin not in _GUESSED_FIRST:
            return pin
