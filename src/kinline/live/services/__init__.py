"""What switchboards tell, written down; the only writers of it."""

from kinline.live.services.health import StationNews, TrunkNews, tell_health
from kinline.live.services.standing import Stand, forget_ended, write_down

__all__ = ["Stand", "StationNews", "TrunkNews", "forget_ended", "tell_health", "write_down"]
