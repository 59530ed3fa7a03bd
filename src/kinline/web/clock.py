"""The present instant, for pages: rules and services are told it."""

import time

from kinline.core.identity import Instant


def now() -> Instant:
    """Milliseconds since 1970, UTC."""
    return Instant(time.time_ns() // 1_000_000)
