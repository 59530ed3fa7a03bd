"""Which way a notice goes to a person and when; and when a low balance is told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from kinline.core.identity import Instant
from kinline.core.money import Money


class Way(StrEnum):
    """How a person is told."""

    EMAIL = "email"
    SMS = "sms"
    PAGES = "pages"
    """In the list of notices on our own pages."""


@dataclass(frozen=True, slots=True)
class SubjectRule:
    """What notices of one subject do unless the person says otherwise. `required` ways cannot be switched off."""

    ways: frozenset[Way]
    required: frozenset[Way] = frozenset()


def ways(rule: SubjectRule, chosen: Mapping[Way, bool], *, may_text: bool) -> frozenset[Way]:
    """How somebody is told: as they chose, else as the rule has it; by SMS only who agreed to it (47 CFR 64.1200)."""
    wanted = {way for way in Way if way in rule.required or chosen.get(way, way in rule.ways)}
    return frozenset(way for way in wanted if way is not Way.SMS or may_text)


DAY: Final = 24 * 60
"""Minutes."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a minute of the day until another (which may be of the next day), on the clocks of a time zone. Both alike:
    never."""

    begin: int
    end: int
    zone: str

    def holds(self, minute: int) -> bool:
        if self.begin <= self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


def due(at: Instant, quiet: QuietHours | None, *, is_urgent: bool) -> Instant:
    """When to send: at once, or, in the quiet hours, at their end. What is urgent waits for nothing."""
    if quiet is None or is_urgent:
        return at
    zone = ZoneInfo(quiet.zone)
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
    minute = local.hour * 60 + local.minute
    if not quiet.holds(minute):
        return at
    day = local.date() + timedelta(days=1 if minute >= quiet.end else 0)
    # The second of two like hours in autumn stays the second: the end must not lie before.
    end = datetime(day.year, day.month, day.day, quiet.end // 60, quiet.end % 60, tzinfo=zone, fold=local.fold)
    return max(at, Instant(int(end.timestamp() * 1000)))


@dataclass(frozen=True, slots=True)
class Watch:
    """A balance that is watched. `is_armed`: it was at the threshold or above since it was last told of."""

    is_armed: bool
    tells: bool = False
    """Now."""


def watched(is_armed: bool, balance: Money, threshold: Money) -> Watch:
    """Told once when the balance falls below the threshold, and not again until it was not below."""
    if balance >= threshold:
        return Watch(is_armed=True)
    return Watch(is_armed=False, tells=is_armed)


STOP_WORDS: Final[Collection[str]] = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"}
    | {"alto", "parar", "pare", "cancelar", "basta", "baja", "no mas"}
)
"""47 CFR 64.1200(a)(10), and what people write in Spanish."""
START_WORDS: Final[Collection[str]] = frozenset({"start", "unstop", "empezar", "inicio"})


class Answered(StrEnum):
    """What somebody who answers one of our text messages means."""

    STOP = "stop"
    START = "start"
    OTHER = "other"


def meant(text: str) -> Answered:
    """By the whole text, whatever its capitals and full stops; or by its first word, where that is STOP."""
    words = "".join(each if each.isalnum() else " " for each in text.casefold().replace("á", "a")).split()
    whole = " ".join(words)
    if whole in STOP_WORDS or (words and words[0] == "stop"):
        return Answered.STOP
    if whole in START_WORDS:
        return Answered.START
    return Answered.OTHER
