"""The present instant, for pages: rules and services are told it. And instants and days of UTC."""

import time
from datetime import UTC, date, datetime

from kinline.core.identity import Instant


def now() -> Instant:
    """Milliseconds since 1970, UTC."""
    return Instant(time.time_ns() // 1_000_000)


def in_utc(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def midnight(day: date) -> Instant:
    """When a day of UTC begins."""
    return Instant(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000)
