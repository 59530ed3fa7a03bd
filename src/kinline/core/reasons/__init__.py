"""Every reason a call can fail or end, and for each audience what it means and what to do."""

from kinline.core.reasons.reason import Reason

__all__ = ["Reason"]
