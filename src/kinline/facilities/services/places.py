"""Agencies, facilities, units and phones come into being and are set right. Each is one short transaction, written
down with before and after."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant, Language
from kinline.core.numbering import NotANumber, area_codes, e164
from kinline.facilities.digest import digest_secrets
from kinline.facilities.models import Agency, Facility, HousingUnit, Station, StationGroup

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for others when somebody copies them from paper."""
_PASSWORD: Final = 16
"""Letters: 78 bits."""


class NotAPlace(ValueError):
    """It stays as it was; `field` has to be changed."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class NewStation:
    """A phone with its password, which is seen only now; empty where an address is trusted."""

    station: Station
    password: str = field(repr=False)


def make_agency(name: str, actor: str, at: Instant) -> Agency:
    """Raises `NotAPlace`."""
    name = _name(name, "agency_name")
    try:
        with transaction.atomic():
            agency = Agency.objects.create(name=name)
            audit.record(actor, Action.AGENCY_MADE, f"agency/{agency.pk}", at, after={"name": name})
    except IntegrityError as error:
        raise NotAPlace("agency_name") from error
    return agency


def make_facility(agency: Agency, says: Mapping[str, Any], actor: str, at: Instant) -> Facility:
    """With the fields of `change_facility`. Raises `NotAPlace`."""
    facility = Facility(agency=agency, **_checked(says))
    try:
        with transaction.atomic():
            facility.save(force_insert=True)
            _write_down(actor, Action.FACILITY_MADE, facility, facility.pk, at, None, dict(says))
    except IntegrityError as error:
        raise NotAPlace("name") from error
    return facility


def change_facility(facility: Facility, says: Mapping[str, Any], actor: str, at: Instant, reason: str = "") -> None:
    """Name, time zone, number, state, class and languages as they should be; what is not said stays.
    Raises `NotAPlace`."""
    checked = _checked(says)
    try:
        with transaction.atomic():
            now = Facility.objects.select_for_update().get(pk=facility.pk)
            before = {name: getattr(now, name) for name, value in checked.items() if getattr(now, name) != value}
            if not before:
                return
            for name in before:
                setattr(now, name, checked[name])
            now.save(update_fields=list(before))
            after = {name: checked[name] for name in before}
            _write_down(actor, Action.FACILITY_CHANGED, now, now.pk, at, before, after, reason)
    except IntegrityError as error:
        raise NotAPlace("name") from error


def make_unit(facility: Facility, name: str, actor: str, at: Instant) -> HousingUnit:
    """Raises `NotAPlace`."""
    name = _name(name, "name", 60)
    try:
        with transaction.atomic():
            unit = HousingUnit.objects.create(facility=facility, name=name)
            _write_down(actor, Action.UNIT_MADE, unit, facility.pk, at, None, {"name": name})
    except IntegrityError as error:
        raise NotAPlace("name") from error
    return unit


def rename_unit(unit: HousingUnit, name: str, actor: str, at: Instant) -> None:
    """Raises `NotAPlace`."""
    name = _name(name, "name", 60)
    before = unit.name
    if name == before:
        return
    try:
        with transaction.atomic():
            HousingUnit.objects.filter(pk=unit.pk).update(name=name)
            _write_down(actor, Action.UNIT_CHANGED, unit, unit.facility_id, at, {"name": before}, {"name": name})
    except IntegrityError as error:
        raise NotAPlace("name") from error


def station_group(facility: Facility, name: str, actor: str, at: Instant) -> StationGroup | None:
    """The group of phones of this name, made where there is none; None without a name. Raises `NotAPlace`."""
    if not name.strip():
        return None
    name = _name(name, "group", 60)
    with transaction.atomic():
        group, is_new = StationGroup.objects.get_or_create(facility=facility, name=name)
        if is_new:
            _write_down(actor, Action.STATION_GROUP_MADE, group, facility.pk, at, None, {"name": name})
    return group


def make_station(
    facility: Facility,
    unit: HousingUnit | None,
    name: str,
    address: str,
    actor: str,
    at: Instant,
    group: StationGroup | None = None,
) -> NewStation:
    """A phone that signs in with a user and a password of its own, or, with `address`, one that is believed by where
    it calls from. Raises `NotAPlace`."""
    name = _name(name, "name", 60)
    if unit is not None and unit.facility_id != facility.pk:
        raise NotAPlace("unit")
    trusted = _address(address)
    user = _user(facility)
    password = "" if trusted else _password()
    hashed = digest_secrets(user, password) if password else None
    try:
        with transaction.atomic():
            station = Station.objects.create(
                facility=facility,
                unit=unit,
                group=group,
                name=name,
                sip_user=user,
                ha1_md5=hashed.md5 if hashed else "",
                ha1_sha256=hashed.sha256 if hashed else "",
                trusted_address=trusted,
            )
            after = {"name": name, "unit": unit.name if unit else "", "user": user, "address": trusted or ""}
            _write_down(actor, Action.STATION_MADE, station, facility.pk, at, None, after)
    except IntegrityError as error:
        raise NotAPlace("address") from error
    return NewStation(station, password)


def new_station_password(station: Station, actor: str, at: Instant) -> NewStation:
    """The one before ends; an address that was trusted is no more."""
    password = _password()
    hashed = digest_secrets(station.sip_user, password)
    with transaction.atomic():
        Station.objects.filter(pk=station.pk).update(ha1_md5=hashed.md5, ha1_sha256=hashed.sha256, trusted_address=None)
        before, after = {"address": station.trusted_address or ""}, {"password": "another", "address": ""}
        _write_down(actor, Action.STATION_CHANGED, station, station.facility_id, at, before, after)
    station.refresh_from_db()
    return NewStation(station, password)


def change_station(
    station: Station,
    unit: HousingUnit | None,
    group: StationGroup | None,
    name: str,
    is_enabled: bool,
    actor: str,
    at: Instant,
) -> None:
    """A phone that is not enabled is let in no more. Raises `NotAPlace`."""
    name = _name(name, "name", 60)
    if any(each is not None and each.facility_id != station.facility_id for each in (unit, group)):
        raise NotAPlace("unit")
    keys = {"unit_id": unit.pk if unit else None, "group_id": group.pk if group else None}
    wanted = {**keys, "name": name, "is_enabled": is_enabled}
    with transaction.atomic():
        before = {each: getattr(station, each) for each, value in wanted.items() if getattr(station, each) != value}
        if before:
            Station.objects.filter(pk=station.pk).update(**{each: wanted[each] for each in before})
            after = {each: wanted[each] for each in before}
            _write_down(actor, Action.STATION_CHANGED, station, station.facility_id, at, before, after)


def _checked(says: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(says)
    if "name" in checked:
        checked["name"] = _name(checked["name"], "name")
    if "time_zone" in checked and checked["time_zone"] not in available_timezones():
        raise NotAPlace("time_zone")
    if "state" in checked and checked["state"] not in area_codes.PLACES:
        raise NotAPlace("state")
    if "number" in checked:
        try:
            checked["number"] = e164(checked["number"])
        except NotANumber as error:
            raise NotAPlace("number") from error
    if "languages" in checked:
        checked["languages"] = [Language(each).value for each in checked["languages"]]
        if not checked["languages"]:
            raise NotAPlace("languages")
    return checked


def _name(text: str, of: str, most: int = 200) -> str:
    name = " ".join(text.split())
    if not name or len(name) > most:
        raise NotAPlace(of)
    return name


def _address(text: str) -> str | None:
    if not text.strip():
        return None
    try:
        return str(ip_address(text.strip()))
    except ValueError as error:
        raise NotAPlace("address") from error


def _user(facility: Facility) -> str:
    """One that no other phone has; it says which facility it is of, so that a list of phones can be read."""
    number = facility.stations.count() + 1
    while Station.objects.filter(sip_user=f"phone-{facility.pk}-{number}").exists():
        number += 1
    return f"phone-{facility.pk}-{number}"


def _password() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD))


def _write_down(
    actor: str,
    action: Action,
    place: Facility | HousingUnit | Station | StationGroup,
    facility: int | None,
    at: Instant,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    reason: str = "",
) -> None:
    subject = f"{place._meta.model_name}/{place.pk}"
    where = None if facility is None else FacilityId(facility)
    audit.record(actor, action, subject, at, facility=where, before=before, after=after, reason=reason[:300])
