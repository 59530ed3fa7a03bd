"""How stations and trunks are: told every few seconds, of those alone of which there is something new."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from kinline.core.identity import Instant, StationId
from kinline.facilities.models import Station, Trunk

_STATION: Final = """
INSERT INTO live_stationstate (station_id, registered_until, seen_at, called_at, error, error_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (station_id) DO UPDATE SET
  registered_until = COALESCE(excluded.registered_until, live_stationstate.registered_until),
  seen_at = COALESCE(excluded.seen_at, live_stationstate.seen_at),
  called_at = COALESCE(excluded.called_at, live_stationstate.called_at),
  error = CASE WHEN excluded.error = '' THEN live_stationstate.error ELSE excluded.error END,
  error_at = COALESCE(excluded.error_at, live_stationstate.error_at)
"""

_TRUNK: Final = """
INSERT INTO live_trunkstate (trunk_id, asked_at, is_up, since, round_trip_ms) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (trunk_id) DO UPDATE SET asked_at = excluded.asked_at, round_trip_ms = excluded.round_trip_ms,
  since = CASE WHEN live_trunkstate.is_up = excluded.is_up THEN live_trunkstate.since ELSE excluded.since END,
  is_up = excluded.is_up
"""


@dataclass(frozen=True, slots=True)
class StationNews:
    """What is new of a station; None and "" are nothing new."""

    station: StationId
    registered_until: Instant | None = None
    seen_at: Instant | None = None
    called_at: Instant | None = None
    error: str = ""
    error_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class TrunkNews:
    """Whether a trunk answered; `round_trip_ms` None: it did not."""

    name: str
    asked_at: Instant
    round_trip_ms: int | None


def tell_health(stations: Sequence[StationNews], trunks: Sequence[TrunkNews]) -> None:
    """Write down what is new; of what was taken out of use meanwhile, nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        if stations:
            known = _known(Station.objects.filter(pk__in=[each.station for each in stations]).values_list("pk", "pk"))
            cursor.executemany(
                _STATION,
                [
                    (each.station, each.registered_until, each.seen_at, each.called_at, each.error, each.error_at)
                    for each in sorted(stations, key=lambda each: each.station)
                    if each.station in known
                ],
            )
        if trunks:
            known = _known(Trunk.objects.filter(name__in=[each.name for each in trunks]).values_list("name", "pk"))
            cursor.executemany(
                _TRUNK,
                [
                    (known[each.name], each.asked_at, each.round_trip_ms is not None, each.asked_at, each.round_trip_ms)
                    for each in trunks
                    if each.name in known
                ],
            )


def _known(pairs: Iterable[tuple[object, int]]) -> dict[object, int]:
    return dict(pairs)
