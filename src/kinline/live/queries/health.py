"""How the stations of a facility and the carriers are."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from kinline.calls.models import Call
from kinline.core.callflow.commands import Disposition
from kinline.core.identity import FacilityId, Instant, StationId
from kinline.core.station_health import OF_THE_STATION, StationFacts, StationFault, station_faults
from kinline.core.windows import day_start
from kinline.facilities.models import Facility, Station, Trunk
from kinline.facilities.models.wires import TrunkKind
from kinline.live.models import StationState, TrunkState

_UNASKED_AFTER: Final = 180_000
"""Milliseconds after which an answer tells nothing of a carrier any more."""
_OF_THE_STATION: Final = [reason.value for reason in OF_THE_STATION]


@dataclass(frozen=True, slots=True)
class StationHealth:
    """A station, what was last heard of it, and its calls since the facility's midnight."""

    id: StationId
    name: str
    unit: int | None
    unit_name: str
    is_enabled: bool
    is_trusted_by_address: bool
    registered_until: Instant | None
    seen_at: Instant | None
    called_at: Instant | None
    error: str
    error_at: Instant | None
    calls: int
    failures: int
    """That could not be connected, or had no sound."""
    faults: tuple[StationFault, ...]


@dataclass(frozen=True, slots=True)
class TrunkHealth:
    """A carrier; `is_up` None: nobody asked lately, or (lines) there is nobody to ask."""

    name: str
    kind: TrunkKind
    is_up: bool | None
    since: Instant | None
    round_trip_ms: int | None


def station_health(facility: FacilityId, at: Instant) -> list[StationHealth]:
    """Every station of the facility, unit by unit."""
    zone = ZoneInfo(Facility.objects.values_list("time_zone", flat=True).get(pk=facility))
    of_the_station = Q(reason__in=_OF_THE_STATION)
    counted = Call.objects.filter(facility=facility, opened_at__gte=day_start(zone, at)).values("station")
    counted = counted.annotate(
        calls=Count("pk"),
        failed=Count("pk", filter=of_the_station | Q(disposition=Disposition.FAILED)),
        silent=Count("pk", filter=of_the_station),
    )
    today = {each["station"]: (each["calls"], each["failed"], each["silent"]) for each in counted}
    states = {state.pk: state for state in StationState.objects.filter(station__facility=facility)}
    nothing = StationState()
    found = []
    stations = Station.objects.filter(facility=facility).select_related("unit").order_by("unit__name", "name", "pk")
    for station in stations:
        state = states.get(station.pk, nothing)
        calls, failures, silent = today.get(station.pk, (0, 0, 0))
        until, seen = _instant(state.registered_until), _instant(state.seen_at)
        faults = station_faults(StationFacts(until, seen, calls, silent), at) if station.is_enabled else ()
        found.append(
            StationHealth(
                StationId(station.pk),
                station.name,
                station.unit_id,
                station.unit.name if station.unit else "",
                station.is_enabled,
                station.trusted_address is not None,
                until,
                seen,
                _instant(state.called_at),
                state.error,
                _instant(state.error_at),
                calls,
                failures,
                faults,
            )
        )
    return found


def trunk_health(at: Instant) -> list[TrunkHealth]:
    """The trunks in use, in the order in which they are tried."""
    states = {state.pk: state for state in TrunkState.objects.all()}
    found = []
    for trunk in Trunk.objects.filter(is_enabled=True).order_by("priority", "pk"):
        state = states.get(trunk.pk)
        kind = TrunkKind(trunk.kind)
        if state is None or kind is TrunkKind.LINES or at - state.asked_at > _UNASKED_AFTER:
            found.append(TrunkHealth(trunk.name, kind, None, None, None))
        else:
            found.append(TrunkHealth(trunk.name, kind, state.is_up, Instant(state.since), state.round_trip_ms))
    return found


def _instant(stored: int | None) -> Instant | None:
    return None if stored is None else Instant(stored)
