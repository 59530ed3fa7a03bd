"""Every station, line and trunk, in memory: the wire looks up each request and cannot wait for a database."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kinline.core.identity import FacilityId, StationId
from kinline.core.numbering import E164
from kinline.facilities.digest import DigestSecrets
from kinline.facilities.models import Line, Stamp, Station, Trunk
from kinline.facilities.models.wires import CallerIdentity, Transport, TrunkKind


@dataclass(frozen=True, slots=True)
class StationEntry:
    """A station in use. `number` is its facility's: the identity that called parties see."""

    id: StationId
    facility: FacilityId
    name: str
    user: str
    secrets: DigestSecrets
    address: str | None
    number: E164
    facility_name: str


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A number whose phone registers with us; the number with its plus is the SIP user."""

    number: E164
    secrets: DigestSecrets


@dataclass(frozen=True, slots=True)
class TrunkEntry:
    """A way out. `number`: the identity to show in place of the facility's, if the trunk takes no other."""

    name: str
    kind: TrunkKind
    priority: int
    host: str
    port: int
    transport: Transport
    user: str
    password: str = field(repr=False)
    number: E164 | None


@dataclass(frozen=True, slots=True)
class Directory:
    """As of `stamp`. Compare with `stamp()` every few seconds, and read anew when it differs."""

    stamp: int
    stations: Mapping[str, StationEntry]
    """By SIP user."""
    addresses: Mapping[str, StationEntry]
    """By trusted address."""
    lines: Mapping[str, LineEntry]
    """By number."""
    trunks: tuple[TrunkEntry, ...]
    """In the order in which they are tried."""


def stamp() -> int:
    """Another number after every change of facilities, stations, lines, trunks, rules or prices."""
    value: int = Stamp.objects.values_list("value", flat=True).get(pk=1)
    return value


def alarms() -> tuple[int, ...]:
    """Other numbers when calls in progress may have to end: after every change of facilities, and when somebody woke
    the switchboards. Cheap enough to be asked several times a second."""
    return tuple(Stamp.objects.order_by("pk").values_list("value", flat=True))


def directory() -> Directory:
    """All that is enabled now."""
    as_of = stamp()  # first: what changes meanwhile shows as a newer stamp
    stations = [_station(station) for station in Station.objects.filter(is_enabled=True).select_related("facility")]
    lines = [
        LineEntry(E164(line.number), DigestSecrets(line.ha1_md5, line.ha1_sha256))
        for line in Line.objects.filter(is_enabled=True)
    ]
    return Directory(
        stamp=as_of,
        stations=MappingProxyType({station.user: station for station in stations}),
        addresses=MappingProxyType({station.address: station for station in stations if station.address}),
        lines=MappingProxyType({str(line.number): line for line in lines}),
        trunks=trunks(),
    )


def trunks() -> tuple[TrunkEntry, ...]:
    """The enabled trunks, in the order in which they are tried."""
    return tuple(_trunk(trunk) for trunk in Trunk.objects.filter(is_enabled=True).order_by("priority", "id"))


def station_by_user(user: str) -> StationEntry | None:
    station = Station.objects.filter(sip_user=user, is_enabled=True).select_related("facility").first()
    return None if station is None else _station(station)


def station_by_address(address: str) -> StationEntry | None:
    """The station whose calls from this IP address need no credentials."""
    station = Station.objects.filter(trusted_address=address, is_enabled=True).select_related("facility").first()
    return None if station is None else _station(station)


def _station(station: Station) -> StationEntry:
    return StationEntry(
        id=StationId(station.pk),
        facility=FacilityId(station.facility_id),
        name=station.name,
        user=station.sip_user,
        secrets=DigestSecrets(station.ha1_md5, station.ha1_sha256),
        address=station.trusted_address,
        number=E164(station.facility.number),
        facility_name=station.facility.name,
    )


def _trunk(trunk: Trunk) -> TrunkEntry:
    own_number = trunk.caller_identity == CallerIdentity.TRUNK and trunk.number
    return TrunkEntry(
        name=trunk.name,
        kind=TrunkKind(trunk.kind),
        priority=trunk.priority,
        host=trunk.host,
        port=trunk.port,
        transport=Transport(trunk.transport),
        user=trunk.user,
        password=os.environ.get(trunk.secret_variable, "") if trunk.secret_variable else "",
        number=E164(trunk.number) if own_number else None,
    )
