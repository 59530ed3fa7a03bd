"""What was: searches among attempts and calls, and figures of a time."""

from kinline.calls.history.figures import Figures, figures
from kinline.calls.history.search import Wanted, all_found, found

__all__ = ["Figures", "Wanted", "all_found", "figures", "found"]
