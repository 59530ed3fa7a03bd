"""What the resident hears when a call cannot be made or has ended, by its reason: key -> (English, Spanish)."""

from typing import Final

PHRASES: Final[dict[str, tuple[str, str]]] = {}
