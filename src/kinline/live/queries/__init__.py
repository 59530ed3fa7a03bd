"""What can be asked of the present."""

from kinline.live.queries.board import OnBoard, changed_since, forgotten, on_board, version
from kinline.live.queries.health import StationHealth, TrunkHealth, station_health, trunk_health

__all__ = [
    "OnBoard",
    "StationHealth",
    "TrunkHealth",
    "changed_since",
    "forgotten",
    "on_board",
    "station_health",
    "trunk_health",
    "version",
]
