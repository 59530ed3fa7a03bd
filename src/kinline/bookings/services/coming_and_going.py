"""A resident comes, moves, and goes. Each is one short transaction, written down with before and after."""

import re
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.calls import services as calls
from kinline.calls.models import Call, CallState
from kinline.contacts.models import Contact
from kinline.core.birth_date import NotABirthDate, born_before
from kinline.core.identity import CallId, FacilityId, Instant, ResidentId
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, HousingUnit
from kinline.people.models import Resident, ResidentStatus
from kinline.refunds import services as refunds

_NUMBER: Final = re.compile(r"[A-Za-z0-9-]{1,20}", re.ASCII)


class NotBookable(ValueError):
    """The number is in custody here already, or none; the birth date is to come; or the unit is another facility's."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def book(
    facility: Facility,
    resident_number: str,
    name: str,
    unit: HousingUnit | None,
    actor: str,
    at: Instant,
    *,
    language: str = "en",
    birth_date: date | None = None,
) -> Resident:
    """Somebody new without a PIN (`people.residents.reset_pin` gives one), or somebody who comes back, with their PIN
    and contacts as they were. Without a birth date, one that is known stays. Raises `NotBookable`."""
    if not _NUMBER.fullmatch(resident_number):
        raise NotBookable("resident_number")
    if not name.strip() or len(name) > 120:
        raise NotBookable("name")
    if birth_date is not None:
        try:
            born_before(birth_date, datetime.fromtimestamp(at / 1000, UTC).date())
        except NotABirthDate as error:
            raise NotBookable("birth_date") from error
    _check(unit, facility)
    with transaction.atomic():
        known = Resident.objects.select_for_update().filter(facility=facility, resident_number=resident_number).first()
        if known is not None and known.status == ResidentStatus.ACTIVE:
            raise NotBookable("resident_number")
        before = None if known is None else _told(known)
        resident = known or Resident(facility=facility, resident_number=resident_number)
        resident.name, resident.unit, resident.language = " ".join(name.split()), unit, language
        resident.birth_date = birth_date or resident.birth_date
        resident.status, resident.released_at = ResidentStatus.ACTIVE, None
        resident.save()
        Contact.objects.filter(resident=resident).update(frozen_at=None)
        _write_down(actor, Action.RESIDENT_BOOKED, resident, at, before)
    return resident


def move(resident: Resident, facility: Facility, unit: HousingUnit | None, actor: str, at: Instant) -> None:
    """To another unit, or another facility of the same agency: with PIN, contacts and money. Raises `NotBookable`."""
    _check(unit, facility)
    with transaction.atomic():
        now = _locked(resident)
        if facility.agency_id != now.facility.agency_id:
            raise NotBookable("facility")
        taken = Resident.objects.filter(facility=facility, resident_number=now.resident_number).exclude(pk=now.pk)
        if taken.exists():
            raise NotBookable("resident_number")
        before = _told(now)
        if (now.facility_id, now.unit_id) == (facility.pk, unit and unit.pk):
            return
        now.facility, now.unit = facility, unit
        now.save(update_fields=("facility", "unit"))
        _write_down(actor, Action.RESIDENT_MOVED, now, at, before)


def correct(
    resident: Resident, name: str, language: str, actor: str, at: Instant, *, birth_date: date | None = None
) -> None:
    """Name and language as they should be, and the birth date when it is given."""
    with transaction.atomic():
        now = _locked(resident)
        before = _told(now)
        born = birth_date or now.birth_date
        if (now.name, now.language, now.birth_date) == (name, language, born):
            return
        now.name, now.language, now.birth_date = name, language, born
        now.save(update_fields=("name", "language", "birth_date"))
        _write_down(actor, Action.RESIDENT_CORRECTED, now, at, before)


def release(resident: Resident, actor: str, at: Instant, reason: str = "") -> None:
    """Their calls end, their contacts freeze, nobody calls with their PIN any more, and what they own goes back to
    them. Asked again: nothing more."""
    with transaction.atomic():
        now = _locked(resident)
        if now.status == ResidentStatus.RELEASED:
            return
        before = _told(now)
        now.status, now.released_at = ResidentStatus.RELEASED, at
        now.save(update_fields=("status", "released_at"))
        Contact.objects.filter(resident=now).update(frozen_at=at)
        _write_down(actor, Action.RESIDENT_RELEASED, now, at, before, reason)
    for call_id in Call.objects.filter(resident=resident).exclude(state=CallState.SETTLED).values_list("pk", flat=True):
        try:
            calls.cut_off(CallId(call_id), Reason.TALK_CUTOFF, actor, "released", at)
        except calls.CallIsOver:
            continue
    refunds.release(ResidentId(resident.pk), None, actor, at)


def _locked(resident: Resident) -> Resident:
    return Resident.objects.select_for_update(of=("self",)).select_related("facility", "unit").get(pk=resident.pk)


def _check(unit: HousingUnit | None, facility: Facility) -> None:
    if unit is not None and unit.facility_id != facility.pk:
        raise NotBookable("unit")


def _told(resident: Resident) -> dict[str, Any]:
    return {
        "name": resident.name,
        "facility": resident.facility_id,
        "unit": resident.unit.name if resident.unit else "",
        "language": resident.language,
        "birth_date": resident.birth_date.isoformat() if resident.birth_date else None,
        "status": str(resident.status),
    }


def _write_down(
    actor: str, action: Action, resident: Resident, at: Instant, before: dict[str, Any] | None, reason: str = ""
) -> None:
    audit.record(
        actor,
        action,
        f"resident/{resident.pk}",
        at,
        facility=FacilityId(resident.facility_id),
        before=before,
        after=_told(resident),
        reason=reason[:300],
    )
